"""A year's targets with their results, figures by area, stations with their gaps, one indicator opened."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import STATES
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d08_environment import queries, rules

SEE = "d08.see"


def _sheet(request: HttpRequest) -> promises.Sheet:
    actor_of(request).must(SEE)
    now = clock.now()
    today = clock.city_day(now)
    year = int_of(request, "year", queries.usual_year(today), least=queries.FIRST_YEAR, most=queries.LAST_YEAR)
    return queries.sheet(year, today=today, known_at=now)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Targets with their results, what is warned of, figures by area, the credit evaluation; every figure opens."""
    found, pack, by = _sheet(request), queries.pack(), actor_of(request)
    rows = [{"uid": unit, "name": registry.name(unit, as_of=found.as_of), "values": [(c, found.figures[c, unit]) for c in pack.indicators]}
            for unit in found.units]
    warned = [{"alarm": a, "unit": registry.name(a.unit, as_of=found.as_of, short=True), "promise": a.about in found.judged}
              for a in queries.warned(found)]
    lines = [{"line": line, "unit": registry.name(line.judged.unit, as_of=found.as_of)} for line in queries.targets(found)]
    return render(request, "d08/index.html", {
        "pack": pack, "year": found.first.year, "as_of": found.as_of, "rows": rows, "warned": warned, "rules": pack.rules, "targets": lines,
        "credit": queries.credit(disclosure.PUBLIC, year=found.first.year), "measures": queries.measures().items(),
        "may_pledge": by.can("commitments.register"),
        "whole": [(code, one, found.figures[code, promises.CITY]) for code, one in pack.indicators.items()],
    })


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its published method, and the promises or months that count or are left out, with the reason."""
    found, one = _sheet(request), queries.indicator(code)
    unit = request.GET.get("unit", "")[:16]
    figure = found.figures.get((code, unit)) or found.figures[code, promises.CITY]
    shown: dict[str, Any] = {
        "code": code, "one": one, "figure": figure, "year": found.first.year, "as_of": found.as_of,
        "unit": registry.name(unit, as_of=found.as_of) if unit else "",
    }
    if one.over == "events":
        area = unit or next((p.whole for p in events.expected(queries.DATASET) if p.whole), "")
        lines = queries.area_year(area, found.first.year, until=found.as_of, known_at=found.known_at)
        column = one.params["column"]
        shown["months"] = [{"month": row["month"], "value": row.get(column), "so_far": row.get(f"{column}_year"), "gaps": row.get("gaps"),
                            "why": one.exclusions.get(figure.excluded.get(f"{row['month']:%Y-%m}", ""))} for row in lines]
    else:
        shown["base"] = [_line(found, uid, counted=uid in figure.counted) for uid in figure.base]
        shown["left"] = [{**_line(found, uid), "why": one.exclusions[why]} for uid, why in figure.excluded.items() if why != "clean"]
    return render(request, "d08/indicator.html", shown)


def _line(found: promises.Sheet, uid: str, *, counted: bool = False) -> dict[str, Any]:
    judged = found.judged[uid]
    return {"judged": judged, "state": STATES[judged.state], "unit": registry.name(judged.unit, as_of=found.as_of, short=True),
            "counted": counted}


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """The roster, and what each station delivered month by month; a gap is shown as a gap."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    today = clock.city_day(now)
    year = int_of(request, "year", queries.usual_year(today), least=queries.FIRST_YEAR, most=queries.LAST_YEAR)
    item = request.GET.get("item", "") if request.GET.get("item", "") in rules.ITEMS else rules.ITEMS[0]
    told = queries.station_months(year, item, known_at=now)
    months = [month for n in range(1, 13) if rules.end_of(month := date(year, n, 1)) < today]
    rows = [{"row": p, "unit": registry.name(p.unit, as_of=today, short=True),
             "cells": [(told.get((p.code, m)), p.since <= m and (p.until is None or p.until >= rules.end_of(m))) for m in months]}
            for p in events.points(queries.DATASET)]
    return render(request, "d08/stations.html", {
        "rows": rows, "months": months, "year": year, "item": item, "items": rules.ITEMS})
