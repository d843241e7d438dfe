"""How does the log ask its witnesses? Each gets the newest checkpoint and the proof from the one it knows (C2SP tlog-witness)."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ximu.ideas.ledger.models import Witness
from ximu.ideas.ledger.queries import checkpoints, tree
from ximu.ideas.ledger.rules import read_checkpoint
from ximu.ideas.ledger.services.witnesses import cosign
from ximu.kernel.lazily import Lazily
from ximu.kernel.refusal import Refusal

if TYPE_CHECKING:
    import httpx
else:
    httpx = Lazily("httpx")

SECONDS = 10.0
"""For the whole of an answer, not for each read."""
SIZE_TYPE = "text/x.tlog.size"
MOST_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness said: `status` of HTTP, or 0 when it could not be reached or answered nonsense."""

    name: str
    status: int
    cosigned: bool
    said: str = ""


def gather(*, at: datetime, seconds: float = SECONDS) -> list[Answer]:
    """Collect cosignatures of the newest committed checkpoint from every witness with an address. No one's silence stops the others.

    All are asked at once, and a whole answer has `seconds`: one that lets its bytes drip is left. Who knows another size than we
    thought is asked once more. Errors: those of `queries.checkpoint`.
    """
    note = checkpoints.own_checkpoint(tree.head())
    checkpoints.must_be_committed()
    size = read_checkpoint(note)[1]
    asked = list(Witness.objects.filter(retired_at__isnull=True).exclude(url="").order_by("pk"))
    said = _round({w.pk: _request(w.url, note, w.seen_size, size) for w in asked}, seconds)
    again = {w.pk: _request(w.url, note, known, size) for w in asked
             if (known := _known(said[w.pk])) is not None and known != w.seen_size and known <= size}
    said |= _round(again, seconds)
    return [_taken(witness, said[witness.pk], note, size, at) for witness in asked]


class _Said(NamedTuple):
    """An answer of HTTP; `status` 0 and the kind of failure when there was none."""

    status: int
    kind: str
    text: str


def _taken(witness: Witness, said: _Said, note: str, size: int, at: datetime) -> Answer:
    if said.status != 200:
        return Answer(witness.name, said.status, False, said.text[:200])
    try:
        cosign(note + said.text, at=at)
    except Refusal as refusal:
        return Answer(witness.name, 200, False, refusal.code)
    return Answer(witness.name, 200, Witness.objects.filter(pk=witness.pk, seen_size=size).exists())


def _request(url: str, note: str, old: int, size: int) -> tuple[str, bytes]:
    proof = tree.consistency(old, size) if 0 < old < size else []
    lines = [f"old {old}", *(base64.b64encode(node).decode() for node in proof)]
    return f"{url}/add-checkpoint", ("\n".join(lines) + "\n\n" + note).encode()


def _round(requests: dict[int, tuple[str, bytes]], seconds: float) -> dict[int, _Said]:
    """Each is asked at the same time; no table is touched meanwhile."""

    async def ask_all() -> list[_Said]:
        async with httpx.AsyncClient(timeout=seconds, follow_redirects=False) as client:
            return await asyncio.gather(*(_post(client, url, body, seconds) for url, body in requests.values()))

    return dict(zip(requests, asyncio.run(ask_all()), strict=True)) if requests else {}


async def _post(client: httpx.AsyncClient, url: str, body: bytes, seconds: float) -> _Said:
    """The answer, of which no more is read than a witness needs, and for no longer."""
    raw = b""
    try:
        async with asyncio.timeout(seconds), client.stream("POST", url, content=body) as answer:
            async for piece in answer.aiter_bytes(MOST_ANSWER):
                raw += piece
                if len(raw) > MOST_ANSWER:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return _Said(0, "", type(error).__name__)
    return _Said(answer.status_code, answer.headers.get("content-type", ""), raw[:MOST_ANSWER].decode("utf-8", "replace"))


def _known(answer: _Said) -> int | None:
    if answer.status != 409 or answer.kind.partition(";")[0].strip() != SIZE_TYPE:
        return None
    text = answer.text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
