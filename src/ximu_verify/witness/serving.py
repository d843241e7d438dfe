"""The witness over HTTP: `POST /add-checkpoint` of C2SP tlog-witness, and `GET /key`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ximu_verify.witness.keeping import Refused, Witness

MOST_BYTES = 1 << 17
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"
SECONDS = 30
LENGTH = re.compile("[0-9]{1,9}")


def now() -> int:
    return int(time.time())


def serve(witness: Witness, host: str, port: int, *, clock: Callable[[], int] = now) -> ThreadingHTTPServer:
    """A server that is bound and ready for `serve_forever`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "ximu-witness", ""
        timeout = SECONDS

        def do_GET(self) -> None:
            if self.path == "/key":
                self._say(200, f"{witness.key}\n")
            else:
                self._say(404, "nothing here\n")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            good = LENGTH.fullmatch(length) and int(length) <= MOST_BYTES
            body = self.rfile.read(int(length)) if good else None
            if body is None:
                self.close_connection = True
                self._say(413 if length.isascii() and length.isdigit() else 411, "a body of known, small length is needed\n")
            elif self.path != "/add-checkpoint":
                self._say(404, "nothing here\n")
            else:
                self._add(body)

        def _add(self, body: bytes) -> None:
            try:
                status, text, kind = 200, witness.add(body, now=clock()), TEXT_TYPE
            except Refused as refused:
                known = refused.size is not None
                status, text, kind = refused.status, f"{refused.size if known else refused.reason}\n", SIZE_TYPE if known else TEXT_TYPE
            except (OSError, ValueError):  # a disk that is full, a memory that was damaged: nothing was signed
                status, text, kind = 500, "this witness cannot remember now\n", TEXT_TYPE
            self._say(status, text, kind)

        def _say(self, status: int, text: str, kind: str = TEXT_TYPE) -> None:
            raw = text.encode("utf-8", "replace")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """No addresses of callers are kept."""

    return ThreadingHTTPServer((host, port), Handler)
