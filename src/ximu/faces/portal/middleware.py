"""Tiles of the log at the speed of files: what was given out once is kept in the process, for it never changes."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from ximu.faces.portal import log
from ximu.ideas.ledger import queries

BENEATH = "/log/tile/"
MOST_BYTES, WORTH_BYTES = 64 << 20, 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A tile, its compressed form where that is shorter, and what stands in its head."""

    plain: bytes
    squeezed: bytes
    headers: dict[str, str]
    tag: str

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.squeezed)


class TileMiddleware:
    """Answers GET beneath `/log/tile/`; whatever is not there goes on to the page.

    The memory belongs to one log: which one it is (`HeadView.uid`) is looked up every `XIMU_TILE_SECONDS`. A database that is restored
    keeps its log's name; the service is closed then and starts anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.kept: OrderedDict[str, Kept] = OrderedDict()
        self.held, self.log, self.until = 0, "", 0.0
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if request.method != "GET" or not path.startswith(BENEATH):
            return self.get_response(request)
        self._same_log()
        found = self.kept.get(path) or self._make(path)
        return self._answer(request, found) if found else self.get_response(request)

    @staticmethod
    def _answer(request: HttpRequest, found: Kept) -> HttpResponse:
        squeezed = found.squeezed if found.squeezed and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") else b""
        answer = HttpResponse(squeezed or found.plain, content_type="application/octet-stream", headers=found.headers)
        tag = f'"{found.tag}-gzip"' if squeezed else f'"{found.tag}"'
        answer["ETag"], answer["Content-Length"] = tag, str(len(squeezed or found.plain))
        if squeezed:
            answer["Content-Encoding"] = "gzip"
        if "HTTP_IF_NONE_MATCH" in request.META:
            held: HttpResponse = get_conditional_response(request, etag=tag, response=answer)
            return held
        return answer

    def _same_log(self) -> None:
        now = time.monotonic()
        if now < self.until:
            return
        name = queries.head().uid
        with self.lock:
            if name != self.log:
                self.kept.clear()
                self.held, self.log = 0, name
            self.until = now + settings.XIMU_TILE_SECONDS

    def _make(self, path: str) -> Kept | None:
        level, _, place = path.removeprefix(BENEATH).partition("/")
        log_name = self.log
        try:
            data, caching = log.piece(level, place)
        except Http404:
            return None
        if data is None:
            return None
        squeezed = gzip.compress(data, 6, mtime=0) if level == "entries" and len(data) > WORTH_BYTES else b""
        squeezed = squeezed if len(squeezed) < len(data) else b""
        headers = {"Cache-Control": caching, "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff",
                   **({"Vary": "Accept-Encoding"} if level == "entries" else {})}
        made = Kept(data, squeezed, headers, hashlib.sha256(data).hexdigest()[:32])
        with self.lock:
            if log_name == self.log and path not in self.kept:
                self.kept[path] = made
                self.held += made.size
                while self.held > MOST_BYTES:
                    self.held -= self.kept.popitem(last=False)[1].size
        return made
