"""For the other side: pull packages, hand in receipts and packages, check a package before it counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router, Status

from ximu.foundation import clock
from ximu.foundation.api import Paging, Problem, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.exchange import queries, rules, services

router = Router(tags=["exchange 数据交换"])
PLAIN = "text/plain; charset=utf-8"
ERRORS: dict[int, Any] = {403: Problem, 404: Problem, 409: Problem, 422: Problem}


def _plain(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type=PLAIN)


@router.get("/key", response={200: dict[str, str], **ERRORS})
def key(request: HttpRequest) -> Any:
    """本方公钥 Our key, by which packages and receipts are verified."""
    by = actor_of(request)
    by.must("exchange.register" if by.can("exchange.register") else "exchange.peer")
    return {"key": services.own().verifier(), "format": rules.FORMAT}


def _registration(one: Any) -> dict[str, Any]:
    return {"registration": one.uid, "channel": one.code, "profile": one.profile, "kind": one.kind, "address": one.address,
            "unit": one.unit, "key": one.peer_key, "replaces": one.replaces, "state": one.state, "reason": one.reason,
            "asked_at": one.asked_at, "decided_at": one.decided_at, "log_index": one.log_index}


@router.get("/registrations", response={200: dict[str, Any], **ERRORS})
def registrations(request: HttpRequest, paging: Query[Paging]) -> Any:
    """接入登记：本单位的；确认人看全部 Requests of your office; who confirms sees all."""
    by = actor_of(request)
    by.must("exchange.register" if by.can("exchange.register") else "exchange.manage")
    page = page_of(request, queries.registrations(by), paging)
    return {**page, "items": [_registration(one) for one in page["items"]]}


@router.post("/registrations", response={201: dict[str, Any], **ERRORS})
def register(request: HttpRequest) -> Any:
    """登记本单位公钥（正文为签名的登记书）Register your office's key: the body is the signed request (`ximu peer register`)."""
    return Status(201, _registration(services.register(request.body, by=actor_of(request), at=clock.now())))


@router.post("/registrations/{uid}/confirm", response={200: dict[str, Any], **ERRORS})
def confirm(request: HttpRequest, uid: str) -> Any:
    """由另一人确认，公钥自此生效 A second person confirms; from now on the key speaks for the channel."""
    return _registration(services.confirm(uid, by=actor_of(request), at=clock.now()))


@router.post("/registrations/{uid}/decline", response={200: dict[str, Any], **ERRORS})
def decline(request: HttpRequest, uid: str, given: Body[dict[str, str]]) -> Any:
    """不予确认并说明理由 Decline, with a reason."""
    return _registration(services.decline(uid, reason=given.get("reason", ""), by=actor_of(request), at=clock.now()))


@router.post("/registrations/{uid}/withdraw", response={200: dict[str, Any], **ERRORS})
def withdraw(request: HttpRequest, uid: str) -> Any:
    """撤回本单位的登记 Take your request back."""
    return _registration(services.withdraw(uid, by=actor_of(request), at=clock.now()))


def _channel(one: Any) -> dict[str, Any]:
    return {"channel": one.code, "active": one.active, "closing_at": one.closing_at, "reason": one.reason, "closed_at": one.closed_at,
            "log_index": one.log_index, "left": asdict(queries.left(one))}


@router.post("/channels/{code}/closing", response={201: dict[str, Any], **ERRORS})
def propose_closing(request: HttpRequest, code: str, given: Body[dict[str, str]]) -> Any:
    """提出停用通道并说明理由，答复列出遗留事项 Propose to close a channel, with a reason; the answer tells what would be left behind."""
    made = services.propose_closing(code, reason=given.get("reason", ""), by=actor_of(request), at=clock.now())
    return Status(201, _channel(made))


@router.post("/channels/{code}/closing/confirm", response={200: dict[str, Any], **ERRORS})
def close_channel(request: HttpRequest, code: str) -> Any:
    """由另一人确认停用，此后不再收发 A second person closes it; from now on nothing is sent or taken over it."""
    return _channel(services.close_channel(code, by=actor_of(request), at=clock.now()))


@router.post("/channels/{code}/closing/withdraw", response={200: dict[str, Any], **ERRORS})
def withdraw_closing(request: HttpRequest, code: str) -> Any:
    """撤回停用提议 Take the proposal to close back."""
    return _channel(services.withdraw_closing(code, by=actor_of(request), at=clock.now()))


@router.get("/channels/{code}/packages", response={200: dict[str, Any], **ERRORS})
def packages(request: HttpRequest, code: str, paging: Query[Paging]) -> Any:
    """未回执的数据包 Packages without a receipt, in order."""
    found = queries.living(queries.channel_for(code, actor_of(request)))
    page = page_of(request, queries.packages(found.code, only_open=True).order_by("sequence"), paging)
    return {**page, "items": [{"sequence": p.sequence, "digest": p.digest, "rows": p.rows, "made_at": p.made_at} for p in page["items"]]}


@router.get("/channels/{code}/packages/{int:sequence}", response={200: str, **ERRORS})
def package(request: HttpRequest, code: str, sequence: int) -> Any:
    """拉取数据包 The package itself, as text."""
    found = queries.living(queries.channel_for(code, actor_of(request)))
    return _plain(queries.bytes_of(queries.package(found, sequence)))


@router.post("/channels/{code}/receipts", response={200: dict[str, bool], **ERRORS})
def receipt(request: HttpRequest, code: str) -> Any:
    """交回执（正文为签名文本）Hand in a receipt: the body is the signed text."""
    found = queries.channel_for(code, actor_of(request))
    return {"settled": services.settle(found.code, request.body, at=clock.now())}


@router.post("/channels/{code}/packages", response={200: str, **ERRORS})
def push(request: HttpRequest, code: str) -> Any:
    """报送数据包（正文为数据包文本），回答为逐行回执 Hand in a package; the answer is its signed receipt. Repeats get the same receipt."""
    return _plain(services.receive(code, request.body, by=actor_of(request), at=clock.now()))


@router.post("/channels/{code}/check", response={200: dict[str, Any], **ERRORS})
def check(request: HttpRequest, code: str) -> Any:
    """试验，不产生任何效果 Try a package: the verdict that it would get, and no effect. The same as `ximu exchange test`."""
    found = queries.living(queries.channel_for(code, actor_of(request)))
    return rules.tried(request.body, found.peer_key)


@router.post("/channels/{code}/echo", response={200: str, **ERRORS})
def echo(request: HttpRequest, code: str) -> Any:
    """试发，回答为本方签名的回声，不产生任何效果 Send a trial package: the answer is our signed echo, and nothing takes effect."""
    return _plain(services.answer_trial(code, request.body, by=actor_of(request), at=clock.now()))


@router.post("/channels/{code}/statement", response={200: str, **ERRORS})
def statement(request: HttpRequest, code: str, theirs: Body[dict[str, str]]) -> Any:
    """对账：交对方清单（编号→摘要），得本方签名的对账单 Hand in your list (number → digest), get our signed statement to sign."""
    return _plain(services.state(code, theirs, by=actor_of(request), at=clock.now()))


@router.post("/channels/{code}/balances", response={200: dict[str, Any], **ERRORS})
def balances(request: HttpRequest, code: str) -> Any:
    """交双方签名的对账单（正文为签名文本）Hand in the statement that both have signed: the body is its text."""
    made = services.balanced(code, request.body, by=actor_of(request), at=clock.now())
    return {"statement": made.digest, "even": made.even, "ours": made.ours, "theirs": made.theirs, "log_index": made.log_index}


@router.get("/channels/{code}/forwarded", response={200: dict[str, Any], **ERRORS})
def forwarded(request: HttpRequest, code: str, paging: Query[Paging]) -> Any:
    """转来的异议及其结果 What this peer forwarded, by its own case number, and how it ended."""
    found = queries.channel_for(code, actor_of(request))
    page = page_of(request, queries.forwarded(found.code), paging)
    return {**page, "items": [{"case": one.theirs, "record": one.number, "outcome": one.outcome, "received_at": one.received_at}
                              for one in page["items"]]}
