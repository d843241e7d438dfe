"""How does the log ask its witnesses? Each gets the newest checkpoint and the proof from the one it knows (C2SP tlog-witness)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import httpx

from ximu.ideas.ledger.models import Witness
from ximu.ideas.ledger.queries import checkpoints, tree
from ximu.ideas.ledger.rules import read_checkpoint
from ximu.ideas.ledger.services.witnesses import cosign
from ximu.kernel.refusal import Refusal

SECONDS = 10.0
SIZE_TYPE = "text/x.tlog.size"
MOST_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness said: `status` of HTTP, or 0 when it could not be reached or answered nonsense."""

    name: str
    status: int
    cosigned: bool
    said: str = ""


def gather(*, at: datetime) -> list[Answer]:
    """Collect cosignatures of the newest committed checkpoint from every witness with an address. No one's silence stops the others.

    Errors: those of `queries.checkpoint`.
    """
    note = checkpoints.own_checkpoint(tree.head())
    checkpoints.must_be_committed()
    asked = Witness.objects.filter(retired_at__isnull=True).exclude(url="").order_by("pk")
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
        return [_ask(client, witness, note, at) for witness in asked]


def _ask(client: httpx.Client, witness: Witness, note: str, at: datetime) -> Answer:
    size = read_checkpoint(note)[1]
    try:
        answer = _post(client, witness.url, note, witness.seen_size, size)
        known = _known(answer)
        if known is not None and known != witness.seen_size and known <= size:
            answer = _post(client, witness.url, note, known, size)
        if answer.status != 200:
            return Answer(witness.name, answer.status, False, answer.text[:200])
        cosign(note + answer.text, at=at)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(witness.name, 0, False, type(error).__name__)
    except Refusal as refusal:
        return Answer(witness.name, 200, False, refusal.code)
    return Answer(witness.name, 200, Witness.objects.filter(pk=witness.pk, seen_size=size).exists())


class _Said(NamedTuple):
    status: int
    kind: str
    text: str


def _post(client: httpx.Client, url: str, note: str, old: int, size: int) -> _Said:
    """The answer, of which no more is read than a witness needs."""
    proof = tree.consistency(old, size) if 0 < old < size else []
    lines = [f"old {old}", *(base64.b64encode(node).decode() for node in proof)]
    with client.stream("POST", f"{url}/add-checkpoint", content=("\n".join(lines) + "\n\n" + note).encode()) as answer:
        raw = b""
        for piece in answer.iter_bytes(MOST_ANSWER):
            raw += piece
            if len(raw) > MOST_ANSWER:
                break
        return _Said(answer.status_code, answer.headers.get("content-type", ""), raw[:MOST_ANSWER].decode("utf-8", "replace"))


def _known(answer: _Said) -> int | None:
    if answer.status != 409 or answer.kind.partition(";")[0].strip() != SIZE_TYPE:
        return None
    text = answer.text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
