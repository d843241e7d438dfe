"""Intake over the API: the same checks as on the page, rows pushed as JSON or files uploaded."""

from __future__ import annotations

import io
import json
import re
import secrets
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, Problem, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.intake import queries, services
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.refusal import Refusal

router = Router(tags=["intake 归集"])
CANONICAL: dict[str, Any] = {"ensure_ascii": False, "sort_keys": True}
ERRORS = dict.fromkeys((403, 404, 409, 413, 422), Problem)


class PushIn(Schema):
    item: str = Field(max_length=40)
    source: str = Field(max_length=16, description="报送单位标识 uid of the delivering unit")
    rows: list[dict[str, Any]] = Field(max_length=50_000)


class ReasonIn(Schema):
    reason: str = Field("", max_length=400)


class PickIn(Schema):
    subject: str = Field(max_length=16)
    reason: str = Field(max_length=400)


class BackIn(Schema):
    unit: str = Field(max_length=16)
    reason: str = Field(max_length=4000)
    lines: list[int] = Field([], max_length=10_000)


class ReturnIn(Schema):
    unit: str = Field(max_length=16)
    family: str = Field(max_length=16)
    month: str = Field(pattern=r"^\d{4}-\d{2}$")


class ExpectIn(Schema):
    unit: str = Field(max_length=16)
    family: str = Field(max_length=16)
    since: date


class DeliveryOut(Schema):
    uid: str
    item: str
    family: str
    source: str
    file_digest: str
    state: str
    progress: int
    summary: dict[str, Any]
    outcome: dict[str, Any]
    refusal: dict[str, Any]
    log_index: int | None


class ReceiptOut(Schema):
    again: bool = Field(description="已收过同一文件，本次未新增 the same file was received before; nothing was added")
    delivery: DeliveryOut
    faults: list[dict[str, Any]] = []


class CellOut(Schema):
    unit: str
    family: str
    month: str
    state: str
    state_zh: str
    state_en: str
    rows: int | None = Field(description="空表示未报送，绝不是零 null means that nothing was said, never zero")
    due: date
    reminders: int
    zero: str = Field(description="零报告标识，据以确认；空为没有 uid of the zero report, by which the unit confirms it")


class DoubtOut(Schema):
    uid: str
    line: int
    named: str
    code: str
    as_of: date
    candidates: list[dict[str, Any]]
    state: str


def _received(request: HttpRequest, receipt: services.Receipt) -> dict[str, Any]:
    """Check what is new, and what a server that died left unchecked; answer with every fault."""
    if not receipt.again or queries.delivery(receipt.uid).state == "received":
        services.check(receipt.uid, by=actor_of(request), at=clock.now())
    return {"again": receipt.again, "delivery": queries.delivery(receipt.uid), "faults": queries.faults(receipt.uid)}


def _as_written(body: bytes) -> str:
    """The rows with every number in the digits that were sent: what passes through a float loses those beyond the 17th."""
    mark = secrets.token_hex()
    rows = json.loads(body, parse_float=lambda digits: f"{mark}{digits}{mark}", object_pairs_hook=_each_once)["rows"]
    return re.sub(f'"{mark}([^"]*){mark}"', r"\1", json.dumps(rows, **CANONICAL))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Errors: `FILE-SHAPE` for an object that names a field twice: nobody could tell which of the two is meant."""
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(name for n, (name, _) in enumerate(pairs) if name in dict(pairs[:n]))
        raise Refusal("FILE-SHAPE", field=twice[:60], value=twice[:60], rule="1",
                      zh=f"名称“{twice[:60]}”在同一对象中出现了两次，未收取任何行。",
                      en=f"The name “{twice[:60]}” is in one object twice; nothing was taken.")
    return made


@router.post("/deliveries", response={200: ReceiptOut, **ERRORS})
def push(request: HttpRequest, body: PushIn) -> Any:
    """报送JSON行 Push rows. The same rows again give the old receipt: the call is safe to repeat."""
    rows = _as_written(request.body) if request.content_type == "application/json" else json.dumps(body.rows, **CANONICAL)
    return _received(request, services.receive(
        io.BytesIO(rows.encode("utf-8", "surrogatepass")), item=body.item, source=body.source, by=actor_of(request), at=clock.now(),
        channel="api",
    ))


@router.post("/deliveries/file", response={200: ReceiptOut, **ERRORS})
def upload(request: HttpRequest, item: Form[str], source: Form[str], file: File[UploadedFile]) -> Any:
    """报送文件 Upload a CSV, XLSX or JSON file."""
    return _received(request, services.receive(
        file.chunks(), item=item, source=source, by=actor_of(request), at=clock.now(), channel="api",
    ))


@router.get("/deliveries", response={200: dict[str, Any], **ERRORS})
def deliveries(request: HttpRequest, paging: Query[Paging]) -> Any:
    """批次 Deliveries of the units for which one may act, the newest first."""
    by = actor_of(request)
    by.must("intake.deliver")
    page = page_of(request, queries.deliveries(by), paging)
    return {**page, "items": [DeliveryOut.from_orm(one).dict() for one in page["items"]]}


@router.get("/deliveries/{uid}", response={200: ReceiptOut, **ERRORS})
def delivery(request: HttpRequest, uid: str) -> Any:
    """一个批次及其问题 One delivery with its faults."""
    found = queries.delivery(uid)
    actor_of(request).must("intake.deliver", found.source)
    return {"again": False, "delivery": found, "faults": queries.faults(uid)}


@router.post("/deliveries/{uid}/check", response={200: ReceiptOut, **ERRORS})
def check(request: HttpRequest, uid: str) -> Any:
    """重新校验 Check a received file again."""
    services.check(uid, by=actor_of(request), at=clock.now())
    return {"again": False, "delivery": queries.delivery(uid), "faults": queries.faults(uid)}


@router.post("/deliveries/{uid}/commit", response={200: DeliveryOut, **ERRORS})
def commit(request: HttpRequest, uid: str, body: ReasonIn) -> Any:
    """入库 Make records of it; with refused rows a reason is needed."""
    return services.commit(uid, by=actor_of(request), at=clock.now(), partial_reason=body.reason)


@router.post("/deliveries/{uid}/refuse", response={200: DeliveryOut, **ERRORS})
def refuse(request: HttpRequest, uid: str, body: ReasonIn) -> Any:
    """退回 Send it back."""
    services.refuse(uid, reason=body.reason, by=actor_of(request), at=clock.now())
    return queries.delivery(uid)


@router.get("/doubts", response={200: dict[str, Any], **ERRORS})
def doubts(request: HttpRequest, paging: Query[Paging]) -> Any:
    """待辨认 Rows whose subject waits for a person."""
    by = actor_of(request)
    by.must("intake.decide")
    page = page_of(request, queries.doubts(by), paging)
    return {**page, "items": [DoubtOut.from_orm(one).dict() for one in page["items"]]}


@router.post("/doubts/{uid}/pick", response={200: DoubtOut, **ERRORS})
def pick(request: HttpRequest, uid: str, body: PickIn) -> Any:
    services.pick(uid, subject=body.subject, reason=body.reason, by=actor_of(request), at=clock.now())
    return queries.doubt(uid)


@router.post("/doubts/{uid}/ask", response={200: DoubtOut, **ERRORS})
def ask(request: HttpRequest, uid: str, body: ReasonIn) -> Any:
    services.ask(uid, reason=body.reason, by=actor_of(request), at=clock.now())
    return queries.doubt(uid)


@router.post("/doubts/{uid}/drop", response={200: DoubtOut, **ERRORS})
def drop(request: HttpRequest, uid: str, body: ReasonIn) -> Any:
    services.drop(uid, reason=body.reason, by=actor_of(request), at=clock.now())
    return queries.doubt(uid)


@router.get("/coverage", response={200: list[CellOut], **ERRORS})
def coverage(request: HttpRequest, month: str) -> Any:
    """归集情况 The board: unit × family of a month, of the units for which one may watch."""
    return [cell_out(c) for c in queries.coverage_for(actor_of(request), month, today=clock.today())]


def cell_out(cell: queries.Cell) -> dict[str, Any]:
    return {"unit": cell.unit, "family": cell.family, "month": cell.month, "state": cell.state, "state_zh": cell.words.zh,
            "state_en": cell.words.en, "rows": cell.rows, "due": cell.due, "reminders": cell.reminders, "zero": cell.zero}


@router.post("/zeros", response={200: dict[str, str], **ERRORS})
def claim_zero(request: HttpRequest, body: ReturnIn) -> Any:
    """申报零报告 It becomes a zero when another person of the unit confirms it."""
    made = services.claim_zero(body.unit, family=body.family, month=body.month, by=actor_of(request), at=clock.now())
    return {"uid": made.uid, "state": "zero-pending"}


@router.post("/zeros/{uid}/confirm", response={200: dict[str, str], **ERRORS})
def confirm_zero(request: HttpRequest, uid: str) -> Any:
    services.confirm_zero(uid, by=actor_of(request), at=clock.now())
    return {"uid": uid, "state": "zero"}


@router.post("/reminders", response={200: dict[str, str], **ERRORS})
def remind(request: HttpRequest, body: ReturnIn) -> Any:
    services.remind(body.unit, family=body.family, month=body.month, by=actor_of(request), at=clock.now(), today=clock.today())
    return {"unit": body.unit, "state": "reminded"}


@router.post("/deliveries/{uid}/rows-back", response={201: dict[str, str], **ERRORS}, summary="退回不合格的行 send refused rows back")
def rows_back(request: HttpRequest, uid: str, body: BackIn) -> Any:
    case = services.send_rows_back(uid, unit=body.unit, message=body.reason, lines=body.lines, by=actor_of(request), at=clock.now())
    return Status(201, {"case": case})


@router.get("/months/{unit}/{month}", response={200: dict[str, Any], **ERRORS}, summary="本月未了事项 what is open in a month")
def month(request: HttpRequest, unit: str, month: str) -> Any:
    actor_of(request).must("intake.watch", unit)
    return queries.month_state(unit, month, today=clock.today())


@router.post("/months/{unit}/{month}/closings", response={201: dict[str, str], **ERRORS}, summary="办结本月 close a month")
def close_month(request: HttpRequest, unit: str, month: str) -> Any:
    return Status(201, {"receipt": services.close_month(unit, month, by=actor_of(request), at=clock.now()).uid})


@router.get("/month-receipts/{uid}", summary="可离线验证的办结回执 a receipt that verifies offline")
def month_receipt(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.month_receipt(uid, by=actor_of(request))
    return HttpResponse(ledger.bundle_bytes(queries.month_bundle(found)), content_type="application/json")


@router.post("/expectations", response={200: dict[str, str], **ERRORS})
def expect(request: HttpRequest, body: ExpectIn) -> Any:
    services.expect(body.unit, family=body.family, since=body.since, by=actor_of(request), at=clock.now())
    return {"unit": body.unit, "family": body.family}
