"""What is done with records over the API. Reading passes the disclosure policy and is added to this router by that room."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Moment
from ximu.foundation.web import actor_of
from ximu.ideas.records import services

router = Router(tags=["records 记录"])


class Numbers(Schema):
    numbers: list[str]


class Reasoned(Numbers):
    reason: str


class Noticed(Numbers):
    served_at: Moment
    manner: str


class Grounded(Numbers):
    ground: str = ""


class Proved(Numbers):
    proof: str


class Done(Schema):
    done: int


def _acting(request: HttpRequest) -> dict[str, Any]:
    return {"by": actor_of(request), "at": clock.now()}


@router.post("/check", response=Done, summary="审核 check")
def check(request: HttpRequest, given: Numbers) -> dict[str, int]:
    return {"done": services.check(given.numbers, **_acting(request))}


@router.post("/send-back", response=Done, summary="退回 send back")
def send_back(request: HttpRequest, given: Reasoned) -> dict[str, int]:
    return {"done": services.send_back(given.numbers, reason=given.reason, **_acting(request))}


@router.post("/confirm-final", response=Done, summary="确认文书生效 confirm finality")
def confirm_final(request: HttpRequest, given: Grounded) -> dict[str, int]:
    return {"done": services.confirm_final(given.numbers, ground=given.ground, **_acting(request))}


@router.post("/notify", response=Done, summary="告知 notify")
def notify(request: HttpRequest, given: Noticed) -> dict[str, int]:
    return {"done": services.notify(given.numbers, served_at=given.served_at, manner=given.manner, **_acting(request))}


@router.post("/make-effective", response=Done, summary="生效 make effective")
def make_effective(request: HttpRequest, given: Numbers) -> dict[str, int]:
    return {"done": services.make_effective(given.numbers, **_acting(request))}


@router.post("/revoke", response=Done, summary="撤销 revoke")
def revoke(request: HttpRequest, given: Reasoned) -> dict[str, int]:
    return {"done": services.revoke(given.numbers, reason=given.reason, **_acting(request))}


@router.post("/repair", response=Done, summary="修复 repair")
def repair(request: HttpRequest, given: Proved) -> dict[str, int]:
    return {"done": services.repair(given.numbers, proof=given.proof, **_acting(request))}


class ErasureAsk(Numbers):
    basis: str


class ErasureDigest(Schema):
    digest: str


class ErasureOut(Schema):
    uid: str
    state: str
    digest: str
    versions: dict[str, int]
    basis: str
    log_index: int | None


@router.post("/erasures", response=ErasureOut, summary="提出删除 ask for erasure")
def ask_erasure(request: HttpRequest, given: ErasureAsk) -> Any:
    return services.ask_erasure(given.numbers, basis=given.basis, **_acting(request))


@router.get("/erasures/{uid}", response=ErasureOut, summary="删除请求 a request to erase")
def erasure(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("records.erase")
    return services.request_of(uid)


@router.post("/erasures/{uid}/approve", response=ErasureOut, summary="批准删除 approve an erasure")
def approve_erasure(request: HttpRequest, uid: str, given: ErasureDigest) -> Any:
    return services.approve_erasure(uid, digest=given.digest, **_acting(request))


@router.post("/erasures/{uid}/refuse", response=ErasureOut, summary="不批准删除 refuse an erasure")
def refuse_erasure(request: HttpRequest, uid: str) -> Any:
    return services.refuse_erasure(uid, **_acting(request))
