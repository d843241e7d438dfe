"""The log over the API: what the public machine endpoints of the portal serve, as JSON."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from ximu.foundation.web import actor_of
from ximu.ideas.ledger import queries

router = Router(tags=["ledger 日志"])


class SizeOut(Schema):
    origin_key: str
    size: int
    root: str


class EntryOut(Schema):
    index: int
    entry: dict[str, Any]


class ProofOut(Schema):
    size: int
    root: str
    proof: list[str]


class CheckpointOut(Schema):
    checkpoint: str
    key: str


class VerdictOut(Schema):
    ok: bool
    size: int
    root: str
    first: dict[str, Any] | None
    findings: list[dict[str, Any]]
    evidence: dict[str, int]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@router.get("/size", response=SizeOut, summary="日志大小与树根 size and root")
def size(request: HttpRequest) -> dict[str, Any]:
    head = queries.head()
    return {"origin_key": queries.key(), "size": head.size, "root": _text(head.root)}


@router.get("/checkpoint", response=CheckpointOut, summary="已签名的检查点 signed checkpoint")
def checkpoint(request: HttpRequest) -> dict[str, Any]:
    return {"checkpoint": queries.checkpoint(), "key": queries.key()}


@router.get("/entries/{int:index}", response=EntryOut, summary="日志条目 entry")
def entry(request: HttpRequest, index: int) -> dict[str, Any]:
    return {"index": index, "entry": queries.entry_value(index)}


@router.get("/inclusion/{int:index}", response=ProofOut, summary="收录证明 inclusion proof")
def inclusion(request: HttpRequest, index: int, size: int | None = None) -> dict[str, Any]:
    return _proof(size, lambda wanted: queries.inclusion(index, size=wanted))


@router.get("/consistency", response=ProofOut, summary="一致性证明 consistency proof")
def consistency(request: HttpRequest, old: int, new: int | None = None) -> dict[str, Any]:
    return _proof(new, lambda wanted: queries.consistency(old, wanted))


def _proof(size: int | None, make: Any) -> dict[str, Any]:
    wanted = queries.size() if size is None else size
    proof = make(wanted)
    return {"size": wanted, "root": _text(queries.root_at(wanted)), "proof": [_text(node) for node in proof]}


@router.get("/bundles/{int:index}", summary="证明包 proof bundle", openapi_extra={"responses": {200: {
    "content": {"application/json": {"schema": {"type": "object"}}}}}})
def bundle(request: HttpRequest, index: int) -> HttpResponse:
    return HttpResponse(queries.bundle_bytes(queries.bundle(index)), content_type="application/json")


@router.post("/verification", response=VerdictOut, summary="验证整个日志 verify the whole log")
def verification(request: HttpRequest) -> dict[str, Any]:
    actor_of(request).must("ledger.verify")
    return queries.verdict_envelope(queries.verify_log(whole_home=True))


