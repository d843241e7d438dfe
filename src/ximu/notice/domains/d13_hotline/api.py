"""The hotline over the API: five rates and the alarms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.domains.d13_hotline import queries

router = Router(tags=["d13 市民服务热线"])


@router.get("/kpi")
def kpi(
    request: HttpRequest, first: date, last: date, judged_on: date | None = None, known_at: date | None = None,
) -> dict[str, Any]:
    """Five rates per unit and month; `judged_on` is the day by which a term must have come (default: the last day)."""
    actor = actor_of(request)
    actor.must("d13.see")
    known = clock.end_of(known_at) if known_at else clock.now()
    return queries.kpi(first, last, judged_on=judged_on or last, known_at=known, units=actor.units_with("d13.see")).envelope()


@router.get("/warnings")
def warnings(request: HttpRequest, on: date, known_at: date | None = None, judged_weeks: int | None = None) -> dict[str, Any]:
    """Alarms as of a day, with expected, observed, bound and a sample; and what was judged, withheld or without data."""
    actor = actor_of(request)
    actor.must("d13.see")
    known = clock.end_of(known_at) if known_at else clock.now()
    weeks = min(max(judged_weeks, 1), 520) if judged_weeks else None
    return queries.warned(on, known_at=known, units=actor.units_with("d13.see"), judged_weeks=weeks).envelope()


@router.get("/quality", summary="报送数据核查 Can what units report be true?")
def quality(request: HttpRequest, on: date, known_at: date | None = None) -> dict[str, Any]:
    """Heaped intervals, work dated on one day, tickets told twice, terms met after the fact: questions, never verdicts."""
    actor = actor_of(request)
    actor.must("d13.see")
    known = clock.end_of(known_at) if known_at else clock.now()
    return queries.checked(on, known_at=known, units=actor.units_with("d13.see")).envelope()


@router.get("/streets", summary="按区和街镇 By district and street")
def streets(request: HttpRequest, first: date, last: date, known_at: date | None = None) -> dict[str, Any]:
    """The five rates of each district and street of the register; how many tickets name none of them."""
    actor = actor_of(request)
    actor.must("d13.see")
    known = clock.end_of(known_at) if known_at else clock.now()
    return queries.mapped(first, last, known_at=known, units=actor.units_with("d13.see")).envelope()
