"""What do all pages and API answers share? The actor, the language, and how a refusal looks."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from ximu.foundation import city, clock, files
from ximu.foundation.bare import bare, is_sealed
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}
COOKIE = "ximu_language"
LARGE = "ximu_large"
MOST_SENT = 64 * 2**20
YEAR_SECONDS = 365 * 86400
ANONYMOUS = Actor(uid="public", channel="portal", label="公众")
CONSOLE, PORTAL, DOOR = "console/page.html", "portal/page.html", "console/door.html"
"""The two skins; which one a refusal wears depends on the address."""
TITLES = {
    400: Text("请求无法理解", "The request cannot be understood"), 401: Text("请先登录", "Please sign in"),
    403: Text("没有权限", "Not allowed"), 404: Text("没有找到", "Not found"), 409: Text("情况已变动", "The state has changed"),
    413: Text("内容过大", "Too large"), 422: Text("未能办理", "Not done"), 429: Text("请稍后再试", "Please try again later"),
    500: Text("系统出错", "Something went wrong"), 503: Text("系统繁忙", "The system is busy"), 507: Text("存储空间不足", "No space left"),
}


RETRY_AFTER = {503: "5", 507: "60"}
"""Seconds after which the same request may be tried again."""


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: set by the accounts middleware or by the API key; the public otherwise."""
    return getattr(request, "actor", ANONYMOUS)


def source_of(request: HttpRequest) -> str:
    """Where a request comes from, to be counted and never kept: the address, of IPv6 the network of 64 bits. Behind the TLS proxy what
    the proxy itself says of its peer, the last entry of `X-Forwarded-For`."""
    told = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip() if settings.SECURE_PROXY_SSL_HEADER else ""
    try:
        address = ip_address(told or request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return request.META.get("REMOTE_ADDR", "") or "unknown"
    return str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False))


def int_of(request: HttpRequest, name: str, default: int, *, least: int = 1, most: int = 10**6) -> int:
    """A number from the query string; anything that is not one is the default, and it stays in its bounds."""
    given = request.GET.get(name, "")
    usable = given.isascii() and given.isdigit() and len(given) <= len(str(most))
    return max(least, min(most, int(given))) if usable else default


def known_of(request: HttpRequest, name: str = "known") -> datetime:
    """What was known by the end of the day that is asked, never later than now. Errors: `DATE-FORM`, `DATE-RANGE`."""
    day, now = day_or_none(request.GET.get(name, ""), name), clock.now()
    return min(clock.end_of(day), now) if day else now


@contextmanager
def sent_file(request: HttpRequest, name: str = "file", *, most: int = MOST_SENT) -> Iterator[Path]:
    """The file that was sent, for as long as it is read; of its name only the ending is kept. Errors: `FILE-NONE`, `FILE-SIZE`."""
    sent = request.FILES.get(name)
    if not isinstance(sent, UploadedFile):
        raise Refusal("FILE-NONE", field=name, value="", rule="required", zh="请选择文件。", en="Choose a file.")
    if not 0 < (sent.size or 0) <= most:
        raise Refusal("FILE-SIZE", status=413, field=name, value=sent.size or 0, rule=f"1–{most}",
                      zh=f"请选择不超过{most // 2**20} MB的文件。", en=f"Choose a file of at most {most // 2**20} MB.")
    with tempfile.TemporaryDirectory(prefix="ximu-sent-") as folder:
        path = Path(folder) / f"sent{Path(sent.name or '').suffix.lower()[:6]}"
        path.write_bytes(sent.read())
        yield path


def kept_file(digest: str, *, issued: bool = False) -> FileResponse:
    """A file that was handed in, always as a download under its digest; the ending follows from its bytes, not from its giver's name.

    It is a copy that does not tell who made it, where and with what, as far as one can be made; a PDF with an electronic seal,
    which a copy would break, and a text that was `issued` and whose digest is published go out as they are.

    Errors: `FILE-NONE` where the bytes are not kept.
    """
    if not files.is_kept(digest):
        raise absent("FILE-NONE", field="file", value=digest[:16], zh="份文件", en="file")
    kept: BinaryIO = files.opened(digest)
    if not issued:
        with kept:
            content = kept.read()
        made = None if is_sealed(content) else bare(content)
        kept = io.BytesIO(content if made is None else made)
    ending = _ending(kept.read(HEAD))
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{digest[:12]}{ending}", content_type="application/octet-stream",
                        headers={"Cache-Control": "no-store"})


HEAD = 4096
ENDINGS = ((b"%PDF-", ".pdf"), (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (bytes.fromhex("d0cf11e0a1b11ae1"), ".doc"))


def _ending(head: bytes) -> str:
    """So that a clerk's machine opens it. A package of Office names its parts near its beginning."""
    if head.startswith(b"PK"):
        return ".docx" if b"word/" in head else ".xlsx" if b"xl/" in head else ".zip"
    found = next((ending for sign, ending in ENDINGS if head.startswith(sign)), "")
    return found or (".bin" if b"\0" in head else ".txt")


def came_from(request: HttpRequest) -> str:
    """The page of ours on which a form was sent; nothing where the browser does not say, or says what is no address."""
    try:
        told = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    here = request.method == "POST" and told.netloc == request.get_host() and not told.path.startswith(("//", "/\\"))
    return f"{told.path}?{told.query}" if here and told.query else told.path if here else ""


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json")


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if wants_json(request):
        answer: HttpResponse = JsonResponse(refusal.envelope(), status=refusal.status, json_dumps_params={"ensure_ascii": False})
    else:
        staff = request.path.startswith("/console")
        signed_in = actor_of(request) is not ANONYMOUS and not getattr(request, "gate", "")
        answer = render(request, "foundation/refusal.html", {
            "refusal": refusal, "title": TITLES.get(refusal.status, TITLES[422]), "home": "/console/" if staff else "/",
            "back": came_from(request),
            "page_skin": (CONSOLE if signed_in else DOOR) if staff else PORTAL,
        }, status=refusal.status)
    answer.refusal = refusal  # type: ignore[attr-defined]
    if refusal.status in RETRY_AFTER:
        answer.headers["Retry-After"] = RETRY_AFTER[refusal.status]
    return answer


class LanguageMiddleware:
    """Chinese first; `?lang=en` switches, `?large=1` shows large text; both remembered by cookies without identity."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked, large = request.GET.get("lang", ""), request.GET.get("large", "")
        chosen = LANGUAGES.get(asked) or LANGUAGES.get(request.COOKIES.get(COOKIE, "")) or "zh-hans"
        request.large = (large or request.COOKIES.get(LARGE, "")) == "1"  # type: ignore[attr-defined]
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if chosen == "en" else "zh-CN")
        if asked in LANGUAGES:
            response.set_cookie(COOKIE, asked, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
        if large in ("0", "1"):
            response.set_cookie(LARGE, large, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
        return response


def _bare_405(answer: HttpResponse) -> bool:
    return answer.status_code == 405 and not hasattr(answer, "refusal")


def _no_method(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Django and the API say no to a method without a word: it is told as any refusal is."""
    allowed = answer.headers.get("Allow", "")
    told = refusal_response(request, Refusal("HTTP-405", status=405, field="method", value=(request.method or "")[:20], rule=allowed,
                                             zh=f"此地址不接受这种请求方式，可用：{allowed}。",
                                             en=f"This address does not take that method; it takes {allowed}."))
    told.headers["Allow"] = allowed
    return told


class RefusalMiddleware:
    """A refusal raised anywhere becomes its envelope or a page that says what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        return _no_method(request, answer) if _bare_405(answer) else answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal_response(request, error) if isinstance(error, Refusal) else None


def context(request: HttpRequest) -> dict[str, Any]:
    """For every template."""
    english = getattr(request, "LANGUAGE_CODE", "").startswith("en")
    actor = actor_of(request)
    return {
        "actor": actor, "signed_in": actor is not ANONYMOUS, "language": getattr(request, "LANGUAGE_CODE", "zh-hans"),
        "english": english, "html_lang": "en" if english else "zh-CN", "large": getattr(request, "large", False),
        "city": city.name(), "today": clock.today(), "clock_set": bool(settings.XIMU_CLOCK), "demo": settings.XIMU_DEMO,
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
