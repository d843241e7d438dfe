"""Teams with their year and grade, decisions by what became of them, and one decision with its reviews and versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR, Period, period_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d09_traffic import queries, rules

MOST_SHOWN = 300
SHOWN = ("published_on", "withheld", "recorded", "checked", "restates")


def _asked(request: HttpRequest) -> tuple[Actor, Period]:
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    return by, period_of(int_of(request, "year", today.year, least=FIRST_YEAR, most=LAST_YEAR), today=today, known_at=now)


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """Each team's figures, score and grade by the published method; a preview, it binds through assessment only."""
    by, period = _asked(request)
    found = queries.teams(period, by)
    names = registry.names_on((one.unit, period.as_of) for one in found)
    return render(request, "d09/teams.html", {
        "tabs": tabs(queries.AREA, by, "d09:teams"), "year": period.year, "as_of": period.as_of, "method": queries.method(),
        "heads": [queries.indicator(code) for code in queries.FORMS],
        "rows": [(one, names[one.unit, period.as_of], list(one.figures.values())) for one in found]})


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions of the year, and older ones that were reversed in it, by state and unit."""
    by, period = _asked(request)
    state, unit = request.GET.get("state", "")[:12], request.GET.get("unit", "")[:16]
    mine = [one for one in queries.lines(period)["D09-2"] if by.can(queries.SEE, one.unit) and one.why != "other-year"]
    names = registry.names_on((one.unit, period.as_of) for one in mine)
    found = [one for one in mine if state in ("", one.state) and unit in ("", one.unit)]
    return render(request, "d09/decisions.html", {
        "tabs": tabs(queries.AREA, by, "d09:decisions"), "year": period.year, "state": state, "unit": unit, "words": rules.STATES,
        "states": [(code, rules.STATES[code]) for code in ("stands", "pending", "reversed")],
        "units": [(one, names[one, period.as_of]) for one in registry.in_order({line.unit for line in mine})],
        "rows": [(one, names[one.unit, period.as_of]) for one in found[:MOST_SHOWN]], "more": max(len(found) - MOST_SHOWN, 0)})


@require_safe
def decision(request: HttpRequest, ref: str) -> HttpResponse:
    """A decision with its reviews, whether it is final, and what was said of it when. Errors: `CASE-NONE`."""
    by, now = actor_of(request), clock.now()
    row, reviews, versions = queries.decision(ref, known_at=now)
    today = clock.city_day(now)
    unit = registry.owner_of(row["unit"], today)
    by.must(queries.SEE, unit)
    state, last = rules.fate(reviews, today)
    team = next((one.name for one in queries.roster() if one.code == row["team"]), "")
    return render(request, "d09/decision.html", {
        "tabs": tabs(queries.AREA, by), "row": row, "unit": registry.name(unit, as_of=today), "team": team, "state": state,
        "words": rules.STATES, "said": rules.WORDS, "stages": rules.STAGES, "outcomes": rules.OUTCOMES,
        "due": queries.publish_by([row["decided_on"]])[row["decided_on"]],
        "reviews": [(one, one is last) for one in reviews], "versions": _told(versions)})


def _told(versions: list[dict[str, Any]]) -> list[tuple[Any, list[Any], bool]]:
    """Each version by when it was learned of."""
    return [(one["_known"], [rules.WORDS.get(one[name], one[name]) for name in SHOWN], place > 0) for place, one in enumerate(versions)]
