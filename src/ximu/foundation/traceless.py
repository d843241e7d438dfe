"""Pages beneath which nobody leaves a trace: no cookie, no kept answer, no referrer, no temporary file.

Whoever is signed in at the console with the same browser is nobody here: cookies, keys, address and browser are taken off the
request before anything inside can read them, so that neither the audit nor a session nor a kept answer can tell who reported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse

from ximu.foundation.web import refusal_response
from ximu.kernel.refusal import Refusal

BENEATH = "/report/"
MOST_BODY = 56 << 20
KEPT = {"HTTP_HOST", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_PROTO", "HTTP_TRANSFER_ENCODING"}
"""Headers that are still there inside; all others, and the address, are not."""


class InMemory(MemoryFileUploadHandler):
    """Never a temporary file; the body was measured before."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> None:
        self.activated = True


class TracelessMiddleware:
    """Outermost, so that nothing inside can set a cookie or read a body into a file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(BENEATH):
            return self.get_response(request)
        _forget_who(request)
        request.upload_handlers = [InMemory(request)]
        answer = _too_large(request) or self.get_response(request)
        answer.cookies.clear()
        answer["Cache-Control"] = "no-store"
        answer["Referrer-Policy"] = "no-referrer"
        if answer.status_code < 500:
            answer._has_been_logged = True  # type: ignore[attr-defined]  # Django writes a line for each 4xx: a moment of somebody's try
        return answer


def _forget_who(request: HttpRequest) -> None:
    for name in [n for n in request.META if n.startswith(("HTTP_", "REMOTE_")) and n not in KEPT]:
        del request.META[name]
    for cached in ("headers", "COOKIES"):
        request.__dict__.pop(cached, None)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    length = request.headers.get("content-length", "") or "0"
    if request.method != "POST" or (length.isascii() and length.isdigit() and int(length) <= MOST_BODY):
        return None
    return refusal_response(request, Refusal(
        "FILE-SIZE", status=413, field="file", value=length[:20], rule=f"≤ {MOST_BODY}", zh="一次提交的内容过大，请分次补充。",
        en="This is too much for one form; add the rest later."))
