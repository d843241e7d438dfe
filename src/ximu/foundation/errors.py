"""What is shown when Django itself says no: 400, 403, 404, 500, in both languages and in the right skin."""

from __future__ import annotations

import sys
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from ximu.foundation.hostile import HostileMiddleware
from ximu.foundation.web import refusal_response
from ximu.kernel.refusal import Refusal


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal_response(request, Refusal("HTTP-400", status=400, zh="请求不完整或格式不正确。",
                                             en="The request is incomplete or malformed."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal_response(request, Refusal("HTTP-403", status=403, zh="您没有办理此事项的权限。", en="You may not do this."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal_response(request, Refusal("HTTP-404", status=404, zh="您访问的页面不存在，或不对您开放。",
                                             en="There is no such page, or it is not open to you."))


def broken(request: HttpRequest) -> HttpResponse:
    """A fault outside the views (a middleware that writes) is told like one inside: a busy database, a full disk."""
    error = sys.exc_info()[1]
    told = HostileMiddleware.process_exception(request, error) if isinstance(error, OperationalError | OSError) else None
    if told is not None:
        return told
    return refusal_response(request, Refusal("HTTP-500", status=500, zh="系统出错，未完成的改动已撤销。请记下时间并联系管理员。",
                                             en="Something went wrong and was undone. Note the time and tell the administrator."))


def no_csrf(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    return refusal_response(request, Refusal("CSRF", status=403, zh="页面已过期或来自其他网站，请刷新后重试。",
                                             en="The page has expired or came from elsewhere; reload and try again."))
