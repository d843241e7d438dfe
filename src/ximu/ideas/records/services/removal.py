"""How is content destroyed so that every proof stays valid? Payload and salt go; the commitment stays and hides them for ever."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import orjson
from django.conf import settings
from django.db import transaction

from ximu.foundation.scrubbing import forget_replies
from ximu.ideas.ledger.queries import must_be_fresh
from ximu.ideas.ledger.rules import commitment, moment
from ximu.ideas.records import queries
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules import EDGES
from ximu.ideas.records.rules.evidence import COLUMNS, evidence_value, step_value
from ximu.ideas.records.services.moves import Numbers, move, numbers_of, said
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SHORTEST = 6
"""A shorter document number is found in everything; then only the deliveries that are known to have brought it are searched."""


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a room finds its copies. Lives for the length of the transaction and is written nowhere."""

    numbers: frozenset[str]
    items: frozenset[str]
    places: frozenset[tuple[str, int]]
    """Deliveries and lines."""
    needles: frozenset[str]
    persons: frozenset[str] = frozenset()
    """Natural persons whom the records are about; bodies are not among them."""


class Eraser(Protocol):
    def __call__(self, traces: Traces, *, at: datetime) -> None: ...


_erasers: dict[str, Eraser] = {}


def erase(given: Numbers, *, basis: str, by: Actor, at: datetime, second: Actor | None = None) -> int:
    """Destroy payload, salts, keys and names of subject and document in all versions and steps of revoked or expired records.

    Two people (`by` and `second`), except the platform's own timely deletion of what was revoked.
    Errors: `STATE-EDGE`, `DUAL`, `REASON`, `LOG-STALE`.
    """
    queries.must_reach(given, "records.erase", by)
    if second is not None:
        queries.must_reach(given, "records.erase", second)
    if by.channel != "system" and (second is None or second.human == by.human):
        raise Refusal("DUAL", status=403, field="second", value="", rule="两人办理", zh="删除须由两人办理。",
                      en="Erasure takes two people.")
    must_be_fresh(at=at)
    words, numbers = said(basis, "basis"), numbers_of(given)
    return destroy(numbers, detail={"basis": words, "second": second.human if second else ""}, by=by, at=at)


def destroy(numbers: Sequence[str], *, detail: dict[str, str], by: Actor, at: datetime) -> int:
    """Content goes from here, then from every room that holds a copy, in one transaction; then the register outside is told."""
    with transaction.atomic():
        traces = _traces(numbers)
        moved = move(numbers, "erased", by=by, at=at, detail=detail)
        for number in numbers:
            _destroy(number)
        for eraser in _erasers.values():
            eraser(traces, at=at)
        forget_replies(traces.needles)
        transaction.on_commit(lambda: remember(numbers, at))
    return moved


def register_eraser(name: str, eraser: Eraser) -> None:
    """Connect a room that holds copies (`config/wiring.py`); it is called within the transaction, before it commits."""
    _erasers[name] = eraser


def _traces(numbers: Sequence[str]) -> Traces:
    rows = list(Version.objects.filter(number__in=numbers).values_list(
        "item", "batch", "line", "natural_key", "document_number", "kind", "subject"))
    details = [orjson.loads(d) for d in Step.objects.filter(number__in=numbers, what=Step.What.SOURCE, detail__isnull=False)
               .values_list("detail", flat=True)]
    places = {(batch, line) for _, batch, line, *_ in rows} | {(d["batch"], d["line"]) for d in details}
    needles = {text for *_, natural, document, _, _ in rows for text in (natural, document) if len(text) >= SHORTEST}
    persons = {subject for *_, kind, subject in rows if kind == "official" and subject}
    return Traces(frozenset(numbers), frozenset(item for item, *_ in rows), frozenset(places), frozenset(needles), frozenset(persons))


def _register() -> Path:
    return Path(settings.XIMU_HOME) / "erasures" / "register.jsonl"


def remember(numbers: Sequence[str], at: datetime) -> None:
    """Note erased numbers outside the database and its backups, so that a restored backup forgets them again."""
    path = _register()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as out:
        out.write(b"\n" + b"".join(orjson.dumps({"number": number, "at": moment(at)}) + b"\n" for number in numbers))
        out.flush()
        os.fsync(out.fileno())


def remembered() -> set[str]:
    """The numbers in the register outside. A line that a crash cut off is passed over; `complete_register` writes it anew."""
    path = _register()
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return {orjson.loads(line)["number"] for line in lines if line.endswith(b"}")}


def complete_register(*, at: datetime) -> int:
    """Note what the database holds as erased and the register does not (a crash between commit and note); how many."""
    missing = sorted(set(Version.objects.filter(state="erased").values_list("number", flat=True)) - remembered())
    if missing:
        remember(missing, at)
    return len(missing)


def erase_again(*, by: Actor, at: datetime) -> int:
    """After a restore: destroy once more what the register outside knows as erased, whatever its state in the backup."""
    by.must("records.erase")
    rows = dict(Version.objects.filter(number__in=remembered(), newest=True).exclude(state="erased").values_list("number", "state"))
    if back := sorted(number for number, state in rows.items() if "erased" not in EDGES[state]):
        move(back, "revoked", by=by, at=at, detail={"reason": "恢复备份后重做删除"})
    return destroy(sorted(rows), detail={"basis": "恢复备份后重做删除", "second": ""}, by=by, at=at) if rows else 0


def _destroy(number: str) -> None:
    for version in Version.objects.filter(number=number, payload__isnull=False):
        row = {name: getattr(version, name) for name in COLUMNS}
        kept = commitment(queries.salt_of(version), evidence_value(row, queries.payload_of(version)))
        Version.objects.filter(log_index=version.log_index).update(
            payload=None, salt=None, commitment=kept, digest="", natural_key="", document_number="", subject="", state="erased",
        )
    for step in Step.objects.filter(number=number, detail__isnull=False):
        columns = {name: getattr(step, name) for name in ("after", "before", "number", "version", "what")}
        kept = commitment(bytes(step.salt), step_value(columns, orjson.loads(step.detail), step.by, step.known_at))
        Step.objects.filter(log_index=step.log_index).update(detail=None, salt=None, commitment=kept)


def erase_due(*, by: Actor, at: datetime, most: int = 1000) -> int:
    """Delete what was revoked before its three working days run out (art. 37): everything revoked on an earlier day."""
    today = queries.city_day(at)
    revoked = Version.objects.filter(newest=True, state="revoked").order_by("log_index").values_list("number", flat=True)[:most]
    steps = Step.objects.filter(number__in=list(revoked), after="revoked").values_list("number", "known_at")
    due = [number for number, known_at in steps if queries.city_day(known_at) < today]
    return erase(due, basis="上海市社会信用条例 第三十七条", by=by, at=at) if due else 0
