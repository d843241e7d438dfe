"""A witness that goes and looks by itself: the log's checkpoint and consistency proof over HTTP."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request

from ximu_verify.checkpoint import parse_checkpoint
from ximu_verify.note import NoteError, strict_base64
from ximu_verify.witness.keeping import Refused, Witness

MOST_BYTES = 1 << 20
SECONDS = 20


def look(witness: Witness, origin: str, url: str, *, now: int) -> str:
    """Fetch the log's checkpoint and cosign it if it grew honestly; the note with our line. Errors: Refused, OSError."""
    note = _get(f"{url}/log/checkpoint").decode("utf-8", "replace")
    if note.partition("\n")[0] != origin:
        raise Refused(404, "the address serves another log")
    try:
        size = parse_checkpoint(note.rpartition("\n\n")[0] + "\n").size
    except NoteError as error:
        raise Refused(400, str(error)) from error
    held = witness.known(origin)
    old = held.size if held else 0
    proof: list[bytes] = []
    if 0 < old < size:
        query = urllib.parse.urlencode({"old": old, "new": size})
        proof = _proof(_get(f"{url}/api/v1/ledger/consistency?{query}"))
    return note + witness.cosign(note, old=old, proof=proof, now=now)


def _proof(raw: bytes) -> list[bytes]:
    """What the log says may be anything. Errors: Refused 422."""
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        answer = None
    told = answer.get("proof") if isinstance(answer, dict) else None
    nodes = [strict_base64(node) if isinstance(node, str) else None for node in told] if isinstance(told, list) else [None]
    if None in nodes:
        raise Refused(422, "the log answers no proof")
    return [node for node in nodes if node is not None]


def _get(url: str) -> bytes:
    """The whole answer within `SECONDS`, however it drips. Errors: OSError."""
    if not url.startswith(("https://", "http://")):
        raise OSError("only http and https")
    came: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(url, came), daemon=True).start()
    try:
        answer = came.get(timeout=SECONDS)
    except queue.Empty as error:
        raise OSError(f"no whole answer within {SECONDS} s") from error
    if isinstance(answer, OSError):
        raise answer
    if len(answer) > MOST_BYTES:
        raise OSError("the answer is too long")
    return answer


def _ask(url: str, came: queue.SimpleQueue[bytes | OSError]) -> None:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 the scheme was checked
            came.put(answer.read(MOST_BYTES + 1))
    except http.client.HTTPException as error:
        came.put(OSError(f"the answer is no HTTP ({type(error).__name__})"))
    except (OSError, ValueError) as error:
        came.put(error if isinstance(error, OSError) else OSError(str(error)))
