"""One API, made of every room's router; its description says what every operation may answer."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ximu.faces.api import views
from ximu.faces.api.inputs import in_chinese
from ximu.faces.api.shell import api
from ximu.foundation import clock
from ximu.foundation.rooms import with_module
from ximu.foundation.today import items_for
from ximu.foundation.web import ANONYMOUS, actor_of, refusal_response
from ximu.kernel.refusal import Refusal


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Who is not known is told to sign in (401), not that he may not (403)."""
    if refusal.status == 403 and actor_of(request) is ANONYMOUS:
        refusal.status = 401
    answer = refusal_response(request, refusal)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    return refusal_response(request, Refusal(
        "API-INPUT", field=field, value=str(first.get("input", ""))[:200], rule=first["type"],
        zh=f"参数“{field}”{in_chinese(first)}。", en=f"Parameter “{field}” is not acceptable: {first['msg']}.",
    ))


@api.exception_handler(HttpError)
def _malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refusal_response(request, Refusal("API-BODY", status=error.status_code, field="body", rule="JSON", zh="请求内容不是正确的JSON。",
                                             en="The body is not well-formed JSON."))


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _refused(request, Refusal("AUTH-NEED", status=401, field="Authorization", rule="Bearer", zh="请提供接口密钥。",
                                     en="Send an API key."))


for _short, _module in with_module("api"):
    if not _module.startswith("ximu.faces."):
        api.add_router(f"/{_short}", import_module(_module).router)


class TodayOut(Schema):
    kind_zh: str
    kind_en: str
    title_zh: str
    title_en: str
    url: str
    due: date | None
    count: int
    state: str


@api.get("/today", response=list[TodayOut], tags=["today 今日事项"], summary="今日事项 What waits for you, as the home page shows it")
def today(request: HttpRequest) -> list[dict[str, Any]]:
    """`url` is where the console does it; `count` says how many one line stands for (0: itself)."""
    actor = actor_of(request)
    if actor is ANONYMOUS:
        raise Refusal("AUTH-NEED", status=401, field="Authorization", rule="Bearer", zh="请提供接口密钥。", en="Send an API key.")
    return [{"kind_zh": item.kind.zh, "kind_en": item.kind.en, "title_zh": item.title.zh, "title_en": item.title.en, "url": item.url,
             "due": item.due, "count": item.count, "state": item.state} for item in items_for(actor, at=clock.now())]


urlpatterns = [path("v1/docs", views.docs, name="api-docs"), path("v1/", api.urls)]
