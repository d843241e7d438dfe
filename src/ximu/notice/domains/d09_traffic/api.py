"""The API of row D9: teams, one decision. Figures and warnings: `/api/v1/areas/d09/…`; files come in by `/api/v1/events`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of, sent_file
from ximu.ideas.areas.rules import period_of
from ximu.ideas.events import services as events
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import absent
from ximu.notice.domains.d09_traffic import queries, rules, services

router = Router(tags=["d09 综合交通"])


@router.get("/teams", response=dict[str, Any], summary="执法队伍评价 Teams with figures and grade")
def teams(request: HttpRequest, paging: Query[Paging], year: int | None = None) -> Any:
    """A preview by the published method; `NR` where something is not known. Errors: `YEAR`."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    period = period_of(today.year if year is None else year, today=today, known_at=now)
    return page_of(request, queries.teams(period, by), paging, asdict)


@router.get("/decisions/{ref}", response=dict[str, Any], summary="一件执法决定 A decision with its reviews")
def decision(request: HttpRequest, ref: str) -> Any:
    """By outside name or number. `state`: stands, pending (held, `FIN-OPEN`) or reversed. Errors: `CASE-NONE`."""
    by, now = actor_of(request), clock.now()
    row, reviews, versions = queries.decision(ref, known_at=now)
    today = clock.city_day(now)
    by.must(queries.SEE, registry.owner_of(row["unit"], today))
    due = queries.publish_by([row["decided_on"]])[row["decided_on"]]
    return {**row, "state": rules.fate(reviews, today)[0], "publish_by": due, "reviews": reviews, "versions": len(versions)}


@router.post("/deliveries", response=dict[str, Any], summary="报送文件 Deliver a file")
def deliver(request: HttpRequest, file: File[UploadedFile], dataset: Form[str], batch: Form[str]) -> Any:
    """Good rows are kept, each bad one is named (`KEY-DUP`, `FIN-EARLY`, `TEAM-NONE` …); `held` are kept without effect (`FIN-OPEN`)."""
    if dataset not in services.LOADERS:
        raise absent("EVT-SET", field="dataset", value=dataset[:60], zh="个数据集", en="dataset")
    with sent_file(request) as path:
        return events.load(dataset, path, batch=batch[:60], by=actor_of(request), at=clock.now())
