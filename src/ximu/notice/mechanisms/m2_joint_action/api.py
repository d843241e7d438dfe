"""The API of rows M2.1 and M2.2. Responses, feedback and verification are moves of `/api/v1/casework/cases`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.mechanisms.m2_joint_action import queries, services
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem

router = Router(tags=["联动奖惩与整改 joint action, rectification"])


class Opened(Schema):
    case: str


class NewMeasure(Schema):
    item: str = Field(max_length=40)
    unit: str = Field(max_length=16)
    starts: date
    ends: date
    reason: str = Field(max_length=4000)
    decision: str = Field("", max_length=200)


class NewProblem(Schema):
    owner: str = Field(max_length=16)
    topic: str = Field(max_length=80)
    level: str = Field(max_length=10)
    origin: str = Field(max_length=10)
    reference: str = Field("", max_length=60)
    reason: str = Field(max_length=4000)
    theme: str = Field("other", max_length=20)


@router.post("/records/{number}/measures", response={201: Opened}, summary="发起措施 Initiate a measure")
def initiate(request: HttpRequest, number: str, given: NewMeasure) -> Status:
    wanted = Proposal(given.item, given.unit, given.starts, given.ends, given.reason, given.decision)
    return Status(201, {"case": services.initiate(number, wanted=wanted, by=actor_of(request), at=clock.now())})


@router.post("/problems", response={201: Opened}, summary="提出整改问题 Raise a problem")
def raise_problem(request: HttpRequest, given: NewProblem) -> Status:
    problem = Problem(given.owner, given.topic, given.level, given.origin, given.reference, given.theme)
    return Status(201, {"case": services.raise_problem(problem, reason=given.reason, by=actor_of(request), at=clock.now())})


class NewCall(Schema):
    unit: str = Field(max_length=16)
    topic: str = Field(max_length=80)
    reason: str = Field(max_length=4000)
    reference: str = Field("", max_length=60)


@router.post("/reminders", response={201: Opened}, summary="提醒 Remind a unit")
def remind(request: HttpRequest, given: NewCall) -> Status:
    return Status(201, {"case": services.remind(**given.dict(), by=actor_of(request), at=clock.now())})


@router.post("/talks", response={201: Opened}, summary="约谈 Call in those who answer for a unit")
def call_in(request: HttpRequest, given: NewCall) -> Status:
    return Status(201, {"case": services.call_in(**given.dict(), by=actor_of(request), at=clock.now())})


@router.get("/rates", response=list[dict[str, Any]], summary="响应率、反馈率、解除率 Rates by unit")
def rates(request: HttpRequest, quarter: str = "") -> list[dict[str, Any]]:
    """`quarter`: of the measures sent in it, as 2018-3."""
    actor_of(request).must("joint.respond")
    return [asdict(r) for r in queries.rates(quarter_of=quarter)]


class MeasureOut(Schema):
    case: str
    number: str
    record: str
    item: str
    name: str
    unit: str
    state: str
    starts: str
    ends: str
    stopped: bool


class MeasuresOut(Schema):
    items: list[MeasureOut]
    total: int
    next: str | None


@router.get("/units/{uid}/measures", response=MeasuresOut, summary="对一个单位或公务员的全部措施 Every measure on a unit")
def measures(request: HttpRequest, uid: str, paging: Query[Paging]) -> dict[str, Any]:
    queries.may_see_measures(uid, actor_of(request))
    return page_of(request, queries.measures_on(uid, on=clock.today()), paging, _measure)


def _measure(m: Any) -> dict[str, Any]:
    return {"case": m.case.uid, "number": m.case.number, "record": m.case.about, "item": m.case.values.get("item", ""), "name": m.name,
            "unit": m.case.source, "state": m.case.state, "starts": m.case.values.get("starts", ""),
            "ends": m.case.values.get("ends", ""), "stopped": bool(m.effect and m.effect.state == "stopped")}


def _campaign(found: queries.Campaign) -> dict[str, Any]:
    return {**asdict(found), "name": {"zh": found.name.zh, "en": found.name.en}}


@router.get("/campaigns", response=list[dict[str, Any]], summary="专项治理 Campaigns")
def campaigns(request: HttpRequest) -> list[dict[str, Any]]:
    actor_of(request).must("joint.respond")
    return [_campaign(c) for c in queries.campaigns()]


@router.get("/campaigns/{theme}", response=dict[str, Any], summary="一个主题的全链条 One theme by unit")
def campaign(request: HttpRequest, theme: str) -> dict[str, Any]:
    actor_of(request).must("joint.respond")
    found = queries.campaign(theme, on=clock.today())
    return {**_campaign(found.campaign), "units": [{"unit": unit, **_campaign(one)} for unit, one in found.units]}
