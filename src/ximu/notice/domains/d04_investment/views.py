"""A year's figures by unit, warnings, and one indicator opened to its promises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import STATES
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d04_investment import queries

SEE = "d04.see"


def _sheet(request: HttpRequest) -> promises.Sheet:
    actor_of(request).must(SEE)
    now = clock.now()
    today = clock.city_day(now)
    return queries.sheet(int_of(request, "year", today.year, least=queries.FIRST_YEAR, most=queries.LAST_YEAR), today=today, known_at=now)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The city's figures, the units' beneath, and what is warned of; every figure opens to its promises."""
    found, pack = _sheet(request), queries.pack()
    rows = [
        {"uid": unit, "name": registry.name(unit, as_of=found.as_of), "values": [(c, found.figures[(c, unit)]) for c in pack.indicators]}
        for unit in found.units
    ]
    warned = [{"alarm": a, "unit": registry.name(a.unit, as_of=found.as_of, short=True), "promise": a.about in found.judged}
              for a in queries.warned(found)]
    return render(request, "d04/index.html", {
        "pack": pack, "year": found.first.year, "as_of": found.as_of, "rows": rows, "warned": warned, "rules": pack.rules,
        "tried": _tried(found) if "tried" in request.GET else None,
        "whole": [(code, one, found.figures[(code, promises.CITY)]) for code, one in pack.indicators.items()],
    })


def _tried(found: promises.Sheet) -> list[queries.Tried]:
    now = clock.now()
    return queries.back_test(found.first.year, today=clock.city_day(now), known_at=now)


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its published method, the promises counted, the base, and those left out with the reason."""
    found, one = _sheet(request), queries.indicator(code)
    unit = request.GET.get("unit", "")[:16]
    figure = found.figures.get((code, unit)) or found.figures[(code, promises.CITY)]
    counted = set(figure.counted)
    base = [_line(found, uid, uid in counted, "") for uid in figure.base]
    left = [_line(found, uid, False, why) for uid, why in figure.excluded.items() if why != "clean"]
    for line in left:
        line["why"] = one.exclusions[line["why"]]
    return render(request, "d04/indicator.html", {
        "code": code, "one": one, "figure": figure, "base": base, "left": left, "year": found.first.year, "as_of": found.as_of,
        "unit": registry.name(unit, as_of=found.as_of) if unit else "",
    })


def _line(found: promises.Sheet, uid: str, counted: bool, why: Any) -> dict[str, Any]:
    judged = found.judged[uid]
    return {"judged": judged, "state": STATES[judged.state], "unit": registry.name(judged.unit, as_of=found.as_of, short=True),
            "counted": counted, "why": why}
