"""What a request may never do: bring signs that no database keeps, or turn a bad value into an error of ours.

NUL and lone surrogates are refused where they come in (400), so are signs that are hidden or turn the direction of writing, and days in a
year that no reckoning reaches (422); a value that the database cannot hold (too long, too large) becomes a refusal (422) and not a fault of
the system; a busy database or a full disk is said as such.
"""

from __future__ import annotations

import csv
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.http.multipartparser import MultiPartParserError

from ximu.foundation.web import refusal_response
from ximu.kernel.disk import is_failed, is_full
from ximu.kernel.given import must_be_likely, must_be_readable
from ximu.kernel.refusal import Refusal

log = logging.getLogger(__name__)
BAD = re.compile("[\x00\ud800-\udfff]")
ODD = re.compile(
    rb"\\u(?:00[01][0-9a-fA-F]|00[7-9][0-9a-fA-F]|[dD][89a-fA-F]|20[0-6])"
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""Where JSON may hold a sign that is refused: written out, or escaped."""
SECRET = ("password", "old", "new", "again", "phrase")
"""Fields that nobody ever reads."""
ROWS = "rows"
"""What lies here is judged cell by cell where it is taken (`CELL-CHAR`), and the good rows are kept."""
HEADERS = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_IDEMPOTENCY_KEY", "HTTP_IF_NONE_MATCH", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER",
           "HTTP_USER_AGENT")
SOUGHT = ("q", "words", "name")
"""Parameters that are looked for as they stand, also when they look like a day."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNKEEPABLE = (DataError, OverflowError, UnicodeError, RecursionError, csv.Error)


def _bad_sign(field: str) -> Refusal:
    return Refusal("INPUT-SIGN", status=400, field=field, rule="no NUL, no lone surrogate", zh="内容含有不能保存的控制字符。",
                   en="It contains a character that cannot be kept.")


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _look_at_json(request: HttpRequest) -> None:
    """Also what is called by another type: an operation that wants JSON reads the body, whatever its sender calls it."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        if request.content_type != "application/json":
            return
        raise Refusal("INPUT-SHAPE", status=400, field="body", rule="JSON", zh="请求内容不是正确的JSON。",
                      en="The body is not JSON.") from error
    if any(BAD.search(text) for text in _strings(body)):
        raise _bad_sign("body")
    for name, value in body.items() if isinstance(body, dict) else [("body", body)]:
        for text in _strings(value) if name not in (*SECRET, ROWS) else ():
            must_be_readable(text, name[:40])


class HostileMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            self._look(request)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        return self.get_response(request)

    @staticmethod
    def _look(request: HttpRequest) -> None:
        try:
            texts = [request.path, *(str(request.META.get(h, "")) for h in HEADERS),
                     *request.GET.keys(), *(v for vs in request.GET.lists() for v in vs[1])]
        except (TooManyFieldsSent, UnicodeError) as error:
            raise Refusal("INPUT-SHAPE", status=400, field="query", zh="地址中的参数无法识别。", en="The query cannot be read.") from error
        if any(BAD.search(text) for text in texts):
            raise _bad_sign("address")
        for name, values in request.GET.lists():
            for text in values if name not in SOUGHT else ():
                must_be_likely(text, name[:40])

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        try:
            self._look_at_body(request)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError, UnicodeError) as error:
            return self.process_exception(request, error)
        return None

    @staticmethod
    def _look_at_body(request: HttpRequest) -> None:
        if request.method not in ("POST", "PUT", "PATCH"):
            return
        if request.content_type in FORMS:
            if any(BAD.search(text) for key, values in request.POST.lists() for text in (key, *values)):
                raise _bad_sign("form")
            for key, values in request.POST.lists():
                for text in values if key not in SECRET else ():
                    must_be_readable(text, key[:40])
        elif ODD.search(request.body):
            _look_at_json(request)

    @staticmethod
    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RequestDataTooBig):
            return refusal_response(request, Refusal("INPUT-SIZE", status=413, field="body", zh="请求内容过大。",
                                                     en="The body is too large."))
        if isinstance(error, TooManyFieldsSent | TooManyFilesSent | MultiPartParserError | RawPostDataException):
            return refusal_response(request, Refusal("INPUT-SHAPE", status=400, field="form", zh="表单无法识别。",
                                                     en="The form cannot be read."))
        if isinstance(error, UNKEEPABLE):
            return refusal_response(request, Refusal("INPUT-VALUE", field="body", rule=type(error).__name__,
                                                     zh="内容超出可保存的长度或范围。",
                                                     en="A value is longer or larger than can be kept."))
        told = trouble_of(error)
        if told is not None:
            log.warning("not written: %s", type(error).__name__)
            return refusal_response(request, told)
        return None


def trouble_of(error: Exception) -> Refusal | None:
    """A full disk, a disk that fails or a busy database, said as such: 507 or 503. Nothing was changed. None for any other error.

    Errors: none; it makes `DISK-FULL`, `DISK-FAULT`, `DB-BUSY`.
    """
    if not isinstance(error, OperationalError | OSError):
        return None
    told = str(error)
    if isinstance(error, OSError) and not is_full(error) and not is_failed(error):
        return None
    if is_full(error) if isinstance(error, OSError) else "full" in told or "No space" in told:
        return Refusal("DISK-FULL", status=507, zh="存储空间不足，未作任何改动。", en="The disk is full; nothing was changed.")
    if isinstance(error, OSError) or "disk I/O" in told or "readonly database" in told:
        return Refusal("DISK-FAULT", status=503, zh="磁盘读写出错，未作任何改动；请管理员检查磁盘。",
                       en="The disk failed; nothing was changed. The administrator should look at it.")
    return Refusal("DB-BUSY", status=503, zh="数据库繁忙，请稍后重试。", en="The database is busy; please try again.")
