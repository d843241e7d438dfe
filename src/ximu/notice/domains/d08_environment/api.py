"""Environment over the API: figures of a year, targets with every wording, warnings, stations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import to_json
from ximu.ideas.events import queries as events
from ximu.notice.domains.d08_environment import queries

router = Router(tags=["d08 环境保护"])
SEE = "d08.see"


def _sheet(request: HttpRequest, year: int | None) -> promises.Sheet:
    actor_of(request).must(SEE)
    now = clock.now()
    today = clock.city_day(now)
    return queries.sheet(queries.usual_year(today) if year is None else year, today=today, known_at=now)


@router.get("/figures", response=dict[str, Any], summary="年度指标 Figures of a year")
def figures(request: HttpRequest, year: int | None = None) -> Any:
    """Per indicator the city's value and each area's, with what was left out; null is not zero. Errors: `YEAR`."""
    found = _sheet(request, year)
    return {"year": found.first.year, "as_of": found.as_of, "indicators": [
        {"code": code, "zh": one.name.zh, "en": one.name.en, "unit": one.unit, "city": found.figures[code, promises.CITY].value,
         "units": {unit: {"value": found.figures[code, unit].value, "excluded": dict(found.figures[code, unit].excluded)}
                   for unit in found.units}} for code, one in queries.pack().indicators.items()]}


@router.get("/targets", response=list[dict[str, Any]], summary="环境目标 Targets of a year with every wording")
def targets(request: HttpRequest, year: int | None = None) -> Any:
    return [{"uid": one.judged.uid, "unit": one.judged.unit, "title": one.judged.title, "state": one.judged.state, "zh": one.result.zh,
             "en": one.result.en, "value": one.value, "value_on": one.value_on, "loosened": one.loosened,
             "by_first_wording": one.first.en if one.first else None,
             "wordings": [{"version": n, "since": since, "terms": to_json(terms)} for n, since, terms in one.wordings]}
            for one in queries.targets(_sheet(request, year))]


@router.get("/warnings", response=list[dict[str, Any]], summary="预警 What is warned of")
def warnings(request: HttpRequest, year: int | None = None) -> Any:
    return [{"rule": one.rule, "level": one.level, "unit": one.unit, "about": one.about, "zh": one.reason.zh, "en": one.reason.en}
            for one in queries.warned(_sheet(request, year))]


@router.get("/stations", response=list[dict[str, Any]], summary="监测点位 Stations")
def stations(request: HttpRequest) -> Any:
    actor_of(request).must(SEE)
    return [{"code": p.code, "name": p.name, "unit": p.unit, "whole": p.whole, "since": p.since, "until": p.until, "basis": p.basis}
            for p in events.points(queries.DATASET)]
