"""The API of row S3: months, benefits, applications."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.safeguards.s3_streets import queries, services

router = Router(tags=["街镇示范 streets and towns"])


class NewBenefit(Schema):
    unit: str = Field(max_length=16)
    title: str = Field(max_length=120)
    text: str = Field(max_length=2000)
    service: str = Field(max_length=30)
    effect: str = Field(max_length=20)
    basis: str = Field(max_length=200)
    since: date


class EndIn(Schema):
    until: date


class PaperDecision(Schema):
    accept: bool
    reason: str = Field("", max_length=400)


class NewApplication(Schema):
    unit: str = Field(max_length=16)
    year: int


class Decision(Schema):
    award: bool
    reason: str = Field("", max_length=400)


COLUMNS = ("unit", "open", "due", "kept", "part_kept", "failed", "kept_share")


@router.get("/months/{month}", response=dict[str, Any], summary="某月监测 A month of all streets and towns")
def month(request: HttpRequest, month: str) -> Any:
    actor_of(request).must("streets.see")
    row = queries.month(month)
    return queries.month_body(row) | {"log_index": row.log_index, "rows": [dict(zip(COLUMNS, line, strict=True)) for line in row.lines]}


@router.post("/months/{month}", response=dict[str, Any], summary="开展监测 Count a month")
def monitor(request: HttpRequest, month: str) -> Any:
    row = services.monitor(month, by=actor_of(request), at=clock.now())
    return queries.month_body(row) | {"log_index": row.log_index}


@router.get("/benefits", response=dict[str, Any], summary="信用惠民措施 Benefits")
def benefits(request: HttpRequest, paging: Query[Paging], unit: str = "") -> Any:
    actor_of(request).must("streets.see")
    page = page_of(request, queries.benefits(unit), paging)
    return {**page, "items": [
            {"uid": b.uid, "unit": b.unit, "title": b.title, "text": b.text, "service": b.service, "basis": b.basis, "since": b.since,
             "until": b.until, "state": b.state, "take_up": [{"month": t.month, "count": t.count} for t in queries.take_up(b)]}
            for b in page["items"]]}


@router.post("/benefits", response={201: dict[str, str]}, summary="登记措施 Offer a benefit")
def offer(request: HttpRequest, given: NewBenefit) -> Status:
    new = services.NewBenefit(given.unit, given.title, given.text, given.service, given.effect, given.basis, given.since)
    return Status(201, {"benefit": services.offer_benefit(new, by=actor_of(request), at=clock.now())})


@router.post("/benefits/{benefit}/open", response=dict[str, str], summary="公布措施 Open a benefit")
def open_benefit(request: HttpRequest, benefit: str) -> Any:
    return {"benefit": services.open_benefit(benefit, by=actor_of(request), at=clock.now())}


@router.post("/benefits/{benefit}/end", response=dict[str, str], summary="终止措施 End a benefit")
def end_benefit(request: HttpRequest, benefit: str, given: EndIn) -> Any:
    """Errors: `PERM-DENIED`, `BEN-NONE`, `DATE-ORDER`, `STATE-EDGE`."""
    return {"benefit": services.end_benefit(benefit, until=given.until, by=actor_of(request), at=clock.now())}


@router.post("/benefits/{benefit}/take-up", response={201: dict[str, Any]}, summary="报送享受人次 Report the take-up")
def take_up(request: HttpRequest, benefit: str, file: File[UploadedFile], month: Form[str], count: Form[int]) -> Status:
    made = services.report_take_up(benefit, month=month, count=count, content=file.read(), by=actor_of(request), at=clock.now())
    return Status(201, {"month": made.month, "count": made.count, "file": made.digest})


@router.post("/applications", response={201: dict[str, str]}, summary="申请示范创建 Apply")
def apply(request: HttpRequest, given: NewApplication) -> Status:
    return Status(201, {"application": services.apply(given.unit, given.year, by=actor_of(request), at=clock.now())})


@router.get("/applications/{application}", response=dict[str, Any], summary="示范创建申请 An application")
def application(request: HttpRequest, application: str) -> Any:
    actor_of(request).must("streets.see")
    row, at = queries.application(application), clock.now()
    marks = row.frozen or [{"code": m.code, "value": m.value, "met": m.met, "points": m.points}
                           for m in queries.marks(row, on=clock.city_day(at), known_at=at)]
    return queries.decided_body(row) | {"marks": marks}


@router.post("/applications/{application}/papers", response={201: dict[str, str]}, summary="提交材料 A paper for a criterion")
def give_paper(request: HttpRequest, application: str, file: File[UploadedFile], criterion: Form[str]) -> Status:
    """Errors: `PERM-DENIED`, `DEMO-NONE`, `DEMO-CRITERION`, `EVID-DIGEST`, `EVID-DUP`, `STATE-EDGE`."""
    made = services.give_paper(application, criterion=criterion, content=file.read(), by=actor_of(request), at=clock.now())
    return Status(201, {"paper": made})


@router.post("/papers/{paper}/decide", response=dict[str, str], summary="采信材料 Accept or refuse a paper")
def decide_paper(request: HttpRequest, paper: str, given: PaperDecision) -> Any:
    """Errors: `PERM-DENIED`, `DEMO-NONE`, `DUAL`, `REASON`, `STATE-EDGE`."""
    return {"paper": services.decide_paper(paper, accept=given.accept, reason=given.reason, by=actor_of(request), at=clock.now())}


@router.post("/applications/{application}/submit", response=dict[str, int], summary="提交评定 Submit")
def submit(request: HttpRequest, application: str) -> Any:
    return {"score": services.submit(application, by=actor_of(request), at=clock.now())}


@router.post("/applications/{application}/decide", response=dict[str, str], summary="评定 Decide")
def decide(request: HttpRequest, application: str, given: Decision) -> Any:
    return {"state": services.decide(application, award=given.award, reason=given.reason, by=actor_of(request), at=clock.now())}
