"""Debt over the API: figures with bands of a year, warnings, a debt with its trace; grades are at `/api/v1/assessment/grades/D5`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.domains.d05_debt import queries

router = Router(tags=["d05 地方政府债务"])
SEE = "d05.see"


def _sheet(request: HttpRequest, year: int | None, known_at: date | None) -> queries.Sheet:
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    known = min(clock.end_of(known_at), now) if known_at else now
    return queries.sheet(clock.city_day(now).year - 1 if year is None else year, known_at=known, units=by.units_with(SEE))


@router.get("/figures", response=dict[str, Any], summary="年度指标与风险等级 Figures and bands of a year")
def figures(request: HttpRequest, year: int | None = None, known_at: date | None = None) -> Any:
    """As known at the end of a day; a figure that was not computed is null with its reason. Errors: `YEAR`."""
    found = _sheet(request, year, known_at)
    return {"year": found.year, "as_of": found.as_of, "known_at": found.known_at, "indicators": [
        {"code": code, "zh": one.name.zh, "en": one.name.en, "unit": one.unit, "units": {
            unit or "city": {"value": figure.value, "excluded": figure.excluded,
                             "level": band.level if (band := found.banded.get((code, unit))) else None}
            for (named, unit), figure in found.figures.items() if named == code}} for code, one in queries.pack().indicators.items()]}


@router.get("/warnings", response=dict[str, Any], summary="预警 What is warned of")
def warnings(request: HttpRequest, paging: Query[Paging], year: int | None = None, known_at: date | None = None) -> Any:
    return page_of(request, queries.warned(_sheet(request, year, known_at), today=clock.today()), paging, lambda one: {
        "rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en})


@router.get("/debts/{number}", response=dict[str, Any], summary="一笔债务与责任倒查 A debt and who answered for it")
def debt(request: HttpRequest, number: str) -> Any:
    """Persons are told by their register's uid; a step that is not on record is a gap with `RETRACE-GAP`. Errors: `D05-NONE`."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    rows = queries.debt(number, known_at=now, units=by.units_with(SEE))
    return {"debt": rows[0]["debt"], "statements": rows, "steps": [
        {"step": one.step, "act": asdict(one.act) if one.act else None, "holders": list(one.holders), "today": one.today, "gap": one.gap,
         "code": one.code} for one in queries.trace(number, today=clock.city_day(now), known_at=now)]}
