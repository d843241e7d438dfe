"""The API of row D16: audits, findings, reports, announcements. Figures and the universe lie under `/api/v1/areas/d16`; a finding is put
right by the moves of its case (`/api/v1/casework/cases/{uid}/moves`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Body, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of, sent_file
from ximu.ideas.casework import services as casework
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d16_audit import queries, services

router = Router(tags=["d16 审计"])


class FindingIn(Schema):
    """Its evidence comes as the file of the same request."""

    target: str
    topic: str
    text: str
    criterion: str
    amount: str = ""


class AnnouncementIn(Schema):
    """`marks`: finding → passages to be blacked out, each with its reason; `left_out`: finding → reason; `ground`: all is withheld."""

    marks: dict[str, list[tuple[str, str]]] = {}
    left_out: dict[str, str] = {}
    ground: str = ""


@router.get("/audits", response=dict[str, Any], summary="审计项目 Audits")
def audits(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All for the bureau and who may see the whole city; others those with a finding about their unit."""
    by, day = actor_of(request), clock.today()
    by.must(queries.SEE)
    found = page_of(request, queries.audits(by, day), paging)
    return {**found, "items": [{"audit": one.uid, "number": one.number, "title": one.title, "opened_on": one.opened_on,
                                "report_on": one.report_on, "log_index": one.log_index} for one in found["items"]]}


@router.post("/targets", response={201: dict[str, str]}, summary="登记审计对象 List a target")
def list_target(request: HttpRequest, body: Body[services.NewTarget]) -> Any:
    """Errors: `AUD-BUREAU`, `AUD-TARGET`, `AUD-CYCLE`, `DATE-ORDER`, `AUD-DUP`."""
    return Status(201, {"target": services.list_target(body, by=actor_of(request), at=clock.now())})


@router.post("/audits", response={201: dict[str, str]}, summary="登记审计项目 Open an audit")
def open_audit(request: HttpRequest, body: Body[services.NewAudit]) -> Any:
    """`covers`: uids of targets (`/api/v1/areas/d16/figures/D16-1`). Errors: `AUD-BUREAU`, `AUD-TARGET`, `AUD-DUP`."""
    return Status(201, {"audit": services.open_audit(body, by=actor_of(request), at=clock.now())})


@router.get("/audits/{uid}/findings", response=list[dict[str, Any]], summary="审计问题 Findings of an audit")
def findings(request: HttpRequest, uid: str) -> Any:
    """Those that you may see; `repeats` is the earlier finding that this one repeats. Errors: `AUD-NONE`."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    row, day = queries.audit(uid, by), clock.city_day(now)
    earlier = queries.repeats(day, now)
    return [{"finding": one.uid, "case": one.case, "number": one.number, "target": one.target,
             "unit": registry.owner_of(one.unit, day), "topic": one.topic, "text": one.text, "criterion": one.criterion,
             "evidence": one.evidence, "amount": one.amount, "reply": one.reply, "decided_on": one.decided_on, "upheld": one.upheld,
             "due": one.due, "fixed": one.fixed, "closed_on": one.closed_on, "repeats": earlier.get(one.uid)}
            for one in queries.findings(row, by, day)]


@router.post("/audits/{uid}/findings", response={201: dict[str, str]}, summary="提出问题 Enter a finding")
def find(request: HttpRequest, uid: str, body: Form[FindingIn], file: File[UploadedFile | None] = None) -> Any:
    """Errors: `AUD-BUREAU`, `AUD-NONE`, `STATE-EDGE`, `FIND-CRIT`, `AUD-TARGET`, `FIND-AMOUNT`."""
    by, at = actor_of(request), clock.now()
    services.must_be_bureau(by, at)
    made = services.find(uid, services.NewFinding(**body.dict()), evidence=casework.received(file), by=by, at=at)
    return Status(201, {"finding": made})


@router.post("/audits/{uid}/deliveries", response=dict[str, Any], summary="成批提出问题 Findings from a file")
def deliver(request: HttpRequest, uid: str, file: File[UploadedFile], papers: File[list[UploadedFile]]) -> Any:
    """In the form of the data item SJ-WT; `papers` are what its rows name as evidence. Bad rows are named, the others are taken."""
    with sent_file(request) as path:
        return services.find_many(uid, path, papers=papers, by=actor_of(request), at=clock.now())


@router.post("/audits/{uid}/report", response={204: None}, summary="出具报告 Issue the report")
def report(request: HttpRequest, uid: str, on: date, file: File[UploadedFile]) -> Any:
    """Errors: `AUD-BUREAU`, `AUD-NONE`, `EVID-DIGEST`, `DATE-ORDER`, `TIME-FUTURE`, `AUD-OPEN`, `STATE-EDGE`."""
    services.report_audit(uid, on=on, content=file.read(), by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/audits/{uid}/announcement", response={201: dict[str, str]}, summary="提出公告 Propose an announcement")
def announce(request: HttpRequest, uid: str, body: AnnouncementIn) -> Any:
    """Errors: `AUD-BUREAU`, `AUD-NONE`, `STATE-EDGE`, `REDACT-REASON`, `REDACT-PASSAGE`, `DISC-SECRET`, `DISC-PII`, `AUD-DUP`."""
    made = services.announce(uid, **body.dict(), by=actor_of(request), at=clock.now())
    return Status(201, {"announcement": made})


@router.post("/audits/{uid}/decision", response=dict[str, str], summary="决定公告 Decide on the announcement")
def decide(request: HttpRequest, uid: str, approve: Form[bool], reason: Form[str] = "") -> Any:
    """Errors: `AUD-BUREAU`, `AUD-NONE`, `DUAL`, `REASON`, `STATE-EDGE`."""
    return {"state": services.decide(uid, approve=approve, reason=reason, by=actor_of(request), at=clock.now())}
