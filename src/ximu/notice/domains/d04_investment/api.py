"""The figures of investment promotion over the API: by unit, opened to their promises, and what is warned of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.commitments import queries as promises
from ximu.notice.domains.d04_investment import queries

router = Router(tags=["d04 招商引资"])
SEE = "d04.see"


def _sheet(request: HttpRequest, year: int | None) -> promises.Sheet:
    actor_of(request).must(SEE)
    now = clock.now()
    today = clock.city_day(now)
    return queries.sheet(today.year if year is None else year, today=today, known_at=now)


@router.get("/figures", response=dict[str, Any], summary="年度指标 Figures of a year")
def figures(request: HttpRequest, year: int | None = None) -> Any:
    """Per indicator the city's value and each unit's; null where there is nothing to divide by. Errors: `YEAR`."""
    found = _sheet(request, year)
    return {"year": found.first.year, "as_of": found.as_of, "indicators": [
        {"code": code, "zh": one.name.zh, "en": one.name.en, "unit": one.unit, "city": found.figures[code, promises.CITY].value,
         "units": {unit: found.figures[code, unit].value for unit in found.units}} for code, one in queries.pack().indicators.items()]}


@router.get("/figures/{code}", response=dict[str, Any], summary="一项指标 One indicator, opened to its promises")
def figure(request: HttpRequest, code: str, year: int | None = None, unit: str = "") -> Any:
    """The promises counted, the base, and those left out with the reason. Errors: `IND-NONE`, `YEAR`."""
    found, one = _sheet(request, year), queries.indicator(code)
    told = found.figures.get((code, unit)) or found.figures[code, promises.CITY]
    return {"code": code, "year": found.first.year, "as_of": found.as_of, "unit": unit, "value": told.value, "method": one.method.zh,
            "counted": list(told.counted), "base": list(told.base), "excluded": dict(told.excluded)}


@router.get("/warnings", response=list[dict[str, Any]], summary="预警 What is warned of")
def warnings(request: HttpRequest, year: int | None = None) -> Any:
    return [{"rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en}
            for one in queries.warned(_sheet(request, year))]


@router.get("/back-test", response=list[dict[str, Any]], summary="预警回测 Each rule over the past months of a year")
def back_test(request: HttpRequest, year: int | None = None) -> Any:
    """Alarms as known at each month end, and those that what is known now takes back (`unfounded`) or adds (`missed`)."""
    actor_of(request).must(SEE)
    now = clock.now()
    today = clock.city_day(now)
    tried = queries.back_test(today.year if year is None else year, today=today, known_at=now)
    return [{"rule": one.rule, "alarms": one.alarms, "unfounded": one.unfounded, "missed": one.missed, "false_share": one.false_share}
            for one in tried]
