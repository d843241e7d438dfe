"""Enterprise service over the API: figures by unit and district, opened to demands by number, and what is warned of. No firm is named."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.domains.d14_enterprise import queries

router = Router(tags=["d14 企业服务"])
SEE, MOST_SKIPPED = "d14.see", 100_000_000


def _sheet(request: HttpRequest, year: int | None) -> queries.Sheet:
    actor = actor_of(request)
    actor.must(SEE)
    today = clock.today()
    return queries.sheet(today.year if year is None else year, today=today, known_at=clock.now(), units=actor.units_with(SEE))


@router.get("/figures", response=dict[str, Any], summary="年度指标 Figures of a year")
def figures(request: HttpRequest, year: int | None = None) -> Any:
    """Per indicator the city's value, each unit's and each district's; null where there is nothing to divide by. Errors: `YEAR`."""
    found = _sheet(request, year)
    return {"year": found.first.year, "as_of": found.as_of, "indicators": [
        {"code": code, "zh": one.name.zh, "en": one.name.en, "unit": one.unit, "city": found.figures[code, queries.CITY].value,
         "units": {unit: found.figures[code, unit].value for unit in found.units},
         "districts": {unit: found.figures[code, queries.district_of(unit)].value for unit in found.districts}}
        for code, one in queries.indicators().items()]}


@router.get("/figures/{code}", response=list[dict[str, Any]], summary="一项指标逐件 One indicator, opened to its demands")
def figure(request: HttpRequest, code: str, year: int | None = None, unit: str = "", skip: int = 0) -> Any:
    """Each demand with its verdict, 501 at once after `skip`; `unit` a unit, or `@` with a district. Errors: `IND-NONE`, `YEAR`."""
    return queries.opened(code, _sheet(request, year), scope=unit[:17], known_at=clock.now(), units=actor_of(request).units_with(SEE),
                          skip=min(max(skip, 0), MOST_SKIPPED))


@router.get("/warnings", response=list[dict[str, Any]], summary="预警 What is warned of")
def warnings(request: HttpRequest, year: int | None = None) -> Any:
    return [{"rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en}
            for one in queries.warned(_sheet(request, year))]
