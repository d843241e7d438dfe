"""The API of row D10: duties, inspections on both clocks, plans. Figures and warnings: `/api/v1/areas/d10/…`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of, sent_file
from ximu.ideas.areas.rules import period_of
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d10_safety import queries, services

router = Router(tags=["d10 公共安全"])


class InspectionIn(Schema):
    inspected_at: datetime = Field(description="检查时间，须带时区 with its time zone")
    officers: int = Field(ge=0, le=999)
    result: str = Field(max_length=20, description="clean | found | failed")
    problems: int = Field(default=0, ge=0, le=9999)
    note: str = Field(default="", max_length=1000)


class DecisionIn(Schema):
    adopt: bool = False
    ground: str = Field(default="", max_length=20, description="closed | moved | law")
    document: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=400)


def _duty(one: queries.Listed) -> dict[str, Any]:
    row = one.row
    return {"uid": row.uid, "number": row.number, "unit": one.unit, "field": row.field, "mode": row.mode, "object": row.object,
            "category": row.category, "first": row.first, "due": row.due, "judged_on": row.judged_on, "state": one.line.state,
            "late_days": one.line.late_days, "missed_at": row.missed_at}


@router.get("/duties", response=dict[str, Any], summary="监管任务日历 Who must inspect what by when")
def duties(request: HttpRequest, paging: Query[Paging], year: int | None = None, month: int = 0, unit: str = "", state: str = "") -> Any:
    """Errors: `YEAR`."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    period = period_of(today.year if year is None else year, today=today, known_at=now)
    found = queries.chosen(queries.calendar(period.year, by=by, now=now), unit=unit, month=month, state=state)
    return page_of(request, found, paging, _duty)


@router.get("/duties/{uid}", response=dict[str, Any], summary="一项任务及其检查 A duty with its inspections")
def duty(request: HttpRequest, uid: str) -> Any:
    """`inspected_at` is when it happened, `entered_at` when the server learned of it. Errors: `DUTY-NONE`."""
    by, now = actor_of(request), clock.now()
    row = queries.duty(uid)
    by.must(queries.SEE, registry.owner_of(row.unit, clock.city_day(now)))
    [one] = queries.listed(type(row).objects.filter(pk=row.pk), as_of=clock.city_day(now), known_at=now)
    return {**_duty(one), "inspections": [
        {"uid": x.uid, "inspected_at": x.inspected_at, "entered_at": x.entered_at, "backdated": x.backdated, "late_days": x.late_days,
         "result": x.result, "problems": x.problems, "officers": x.officers, "evidence": x.evidence, "withdrawn_at": x.voided_at,
         "log_index": x.log_index} for x in queries.inspections(row)]}


@router.post("/duties/{uid}/inspections", response=dict[str, Any], summary="登记检查 Enter an inspection")
def enter(request: HttpRequest, uid: str, body: InspectionIn) -> Any:
    """Errors: `TIME-FUTURE` for what has not happened, `INSP-PERIOD`, `INSP-TWO`, `INSP-RESULT`, `INSP-DUP`, `DUTY-ENDED`, `DISC-PII`."""
    moment = body.inspected_at if body.inspected_at.tzinfo else body.inspected_at.replace(tzinfo=clock.CITY)
    made = services.enter(uid, services.NewInspection(moment, body.officers, body.result, body.problems, body.note),
                          by=actor_of(request), at=clock.now())
    one = queries.inspection(made)
    return {"uid": made, "entered_at": one.entered_at, "backdated": one.backdated, "late_days": one.late_days}


@router.post("/inspections/{uid}/withdraw", response=dict[str, Any], summary="撤回录入 Withdraw an entry")
def withdraw(request: HttpRequest, uid: str, body: DecisionIn) -> Any:
    """Errors: `DUAL`, `REASON`, `STATE-EDGE`."""
    services.withdraw(uid, reason=body.reason, by=actor_of(request), at=clock.now())
    return {"uid": uid, "withdrawn": True}


@router.post("/duties/{uid}/end", response=dict[str, Any], summary="终止任务 End a duty")
def end(request: HttpRequest, uid: str, body: DecisionIn) -> Any:
    """Errors: `DUTY-GROUND`, `DUTY-JUDGED`."""
    services.end(uid, ground=body.ground, document=body.document, by=actor_of(request), at=clock.now())
    return {"uid": uid, "ended": True}


@router.post("/inspections/file", response=dict[str, Any], summary="批量登记检查 Enter a file of inspections")
def enter_file(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Good rows are kept, each bad one is named with line, field, code."""
    with sent_file(request) as path:
        done = services.enter_many(path, by=actor_of(request), at=clock.now())
    return {"new": done.new, "same": done.same, "backdated": done.backdated, "faults": done.faults[:1000]}


@router.get("/plans", response=dict[str, Any], summary="监管计划 Plans of supervision")
def plans(request: HttpRequest, paging: Query[Paging]) -> Any:
    """`lines`: how many of them you may see; a plan without any is not listed."""
    by, today = actor_of(request), clock.today()
    by.must(queries.SEE)
    return page_of(request, queries.plans_for(by, today), paging, lambda pair: {
        **{name: getattr(pair[0], name) for name in ("uid", "number", "title", "year", "maker", "state", "digest", "log_index")},
        "lines": pair[1]})


@router.post("/plans", response=dict[str, Any], summary="编制监管计划 Draft a plan from a file")
def draft(request: HttpRequest, file: File[UploadedFile], number: Form[str], title: Form[str], year: Form[int], maker: Form[str]) -> Any:
    """Taken whole or not at all. Errors: `PLAN-HEAD`, `PLAN-DUP`, `ROWS-BAD`, `ORG-UNKNOWN`."""
    by, at = actor_of(request), clock.now()
    unit = registry.find(maker.strip(), as_of=clock.city_day(at))
    with sent_file(request) as path:
        made = services.draft(services.NewPlan(number, title, year, unit), path, by=by, at=at)
    return {"uid": made, "state": "draft"}


@router.post("/plans/{uid}/decision", response=dict[str, Any], summary="审定监管计划 Adopt a plan or not")
def decide(request: HttpRequest, uid: str, body: DecisionIn) -> Any:
    """Errors: `DUAL`, `REASON`, `STATE-EDGE`, `CAL-NONE`."""
    made = services.decide(uid, adopt=body.adopt, reason=body.reason, by=actor_of(request), at=clock.now())
    return {"uid": uid, "duties": made}
