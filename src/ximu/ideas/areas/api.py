"""The API of all key areas: figures, the lines behind them, warnings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Body, Query, Router

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.areas import queries, services
from ximu.ideas.areas.rules import CITY
from ximu.kernel.actor import Actor
from ximu.kernel.pack import UNITS

router = Router(tags=["areas 重点领域"])


def _sheet(request: HttpRequest, code: str, year: int | None, known_at: date | None) -> tuple[Actor, queries.Sheet]:
    by, area, now = actor_of(request), queries.area(code), clock.now()
    by.must(area.see)
    return by, queries.asked(area, year, known_at=min(clock.end_of(known_at), now) if known_at else now)


@router.get("/", response=list[dict[str, Any]], summary="重点领域 Key areas")
def every(request: HttpRequest) -> Any:
    """The areas whose figures you may see, with their indicators."""
    by = actor_of(request)
    by.must("areas.see")
    return [{"code": code, "row": pack.manifest.row, "zh": pack.manifest.name.zh, "en": pack.manifest.name.en,
             "indicators": list(pack.indicators)}
            for code, area in queries.areas().items() if by.can(area.see) and (pack := queries.pack(area))]


@router.get("/{code}/figures", response=dict[str, Any], summary="年度指标 Figures of a year")
def figures(request: HttpRequest, code: str, year: int | None = None, known_at: date | None = None) -> Any:
    """Per indicator the city's value (for those who see the whole city) and those of the units that you may see; null where there is
    nothing to compute. `known_at`: as it was known at the end of that day. Errors: `AREA-NONE`, `YEAR`."""
    by, found = _sheet(request, code, year, known_at)
    units = [unit for unit in found.units if queries.sees(found.area, by, unit)]
    whole = queries.sees_whole(found.area, by)
    return {"year": found.year, "as_of": found.as_of, "known_at": found.period.known_at, "indicators": [
        {"code": name, "zh": one.name.zh, "en": one.name.en, "unit": one.unit,
         "unit_en": UNITS[one.unit].en, "method": one.method.zh, "source": one.source,
         "city": found.figures[name, CITY].value if whole else None,
         "units": {unit: found.figures[name, unit].value for unit in units}}
        for name, one in queries.pack(found.area).indicators.items()]}


@router.get("/{code}/figures/{indicator}", response=dict[str, Any], summary="一项指标 The lines behind an indicator")
def lines(request: HttpRequest, code: str, indicator: str, paging: Query[Paging], year: int | None = None, unit: str = "",
          known_at: date | None = None) -> Any:
    """Each line with its state; `excluded` says why it is not in the base. Errors: `AREA-NONE`, `IND-NONE`, `YEAR`."""
    by, found = _sheet(request, code, year, known_at)
    queries.indicator(found.area, indicator)
    mine, _ = queries.seen(found, indicator, by, unit)
    return page_of(request, mine, paging, lambda one: {
        "uid": one.uid, "title": one.title, "unit": one.unit, "kind": one.kind, "state": one.state, "late_days": one.late_days,
        "part": one.part, "whole": one.whole, "counted": bool(one.part) and not one.why, "excluded": one.why, "on": one.on})


@router.get("/{code}/warnings", response=dict[str, Any], summary="预警 What is warned of")
def warnings(request: HttpRequest, code: str, paging: Query[Paging], year: int | None = None, known_at: date | None = None) -> Any:
    """Errors: `AREA-NONE`, `YEAR`."""
    by, found = _sheet(request, code, year, known_at)
    return page_of(request, [one for one in found.warned if queries.sees(found.area, by, one.unit)], paging, lambda one: {
        "rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en})


@router.get("/{code}/acts", response=list[dict[str, Any]], summary="可办理的操作 What programs may do here")
def acts(request: HttpRequest, code: str) -> Any:
    """Verbs with what each wants to be told, as JSON Schema; text stands for a file of text. Errors: `AREA-NONE`."""
    area = queries.area(code)
    actor_of(request).must(area.see)
    return [{"verb": verb, "asks": services.asks(one).model_json_schema(), "says": " ".join((one.__doc__ or "").split())}
            for verb, one in services.acts_of(area).items()]


@router.post("/{code}/acts/{verb}", response=dict[str, str], summary="办理 Act, as the pages do")
def act(request: HttpRequest, code: str, verb: str, given: Body[dict[str, Any]]) -> Any:
    """`made`: the name of what came of it. Errors: `AREA-NONE`, `ACT-NONE`, `API-INPUT`, those of the verb."""
    return {"made": services.act(queries.area(code), verb, given, by=actor_of(request), at=clock.now())}
