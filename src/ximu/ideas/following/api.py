"""Following over the API, without a key: ask to be told, confirm with the token of the mail, stop. The address travels in the body only."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import ANYBODY
from ximu.ideas.following import services

router = Router(tags=["关注 following"])


class AskIn(Schema):
    matter: str = Field(max_length=16, description="promise、unit等 kind of the matter")
    target: str = Field(max_length=300, description="事项标识 uid of the matter")
    address: str = Field(max_length=300)


class TokenIn(Schema):
    token: str = Field(max_length=64, description="邮件链接中的64个字符 the 64 characters in the link of the mail")


@router.post("/asks", response={202: dict[str, str]},
             summary="请求关注 Ask to be told; a mail asks whether it was you", openapi_extra=ANYBODY)
def ask(request: HttpRequest, given: AskIn) -> Status:
    """The same answer whether the address follows already or not. Errors: `MAIL-OFF`, `MAIL-FORM`, `FOLLOW-MATTER`, `FOLLOW-BUSY`."""
    services.ask(given.matter, given.target, given.address, at=clock.now())
    return Status(202, {"state": "asked"})


@router.post("/confirmations", response=dict[str, str], summary="确认关注 Confirm", openapi_extra=ANYBODY)
def confirm(request: HttpRequest, given: TokenIn) -> dict[str, str]:
    services.confirm(given.token, at=clock.now())
    return {"state": "confirmed"}


@router.post("/stops", response=dict[str, str], summary="退订，地址随即删除 Stop; the address goes at once", openapi_extra=ANYBODY)
def stop(request: HttpRequest, given: TokenIn) -> dict[str, str]:
    services.stop(given.token, at=clock.now())
    return {"state": "stopped"}
