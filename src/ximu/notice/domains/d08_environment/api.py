"""Environment over the API: targets with every wording, stations. Figures and warnings: `/api/v1/areas/d08/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.commitments.rules import to_json
from ximu.ideas.events import queries as events
from ximu.notice.domains.d08_environment import queries

router = Router(tags=["d08 环境保护"])


@router.get("/targets", response=dict[str, Any], summary="环境目标 Targets of a year with every wording")
def targets(request: HttpRequest, paging: Query[Paging], year: int | None = None) -> Any:
    """Errors: `YEAR`."""
    actor_of(request).must(queries.SEE)
    found = queries.of_period(areas.asked(queries.AREA, year, known_at=clock.now()).period)
    return page_of(request, queries.targets(found), paging, lambda one: {
        "uid": one.judged.uid, "unit": one.judged.unit, "title": one.judged.title, "state": one.judged.state, "zh": one.result.zh,
        "en": one.result.en, "value": one.value, "value_on": one.value_on, "loosened": one.loosened,
        "by_first_wording": one.first.en if one.first else None,
        "wordings": [{"version": n, "since": since, "terms": to_json(terms)} for n, since, terms in one.wordings]})


@router.get("/stations", response=dict[str, Any], summary="监测点位 Stations")
def stations(request: HttpRequest, paging: Query[Paging]) -> Any:
    actor_of(request).must(queries.SEE)
    return page_of(request, events.points(queries.DATASET), paging, lambda p: {
        "code": p.code, "name": p.name, "unit": p.unit, "whole": p.whole, "since": p.since, "until": p.until, "basis": p.basis})
