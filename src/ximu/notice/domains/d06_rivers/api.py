"""Rivers over the API: rows pushed, reaches with chiefs, the tests, the chiefs' year. Figures are at `/api/v1/areas/d06/`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.uid import new_uid
from ximu.foundation.web import actor_of
from ximu.ideas.areas.rules import period_of
from ximu.ideas.events.services.pushing import push_rows
from ximu.kernel.refusal import absent
from ximu.notice.domains.d06_rivers import services
from ximu.notice.domains.d06_rivers.queries import shown, store

router = Router(tags=["d06 河道治理"])


class RowsIn(Schema):
    rows: list[dict[str, Any]] = Field(description="字段同报送文件 the fields of a file of the dataset")
    batch: str = ""


class DecisionIn(Schema):
    approved: bool
    reason: str = ""


@router.post("/rows/{dataset}", response=dict[str, Any], summary="报送 Push rows: river_patrols, river_water …")
def push(request: HttpRequest, dataset: str, body: RowsIn) -> Any:
    """Good rows are kept, bad ones named with their reason; the same batch again adds nothing. One row alone that is bad is refused."""
    if dataset not in services.LOADERS:
        raise absent("EVT-SET", field="dataset", value=dataset[:40], zh="个数据集", en="dataset")
    return push_rows(body.rows, services.LOADERS[dataset], batch=body.batch[:60] or new_uid(), by=actor_of(request), at=clock.now())


@router.get("/reaches", response=dict[str, Any], summary="河段与河长 Reaches and chiefs")
def reaches(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Each reach with length, line (WGS84) and today's chiefs by level; the posts are named, not their holders."""
    actor_of(request).must("d06.see")
    rows = shown.chiefs_of_year(clock.today(), known_at=clock.now())
    return page_of(request, list(store.known_reaches(clock.today(), known_at=clock.now()).values()), paging, lambda one: {
        **asdict(one), "length": shown.geometry_of(one)["length"], "chiefs": [
            {**asdict(row["charge"]), "chief": row["charge"].holder, "now": row["now"],
             "overlaps": [two.words.zh for two in row["overlaps"]]} for row in rows if row["charge"].thing == one.code]})


@router.get("/doubts", response=dict[str, Any], summary="巡河核验 Patrols against citizens' reports")
def doubts(request: HttpRequest, paging: Query[Paging]) -> Any:
    by = actor_of(request)
    by.must("d06.see")
    found = shown.doubts(clock.today(), known_at=clock.now())
    return page_of(request, [one for one in found["doubts"] if store.sees(by, found["charged"][one.who].unit)], paging,
                   lambda one: {**asdict(one), "zh": one.words.zh, "en": one.words.en})


@router.get("/appraisal/{year}", response=dict[str, Any], summary="河长考核 The chiefs' year as it stands (`YEAR`)")
def appraisal(request: HttpRequest, year: int, paging: Query[Paging]) -> Any:
    by = actor_of(request)
    by.must("d06.see")
    period_of(year, today=clock.today(), known_at=clock.now())
    held = {(row.unit, row.post): row for row in shown.held(year)}
    return page_of(request, [one for one in shown.preview(year, known_at=clock.now()) if store.sees(by, one.unit)], paging, lambda one: {
        "chief": one.chief, "unit": one.unit, "post": one.post, "reaches": one.reaches, **one.rated.plain(),
        "decided": row.grade if (row := held.get((one.unit, one.post))) else None})


@router.post("/appraisal/{year}", response=dict[str, str], summary="提出考核结果 Propose the results of a year")
def propose(request: HttpRequest, year: int) -> Any:
    return {"batch": services.propose(year, by=actor_of(request), at=clock.now())}


@router.post("/appraisal/decide/{batch}", response=dict[str, int], summary="决定 Decide a batch of results")
def decide(request: HttpRequest, batch: str, body: DecisionIn) -> Any:
    return {"chiefs": services.decide(batch, approved=body.approved, reason=body.reason, by=actor_of(request), at=clock.now())}
