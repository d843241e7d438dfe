"""The log as machines read it: C2SP tlog-tiles under `/log`, so that any client, mirror or witness can follow it."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ximu.ideas.ledger import queries

TILE = 256
FOREVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=5"
PARTIAL = "public, max-age=86400"
LEVEL = re.compile("0|[1-9][0-9]?")
PLACE = re.compile(r"(?P<groups>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
HIGHEST_LEVEL = 63


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    return _answer(queries.checkpoint().encode(), "text/plain; charset=utf-8", SOON)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier key, then retired ones with the greatest size that each signed. To be compared with one obtained by another way."""
    return _answer(queries.key_lines().encode(), "text/plain; charset=utf-8", SOON)


@require_safe
def tile(request: HttpRequest, level: str, place: str) -> HttpResponse:
    """`/log/tile/<L>/<N>[.p/<W>]`: hashes; 404 for whatever is not there. `middleware.TileMiddleware` answers most before it comes here."""
    return _piece(*piece(level, place))


@require_safe
@gzip_page
def entries(request: HttpRequest, place: str) -> HttpResponse:
    """`/log/tile/entries/<N>[.p/<W>]`: entry bundles, compressed as tlog-tiles recommends."""
    return _piece(*piece("entries", place))


def piece(level: str, place: str) -> tuple[bytes | None, str]:
    """(bytes of a tile or bundle, None where there is none; how long it may be kept). What is there never changes: the log only grows."""
    number, width = _place(place)
    caching = FOREVER if width == TILE else PARTIAL
    if level == "entries":
        return queries.entry_bundle(number, width), caching
    good = LEVEL.fullmatch(level) and int(level) <= HIGHEST_LEVEL
    return queries.tile(int(level), number, width) if good else None, caching


@require_safe
def bundle(request: HttpRequest, index: int) -> HttpResponse:
    """The proof bundle of an entry, without disclosed content."""
    response = _answer(queries.bundle_bytes(queries.bundle(index)), "application/json", SOON)
    response["Content-Disposition"] = f'attachment; filename="ximu-log-{index}.json"'
    return response


def _place(text: str) -> tuple[int, int]:
    """Index and width from `x001/x234/067.p/5`: groups of three digits, no more of them than needed."""
    match = PLACE.fullmatch(text)
    if match is None or len(text) > 60 or text.startswith("x000/"):
        raise Http404
    width = int(match["width"] or TILE)
    if match["width"] and width >= TILE:
        raise Http404
    return int(match["groups"].replace("x", "").replace("/", "")), width


def _piece(data: bytes | None, caching: str) -> HttpResponse:
    if data is None:
        raise Http404
    return _answer(data, "application/octet-stream", caching)


def _answer(data: bytes, kind: str, caching: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
