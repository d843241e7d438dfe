"""How does a request come in, and an answer go out, when the other side is slow? Neither ever holds a thread that others wait for.

A request is read whole before a thread works on it, an answer is made whole before it is sent: whoever sends a byte a second, or
reads one, costs a file and nothing else (CWE-400; RFC 9110 §15.5.9 for 408). Beneath `/report/` nothing is put into a file.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from asgiref.wsgi import WsgiToAsgiInstance

from ximu.foundation import traceless

Message = MutableMapping[str, Any]
Receive, Send = Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]

IN_MEMORY = 1 << 20
"""Bytes of a body or an answer that stay in memory; more goes into a file without a name."""
MOST_BODY = (2 << 30) + (1 << 20)
"""The largest delivery, and its form around it."""
MOST_HELD = 256 << 20
"""Bytes of all bodies that a worker holds in memory because they must not touch a disk."""
PIECE = 64 << 10
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a byte; and after `grace` seconds the least bytes a second over the whole body."""

    silence: float = 30.0
    grace: float = 30.0
    least: int = 2048


class Unread(Exception):
    """The body was not taken: status, code and the two sentences."""

    def __init__(self, status: int, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.status, self.text = status, f"{code}\n{zh}\n{en}\n"


class Gone(Exception):
    """The other side has hung up."""


@dataclass(slots=True)
class _Answer:
    """What the application said, spooled."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def start(self, status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


class Door:
    """ASGI outside, WSGI inside, `threads` at a time."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int, patience: Patience | None = None) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self.patience = patience or Patience()
        self.held = 0

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        traced = not str(scope["path"]).startswith(traceless.BENEATH)
        most = IN_MEMORY if traced else 0  # 0: never into a file
        with SpooledTemporaryFile(max_size=most) as body, SpooledTemporaryFile(max_size=most) as out:
            taken = [0]
            try:
                await self._read(scope, receive, body, taken, traced=traced)
                environ = environ_of(scope, body, taken[0])
                answer = await asyncio.get_running_loop().run_in_executor(self.pool, self._answer, environ, out)
                await self._send(send, answer, out)
            except Unread as refused:
                await self._refuse(send, refused)
            except (Gone, TimeoutError):
                log.info("the other side went away")
            finally:
                self.held -= 0 if traced else taken[0]

    async def _read(self, scope: Mapping[str, Any], receive: Receive, body: IO[bytes], taken: list[int], *, traced: bool) -> None:
        most = MOST_BODY if traced else traceless.MOST_BODY
        if _claimed(scope) > most:
            raise _too_large(most)
        began, more = time.monotonic(), True
        while more:
            try:
                message = await asyncio.wait_for(receive(), self.patience.silence)
            except TimeoutError:
                raise _slow() from None
            if message["type"] != "http.request":
                raise Gone
            piece, more = message.get("body", b""), message.get("more_body", False)
            taken[0] += len(piece)
            if not traced:
                self.held += len(piece)
            passed = time.monotonic() - began
            if more and passed > self.patience.grace and taken[0] < self.patience.least * passed:
                raise _slow()
            if taken[0] > most:
                raise _too_large(most)
            if self.held > MOST_HELD and not traced:
                raise Unread(503, "SERVER-BUSY", "系统繁忙，请稍后再提交。", "The system is busy; please send it again later.")
            _write(body, piece)
        body.seek(0)

    def _answer(self, environ: dict[str, Any], out: IO[bytes]) -> _Answer:
        """In a thread of the pool."""
        answer = _Answer()
        pieces = self.application(environ, answer.start)
        try:
            for piece in pieces:
                _write(out, piece)
        except Unread:
            raise Unread(507, "DISK-FULL", "存储空间不足，答复未能送出；请刷新查看办理结果。",
                         "No space is left for the answer; reload to see what was done.") from None
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        out.seek(0)
        return answer

    async def _send(self, send: Send, answer: _Answer, out: IO[bytes]) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        piece = out.read(PIECE)
        while piece:
            behind = out.read(PIECE)
            await asyncio.wait_for(send({"type": "http.response.body", "body": piece, "more_body": bool(behind)}), self.patience.silence)
            piece = behind
        if not out.tell():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _refuse(self, send: Send, refused: Unread) -> None:
        content = refused.text.encode()
        await send({"type": "http.response.start", "status": refused.status, "headers": [
            (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode()), (b"connection", b"close"),
            (b"cache-control", b"no-store")]})
        await send({"type": "http.response.body", "body": content, "more_body": False})


def environ_of(scope: Mapping[str, Any], body: IO[bytes], size: int) -> dict[str, Any]:
    """PEP 3333. The length is what was read; a header with an underscore, which would pass for one with a hyphen, is dropped."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    plain = {**scope, "headers": headers, "query_string": b""}
    instance = WsgiToAsgiInstance(None, None)
    instance.scope = plain
    environ: dict[str, Any] = instance.build_environ(plain, body)
    path = scope.get("raw_path") or b""
    if path:
        environ["PATH_INFO"] = unquote_to_bytes(path.split(b"?", 1)[0]).decode("latin-1")
    environ["QUERY_STRING"] = scope["query_string"].decode("latin-1")
    environ["CONTENT_LENGTH"] = str(size)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _claimed(scope: Mapping[str, Any]) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _write(into: IO[bytes], piece: bytes) -> None:
    try:
        into.write(piece)
    except OSError as fault:
        if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise Unread(507, "DISK-FULL", "存储空间不足，未收下任何内容。", "No space is left; nothing was taken.") from None


def _slow() -> Unread:
    return Unread(408, "BODY-SLOW", "请求内容传送过慢，未收下任何内容，请重新提交。",
                  "The body came too slowly; nothing was taken. Please send it again.")


def _too_large(most: int) -> Unread:
    return Unread(413, "FILE-SIZE", f"一次提交的内容过大（上限 {most} 字节）。",
                  f"This is too much for one request (at most {most} bytes).")
