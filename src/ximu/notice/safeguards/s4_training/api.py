"""The API of row S4: courses, results, procedures and their checks. Figures lie under `/api/v1/areas/s4`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of, sent_file
from ximu.notice.safeguards.s4_training import queries, services

router = Router(tags=["s4 公务员诚信教育"])


class CourseIn(Schema):
    """A course; `pass_mark` is left out where there is no test."""

    code: str
    title: str
    kind: str
    hours: int
    unit: str
    held_on: date
    pass_mark: int | None = None


class ProcedureIn(Schema):
    """`kind`: recruit, promote or award."""

    number: str
    kind: str
    unit: str
    title: str
    basis: str
    opened_on: date
    ends_on: date


class NamedIn(Schema):
    """A civil servant by internal number, told before."""

    number: str
    notified_on: date
    manner: str


@router.post("/courses", response={201: dict[str, str]}, summary="登记课程 Enter a course")
def open_course(request: HttpRequest, body: CourseIn) -> Any:
    """Errors: `S4-KIND`, `S4-FIELD`, `TIME-FUTURE`, `ORG-ENDED`, `S4-DUP`."""
    return Status(201, {"course": services.open_course(services.courses.NewCourse(**body.dict()), by=actor_of(request), at=clock.now())})


@router.post("/results", response=dict[str, Any], summary="报送参训考试 Deliver results")
def results(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """A file in the form of the data item GW-PX; bad rows are named and left out."""
    with sent_file(request) as path:
        return services.deliver_results(path, by=actor_of(request), at=clock.now())


@router.get("/procedures", response=dict[str, Any], summary="程序 Procedures")
def procedures(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Those of your units; nobody's name."""
    by = actor_of(request)
    by.must("s4.check")
    page = page_of(request, queries.procedures(by), paging)
    return {**page, "items": [
        {"procedure": one.uid, "number": one.number, "kind": one.kind, "unit": one.unit, "title": one.title, "opened_on": one.opened_on,
         "ends_on": one.ends_on, "ended_at": one.ended_at, "named": [{"named": n.uid, "notified_on": n.notified_on,
         "checked_at": n.checked_at, "certificate": n.certificate} for n in one.named.all()]} for one in page["items"]]}


@router.post("/procedures", response={201: dict[str, str]}, summary="开始程序 Open a procedure")
def open_procedure(request: HttpRequest, body: ProcedureIn) -> Any:
    """Errors: `S4-KIND`, `S4-FIELD`, `PURPOSE`, `S4-SPAN`, `ORG-ENDED`, `S4-DUP`."""
    new = services.procedures.NewProcedure(**body.dict())
    return Status(201, {"procedure": services.open_procedure(new, by=actor_of(request), at=clock.now())})


@router.post("/procedures/{uid}/named", response={201: dict[str, str]}, summary="列入人员 Name a civil servant")
def name(request: HttpRequest, uid: str, body: NamedIn) -> Any:
    """Errors: `PROC-NONE`, `STATE-EDGE`, `OFFICIAL-NONE`, `NOTICE-NONE`, `TIME-FUTURE`, `S4-DUP`."""
    made = services.name_official(uid, body.number, notified_on=body.notified_on, manner=body.manner, by=actor_of(request), at=clock.now())
    return Status(201, {"named": made})


@router.post("/named/{uid}/check", response={201: dict[str, str]}, summary="查询档案 Ask for the archive")
def check(request: HttpRequest, uid: str) -> Any:
    """Errors: `NAMED-NONE`, `STATE-EDGE`, `CHECK-ONCE`, `PURPOSE`."""
    return Status(201, {"certificate": services.check(uid, by=actor_of(request), at=clock.now())})


@router.post("/procedures/{uid}/end", response=dict[str, int], summary="结束程序 End a procedure")
def end(request: HttpRequest, uid: str, hires: int | None = None, checked: int | None = None,
        file: File[UploadedFile] | None = None) -> Any:
    """How many results were destroyed. Errors: `PROC-NONE`, `STATE-EDGE`, `S4-COUNT`, `EVID-DIGEST`."""
    proof = file.read() if file else b""
    return {"purged": services.end(uid, hires=hires, checked=checked, proof=proof, by=actor_of(request), at=clock.now())}
