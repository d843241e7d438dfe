"""One API, made of every room's router."""

from __future__ import annotations

from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import ValidationError

from ximu.foundation.rooms import with_module
from ximu.foundation.web import refusal_response
from ximu.kernel.refusal import Refusal

api = NinjaAPI(title="徙木 Ximu", version="1", urls_namespace="api", openapi_url="openapi.json", docs_url=None)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refusal_response(request, refusal)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    return refusal_response(request, Refusal(
        "API-INPUT", field=field, value=str(first.get("input", ""))[:200], rule=first["type"],
        zh=f"参数“{field}”不符合要求：{first['msg']}。", en=f"Parameter “{field}” is not acceptable: {first['msg']}.",
    ))


for _short, _module in with_module("api"):
    if not _module.startswith("ximu.faces."):
        api.add_router(f"/{_short}", import_module(_module).router)

urlpatterns = [path("v1/", api.urls)]
