"""Leads for other systems; forwarding, verifying and recognising are moves of `/api/v1/casework/cases`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.mechanisms.m1_leads import queries, services
from ximu.notice.mechanisms.m1_leads.rules import Told

router = Router(tags=["违约失信线索 leads"])


class NewLead(Schema):
    origin: str = Field(max_length=20)
    unit: str = Field(max_length=120)
    title: str = Field(max_length=200)
    words: str = Field(max_length=8000)
    reference: str = Field("", max_length=80)


class Opened(Schema):
    case: str


class BroughtOut(Schema):
    new: int
    same: int
    problems: list[dict[str, Any]]


@router.post("/leads", response={201: Opened}, summary="登记线索 Enter a lead")
def enter(request: HttpRequest, lead: NewLead) -> Any:
    return Status(201, {"case": services.raise_lead(Told(**lead.dict()), by=actor_of(request), at=clock.now())})


@router.post("/leads/many", response=BroughtOut, summary="批量登记 Enter many; good lines are kept")
def bring(request: HttpRequest, leads: list[NewLead]) -> Any:
    return asdict(services.import_leads(rows=[one.dict() for one in leads], by=actor_of(request), at=clock.now()))


@router.get("/chains", response=list[dict[str, Any]], summary="全链条情况 The whole chain by source")
def chains(request: HttpRequest) -> list[dict[str, Any]]:
    actor_of(request).must("leads.see")
    return [asdict(one) for one in queries.chains()]
