"""May a program send its request again when the answer was lost? With an `Idempotency-Key`, yes: its effect is there once.

The row is claimed before the request is handled (a unique constraint decides who is first). A repeat gets the kept
answer; the same key with another request is refused. An answer that tells of a fault of ours is not kept.

A form of the console is its own key: every page that is drawn has a token of its own, so the same form with the same token is a double
click or a step back. What the first did is shown; nothing is done again.

The claim holds for half a minute; then the same request may be sent again, for the process that handled it may have been killed. Nothing
happens twice by that: every transaction of the request marks the claim before it writes, so the mark is there if and only if something
was saved, and a slow first that has lost its claim saves nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
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
LEASE = timedelta(seconds=30)
LONGEST_ANSWER = 1 << 20
BEGUN, SAVED, FAULT = 0, 1, 500
WRITES = re.compile(r"\s*(?:WITH\b.*\b)?(?:INSERT|UPDATE|DELETE|MERGE|REPLACE)\b", re.IGNORECASE | re.DOTALL)
PAGES, FORM = "/console/", "form"


class IdempotencyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if request.method != "POST":
            return self.get_response(request)
        request.claim = mark = _Mark()  # type: ignore[attr-defined]
        if not key or not request.path.startswith("/api/") or actor_of(request) is ANONYMOUS:
            with connection.execute_wrapper(mark):
                response = self.get_response(request)
            return _settled(mark.row, response)
        try:
            row = _claim(request, key)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        return _replay(row) if row.status else self._first(request, mark, row)

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
        request.claim.row = row  # type: ignore[attr-defined]
        return None

    def _first(self, request: HttpRequest, mark: _Mark, row: Reply) -> HttpResponse:
        mark.row = row
        try:
            with connection.execute_wrapper(mark):
                response = self.get_response(request)
        except BaseException:
            _ours(row).filter(status=BEGUN).delete()
            raise
        if response.status_code >= FAULT or response.streaming or len(response.content) > LONGEST_ANSWER:
            _ours(row).filter(status=BEGUN).delete()
        else:
            _ours(row).update(status=response.status_code, body=response.content, content_type=response.get("Content-Type", "")[:80])
        return response


class _Mark:
    """Sees every statement of a request that has a claim. The first that writes in a transaction is preceded by the mark of the claim."""

    def __init__(self) -> None:
        self.row: Reply | None = None
        self.kept = self.marking = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self.row is not None and not self.kept and not self.marking and WRITES.match(str(sql)):
            self._write(self.row)
        return execute(sql, params, many, context)

    def _write(self, row: Reply) -> None:
        """Once for each transaction: what it calls after commit is forgotten with a savepoint that is undone, as the mark is."""
        if any(called == self._committed for _, called, _ in connection.run_on_commit):
            return
        self.marking = True
        try:
            held = _ours(row).update(status=SAVED)
        finally:
            self.marking = False
        if not held:
            _busy(row.key)
        transaction.on_commit(self._committed)

    def _committed(self) -> None:
        self.kept = True


def _ours(row: Reply) -> QuerySet[Reply]:
    """The row while this claim holds: who takes it over gives it a new time."""
    return Reply.objects.filter(pk=row.pk, created_at=row.created_at, status__in=(BEGUN, SAVED))


def _claim(request: HttpRequest, key: str) -> Reply:
    """A row with status 0 that is ours, or the kept answer. Errors: `IDEM-KEY`, `IDEM-DIFFERS`, `IDEM-BUSY`."""
    if not KEY.fullmatch(key):
        raise Refusal("IDEM-KEY", status=400, field=HEADER, value=key[:80], rule="8-80 visible ASCII",
                      zh="幂等键应为8至80个可见ASCII字符。",
                      en="An idempotency key has 8 to 80 visible ASCII characters.")
    return _claimed(request, key, hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode() + request.body).hexdigest())


def _claimed(request: HttpRequest, key: str, asked: str) -> Reply:
    """Errors: `IDEM-DIFFERS`, `IDEM-BUSY`, `IDEM-CUT`."""
    now, actor = clock.now(), actor_of(request).uid
    Reply.objects.filter(created_at__lt=now - KEPT).delete()
    held = Reply.objects.filter(actor=actor, key=key).first()
    if held is None:
        try:
            with transaction.atomic():
                return Reply.objects.create(actor=actor, key=key, request=asked, created_at=now)
        except IntegrityError:
            _busy(key)
    if held.request != asked:
        raise Refusal("IDEM-DIFFERS", field=HEADER, value=key, rule="one key, one request", zh="该幂等键已用于另一请求。",
                      en="This key was used for another request.")
    if held.status > SAVED:
        return held
    if abs(now - held.created_at) < LEASE:
        _busy(key)
    return _taken_over(held, now)


def _taken_over(held: Reply, now: datetime) -> Reply:
    """The claim of one that was perhaps killed, as long as it saved nothing. Errors: `IDEM-BUSY`, `IDEM-CUT`."""
    if held.status == SAVED:
        raise Refusal("IDEM-CUT", status=409, field=_field(held.key), value=held.key[:40], rule="once",
                      zh="同一请求已有内容生效，但办理中断，未及回答。请先查看是否已办妥；仍须办理的，请重新打开页面提交（接口请换用新的幂等键）。",
                      en="The same request was cut off after it had saved something. See whether it is done; if not, send it from the page "
                         "opened anew (programs: with a new key).")
    with transaction.atomic():
        free = _ours(held).filter(status=BEGUN).select_for_update(skip_locked=True).exists()
        if not free or not _ours(held).filter(status=BEGUN).update(created_at=now):
            _busy(held.key)
    held.created_at = now
    return held


def _busy(key: str) -> NoReturn:
    raise Refusal("IDEM-BUSY", status=409, field=_field(key), value=key[:40], rule="wait", zh="同一请求正在办理，请稍后再问。",
                  en="The same request is being handled; ask again in a moment.")


def _field(key: str) -> str:
    return "form" if key.startswith(FORM) else HEADER


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


def _settled(row: Reply | None, response: HttpResponse) -> HttpResponse:
    """Where the first led is kept. A form that was refused, or that showed something, may be sent again; after a fault of ours only if
    nothing was saved."""
    if row is None:
        return response
    if isinstance(response, HttpResponseRedirectBase):
        _ours(row).update(status=response.status_code, body=response.url.encode(), content_type=FORM)
    elif response.status_code >= FAULT:
        _ours(row).filter(status=BEGUN).delete()
    else:
        _ours(row).delete()
    return response
