"""May a program send its request again when the answer was lost? With an `Idempotency-Key`, yes: its effect is there once.

The row is claimed before the request is handled (a unique constraint decides who is first). A repeat gets the kept
answer; the same key with another request is refused. An answer that tells of a fault of ours is not kept.

A form of the console is its own key: every page that is drawn has a token of its own, so the same form with the same token is a double
click or a step back. What the first did is shown; nothing is done again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseRedirectBase

from ximu.foundation import clock
from ximu.foundation.models import Reply
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import ANONYMOUS, actor_of, refusal_response
from ximu.kernel.refusal import Refusal

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{8,80}")
KEPT = timedelta(hours=24)
LONGEST_ANSWER = 1 << 20
FAULT = 500
PAGES, FORM = "/console/", "form"


class IdempotencyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key or request.method != "POST" or not request.path.startswith("/api/") or actor_of(request) is ANONYMOUS:
            return _settled(request, self.get_response(request))
        try:
            row = _claim(request, key)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        return _replay(row) if row.status else self._first(request, row)

    @staticmethod
    def process_view(request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        form = _form(request)
        if not form:
            return None
        try:
            row = _claimed(request, f"form-{form}", form)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        if row.status:
            messages.info(request, t("这张表单已经提交过，未重复办理。", "This form was sent before; nothing was done again."))
            return HttpResponseRedirect(bytes(row.body).decode())
        request.form_row = row  # type: ignore[attr-defined]
        return None

    def _first(self, request: HttpRequest, row: Reply) -> HttpResponse:
        try:
            response = self.get_response(request)
        except BaseException:
            row.delete()
            raise
        if response.status_code >= FAULT or response.streaming or len(response.content) > LONGEST_ANSWER:
            row.delete()
        else:
            Reply.objects.filter(pk=row.pk).update(status=response.status_code, body=response.content,
                                                   content_type=response.get("Content-Type", "")[:80])
        return response


def _claim(request: HttpRequest, key: str) -> Reply:
    """A row with status 0 that is ours, or the kept answer. Errors: `IDEM-KEY`, `IDEM-DIFFERS`, `IDEM-BUSY`."""
    if not KEY.fullmatch(key):
        raise Refusal("IDEM-KEY", status=400, field=HEADER, value=key[:80], rule="8-80 visible ASCII",
                      zh="幂等键应为8至80个可见ASCII字符。",
                      en="An idempotency key has 8 to 80 visible ASCII characters.")
    return _claimed(request, key, hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode() + request.body).hexdigest())


def _claimed(request: HttpRequest, key: str, asked: str) -> Reply:
    """Errors: `IDEM-DIFFERS`, `IDEM-BUSY`."""
    now, actor = clock.now(), actor_of(request).uid
    Reply.objects.filter(created_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            return Reply.objects.create(actor=actor, key=key, request=asked, created_at=now)
    except IntegrityError:
        held = Reply.objects.filter(actor=actor, key=key).first()
    if held is None or held.status == 0:
        raise Refusal("IDEM-BUSY", status=409, field="form" if key.startswith(FORM) else HEADER, value=key[:40], rule="wait",
                      zh="同一请求正在办理，请稍后再问。",
                      en="The same request is being handled; ask again in a moment.")
    if held.request != asked:
        raise Refusal("IDEM-DIFFERS", field=HEADER, value=key, rule="one key, one request", zh="该幂等键已用于另一请求。",
                      en="This key was used for another request.")
    return held


def _replay(row: Reply) -> HttpResponse:
    return HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type, headers={"Idempotent-Replay": "true"})


def _form(request: HttpRequest) -> str:
    """The digest of a form that was drawn for this person: where it goes, its token, all that was filled in. Empty for another request."""
    if request.method != "POST" or not request.path.startswith(PAGES) or actor_of(request) is ANONYMOUS:
        return ""
    if not request.POST.get("csrfmiddlewaretoken"):
        return ""
    files = [(name, one.name, _digest(one)) for name, given in sorted(request.FILES.lists()) for one in given]
    return hashlib.sha256(repr((request.get_full_path(), sorted(request.POST.lists()), files)).encode()).hexdigest()


def _digest(file: UploadedFile) -> str:
    """Of the content: a corrected file often has the name and the size of the wrong one."""
    found = hashlib.sha256()
    for part in file.chunks():
        found.update(part)
    file.seek(0)
    return found.hexdigest()


def _settled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where the first led is kept; a form that was refused, or that showed something, may be sent again."""
    row = getattr(request, "form_row", None)
    if row is not None and isinstance(response, HttpResponseRedirectBase):
        Reply.objects.filter(pk=row.pk).update(status=response.status_code, body=response.url.encode(), content_type=FORM)
    elif row is not None:
        row.delete()
    return response
