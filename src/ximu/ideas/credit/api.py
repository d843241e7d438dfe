"""The API of credit reports: agencies, statements verified, reports lodged, uses, revocations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.credit import queries, services

router = Router(tags=["credit 信用报告"])
SEE = "credit.see"


class NoteIn(Schema):
    """`note`: the signed statement, as its issuer handed it out; `document`: SHA-256 of the report's file in hand, if there is one."""

    note: str
    document: str = ""
    on: date | None = None


class ReportIn(Schema):
    """With `note` a signed report; without it a lead, told by the other fields."""

    note: str = ""
    document: str = ""
    issuer: str = ""
    number: str = ""
    issued_on: str = ""
    expires_on: str = ""
    grade: str = ""
    unit: str = ""


class RevocationIn(Schema):
    """With `note` what the issuer signed; without it a paper (`basis`) and the other fields."""

    note: str = ""
    issuer: str = ""
    number: str = ""
    revoked_on: str = ""
    reason: str = ""
    basis: str = ""


class IssuerIn(Schema):
    code: str
    name: str
    key: str
    basis: str
    since: date


def _told(row: Any, faults: Any) -> dict[str, Any]:
    return {"uid": row.uid, "issuer": row.code, "number": row.number, "issued_on": row.issued_on, "expires_on": row.expires_on,
            "standard": row.standard, "grade": row.grade, "document": row.document, "signed": bool(row.note), "lead": not row.note,
            "faults": list(faults), "log_index": row.log_index}


def _uses(seen: list[queries.Seen]) -> list[dict[str, Any]]:
    return [{"uid": one.row.uid, "report": one.row.report.uid,
             "number": one.row.report.number, "area": one.row.area, "about": one.row.about,
             "unit": one.row.unit, "used_on": one.row.used_on, "state": one.state, "faults_today": list(one.faults)} for one in seen]


@router.get("/issuers", response=dict[str, Any], summary="发行机构登记册 Agencies that may issue reports")
def issuers(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Open to everybody: with the key anyone can check a statement. Its keepers also see what waits for a second person."""
    keeps = actor_of(request).can("credit.register", queries.keeper(clock.today()))
    page = page_of(request, [one for one in queries.issuers() if keeps or one.state in queries.ON_REGISTER], paging)
    return {**page, "items": [
        {"code": one.code, "name": one.name, "key": one.key, "state": str(one.state), "since": one.since, "until": one.until,
         "distrusted": one.distrusted, "log_index": one.log_index, **({"uid": one.uid} if keeps else {})} for one in page["items"]]}


@router.post("/issuers", response=dict[str, str], summary="提出登记发行机构 Propose an agency")
def propose_issuer(request: HttpRequest, body: IssuerIn) -> Any:
    """Errors: `PERM-DENIED`, `ISSUER-FORM`, `PKG-KEY`, `ISSUER-DUP`."""
    return {"issuer": services.propose_issuer(services.NewIssuer(**body.dict()), by=actor_of(request), at=clock.now())}


@router.post("/issuers/{uid}/confirm", response=dict[str, str], summary="确认发行机构 Confirm an agency, by a second person")
def confirm_issuer(request: HttpRequest, uid: str, approve: bool = True) -> Any:
    """Errors: `PERM-DENIED`, `ISSUER-NONE`, `DUAL`, `STATE-EDGE`."""
    return {"state": services.confirm_issuer(uid, approve=approve, by=actor_of(request), at=clock.now())}


@router.post("/issuers/{uid}/close", response=dict[str, str], summary="发行机构退出 Close an agency")
def close_issuer(request: HttpRequest, uid: str, ending: str, distrusted: date | None = None) -> Any:
    """Errors: `PERM-DENIED`, `ISSUER-NONE`, `REASON`, `TIME-FUTURE`, `STATE-EDGE`."""
    services.close_issuer(uid, ending=ending, distrusted=distrusted, by=actor_of(request), at=clock.now())
    return {"state": "closed"}


@router.post("/verify", response=dict[str, Any], summary="核验信用报告 Verify a report's statement; nothing is kept")
def verify(request: HttpRequest, body: NoteIn) -> Any:
    """`faults` says what speaks against its use on the day. Errors: `PERM-DENIED`, `REP-FORM`, `ISSUER`, `REP-SIGN`, `REP-DIGEST`."""
    actor_of(request).must(SEE)
    return services.verify(body.note.encode(), document=body.document, on=body.on or clock.today())


@router.post("/reports", response=dict[str, Any], summary="提交信用报告 Lodge a report")
def lodge(request: HttpRequest, body: ReportIn) -> Any:
    """Errors: `PERM-DENIED`, `ISSUER`, `REP-FORM`, `REP-SIGN`, `REP-DIGEST`, `REP-EXP`, `REP-EARLY`, `REP-REVOKED`, `REP-DUP`."""
    by, told = actor_of(request), body.dict()
    note, document, unit = told.pop("note").encode(), told.pop("document"), told.pop("unit") or by.unit or ""
    row = services.lodge(note=note, document=document, unit=unit, told=told, by=by, at=clock.now())
    return _told(row, () if row.note else ("REP-LEAD",))


@router.get("/reports", response=dict[str, Any], summary="已提交的信用报告 Reports lodged")
def reports(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The newest first, with what speaks against the use of each today."""
    actor_of(request).must(SEE)
    page = page_of(request, queries.every_report(), paging)
    return {**page, "items": [_told(one.row, one.faults) for one in queries.seen(page["items"], clock.today())]}


@router.get("/reports/{uid}", response=dict[str, Any], summary="信用报告 A report with its uses")
def report(request: HttpRequest, uid: str) -> Any:
    """What it is worth today, and each use with what was learned since. Errors: `REP-NONE`."""
    by, today, row = actor_of(request), clock.today(), queries.report(uid)
    by.must(SEE)
    uses = [one for one in queries.uses(today, report=row) if by.can(SEE, one.row.unit)]
    return {**_told(row, queries.faults_of(row, today)), "note": row.note, "uses": _uses(uses)}


@router.post("/revocations", response=dict[str, Any], summary="撤销信用报告 Revoke a report")
def revoke(request: HttpRequest, body: RevocationIn) -> Any:
    """Errors: `PERM-DENIED`, `REP-FORM`, `ISSUER`, `REP-SIGN`, `TIME-FUTURE`, `BASIS-NONE`, `REP-REVOKED`."""
    told = body.dict()
    row = services.revoke(note=told.pop("note").encode(), basis=told.pop("basis"), told=told, by=actor_of(request), at=clock.now())
    return {"revocation": row.uid, "issuer": row.code, "number": row.number, "revoked_on": row.revoked_on, "log_index": row.log_index}
