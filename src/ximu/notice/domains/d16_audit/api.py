"""The API of row D16: figures, the universe, warnings; findings move through `/api/v1/casework`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.kernel.actor import Actor
from ximu.notice.domains.d16_audit import queries

router = Router(tags=["d16 审计"])


def _sheet(request: HttpRequest, year: int | None) -> tuple[Actor, queries.Sheet]:
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    return by, queries.sheet(today.year if year is None else year, today=today, known_at=now)


@router.get("/figures", response=dict[str, Any], summary="年度指标 Figures of a year")
def figures(request: HttpRequest, year: int | None = None) -> Any:
    """Per indicator the city's value and those of the units that you may see; null where there is nothing to divide by. Errors: `YEAR`."""
    by, found = _sheet(request, year)
    units = [unit for unit in found.units if queries.sees(by, unit, found.as_of)]
    return {"year": found.year, "as_of": found.as_of, "indicators": [
        {"code": code, "zh": one.name.zh, "en": one.name.en, "method": one.method.zh, "city": found.figures[code, queries.CITY].value,
         "units": {unit: found.figures[code, unit].value for unit in units}} for code, one in queries.pack().indicators.items()]}


@router.get("/figures/{code}", response=list[dict[str, Any]], summary="一项指标 The lines behind an indicator")
def lines(request: HttpRequest, code: str, year: int | None = None) -> Any:
    """Each line with its state; `excluded` says why it is not in the base. Of D16-1 it is the universe. Errors: `IND-NONE`, `YEAR`."""
    by, found = _sheet(request, year)
    queries.indicator(code)
    return [{"uid": one.uid, "title": one.title, "unit": one.unit, "kind": one.kind, "state": one.state, "late_days": one.late_days,
             "counted": bool(one.part) and not one.why, "excluded": one.why, "last": one.last}
            for one in found.lines[code] if queries.sees(by, one.unit, found.as_of)]


@router.get("/warnings", response=list[dict[str, Any]], summary="预警 What is warned of")
def warnings(request: HttpRequest, year: int | None = None) -> Any:
    by, found = _sheet(request, year)
    return [{"rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en}
            for one in queries.warned(found) if queries.sees(by, one.unit, found.as_of)]
