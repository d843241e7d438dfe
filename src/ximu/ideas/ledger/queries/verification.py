"""Is the whole log what it was? Everything is derived anew from the raw entries and from the rooms' own tables."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import BinaryField
from django.db.models.functions import Cast

from ximu.ideas.ledger.models import Hashes, Run
from ximu.ideas.ledger.queries import checkpoints, evidence, tree
from ximu.ideas.ledger.rules import HASH, TILE, Edge, claimed_form, leaf_hash
from ximu.ideas.ledger.rules.tree import tile_root
from ximu.ideas.ledger.rules.words import FINDINGS
from ximu.kernel.refusal import Refusal

STEP = 64 * TILE
MOST_FINDINGS = 100
FAR = 2**62
STRUCTURE = {"run", "hash", "head"}
"""Findings about a whole tile or the head: told after those that name an entry."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `index` is the log entry it concerns."""

    what: str
    index: int
    kind: str = ""
    label: str = ""

    def envelope(self) -> dict[str, Any]:
        words = FINDINGS[self.what]
        return {"what": self.what, "index": self.index, "kind": self.kind, "label": self.label,
                "message_zh": words.zh, "message_en": words.en}


@dataclass(slots=True)
class Verdict:
    """`ok` if there is no finding; `first` is the smallest index of those that name an entry, else of the others."""

    size: int
    root: bytes
    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def first(self) -> Finding | None:
        return next(iter(self.findings_first()), None)

    def findings_first(self) -> list[Finding]:
        """In the order in which they should be looked at."""
        return sorted(self.findings, key=lambda finding: (finding.what in STRUCTURE, finding.index))


def verify_log(*, whole_home: bool = False) -> Verdict:
    """Check entries, hashes, head, times, the checkpoint kept outside, and every registered evidence.

    `whole_home` also reports checkpoints that another instance of the log left in `XIMU_HOME`. The log may grow meanwhile: everything is
    read as it stood at one moment, after the checkpoint was looked up.
    """
    memory = _memory()
    with _one_moment():
        return _verified(_Audit(memory), whole_home=whole_home)


def _memory() -> tuple[int, bytes] | Refusal | None:
    try:
        return checkpoints.remembered(tree.head().uid)
    except Refusal as refused:
        return refused


@contextmanager
def _one_moment() -> Iterator[None]:
    """All reads see the database as it stood at the first of them, and nobody who writes waits."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _verified(audit: _Audit, *, whole_home: bool) -> Verdict:
    for first in range(0, audit.head.size, STEP):
        audit.step(first, min(first + STEP, audit.head.size))
        if len(audit.findings) >= MOST_FINDINGS:
            break
    else:
        audit.finish(whole_home=whole_home)
    verdict = Verdict(audit.head.size, audit.head.root, audit.findings)
    verdict.evidence = {name: len(seen) for name, seen in audit.seen.items()}
    return verdict


class _Audit:
    def __init__(self, memory: tuple[int, bytes] | Refusal | None) -> None:
        self.head = tree.head()
        self.edge = Edge(0, [])
        self.findings: list[Finding] = []
        self.above: list[bytes] = []
        self.last_time = ""
        self.rooms = evidence.registered()
        self.seen: dict[str, set[int]] = {room.name: set() for room in self.rooms}
        self.learnt: dict[str, set[str]] = {room.name: set() for room in self.rooms}
        self.unseen: dict[str, dict[str, int]] = {room.name: {} for room in self.rooms}
        self.memory = None if isinstance(memory, Refusal) else memory
        self.memory_root: bytes | None = None
        if isinstance(memory, Refusal):
            self._say("memory", self.head.size)

    def _say(self, what: str, index: int, kind: str = "", label: str = "") -> None:
        self.findings.append(Finding(what, index, kind, label))

    def step(self, first: int, last: int) -> None:
        entries = self._entries(first, last)
        proofs = self._evidence(first, last)
        labels = {index: label for found in proofs.values() for index, (_, label) in found.items()}
        leaves = self._leaves(entries, first, last, labels)
        kinds = self._kinds(entries, labels)
        for name, found in proofs.items():
            self._compare(name, found, entries, kinds)
        for at in range(0, len(leaves), TILE):
            self._grow(leaves[at:at + TILE])

    def _entries(self, first: int, last: int) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        rows = Run.objects.filter(first__gt=first - TILE, first__lt=last).order_by("first")
        for start, count, packed in rows.values_list("first", "count", _raw("entries")).iterator(chunk_size=64):
            entries = tree.unpacked(bytes(packed or b""))
            if len(entries) != count:
                self._say("run", start)
            for index, entry in enumerate(entries[:count], start):
                if index in found:
                    self._say("foreign", index)
                elif first <= index < last:
                    found[index] = entry
        return found

    def _leaves(self, entries: dict[int, bytes], first: int, last: int, labels: dict[int, str]) -> list[bytes]:
        """The leaf hash of each entry, compared with the stored one.

        Where the two differ or the entry is missing, the stored one goes into the tree, so that one altered entry gives
        one finding; if it was the stored one that was altered, the tree above tells.
        """
        stored: dict[int, bytes] = {}
        rows = Hashes.objects.filter(level=0, first__gt=first - TILE, first__lt=last).order_by("first")
        for start, data in rows.values_list("first", _raw("data")).iterator(chunk_size=64):
            raw = bytes(data or b"")
            stored |= {start + n: raw[n * HASH:(n + 1) * HASH] for n in range(len(raw) // HASH)}
        leaves = []
        for index in range(first, last):
            kept = stored.get(index, b"")
            if index not in entries:
                self._say("missing", index, label=labels.get(index, ""))
                leaves.append(kept)
                continue
            leaf = leaf_hash(entries[index])
            if leaf != kept:
                self._say("altered" if kept else "hash", index, _kind(entries[index]), labels.get(index, ""))
            leaves.append(kept or leaf)
        return leaves

    def _kinds(self, entries: dict[int, bytes], labels: dict[int, str]) -> dict[int, str]:
        kinds = {}
        for index, entry in entries.items():
            value = _value(entry)
            kind, time = str(value.get("kind", "")), str(value.get("time", ""))
            kinds[index] = kind
            if time < self.last_time or not kind:
                self._say("time" if kind else "altered", index, kind, labels.get(index, ""))
            self.last_time = max(self.last_time, time)
        return kinds

    def _evidence(self, first: int, last: int) -> dict[str, dict[int, tuple[bytes, str]]]:
        proofs: dict[str, dict[int, tuple[bytes, str]]] = {}
        for room in self.rooms:
            found: dict[int, tuple[bytes, str]] = {}
            for index, entry, label in room.provider(first, last):
                if index in found:
                    self._say("record-foreign", index, _kind(entry), label)
                elif first <= index < last:
                    found[index] = (entry, label)
            proofs[room.name] = found
        return proofs

    def _compare(
        self, name: str, found: dict[int, tuple[bytes, str]], entries: dict[int, bytes], kinds: dict[int, str],
    ) -> None:
        room = next(room for room in self.rooms if room.name == name)
        self.seen[name] |= found.keys()
        for index, (entry, label) in found.items():
            self.learnt[name].add(_kind(entry))
            if index in entries and claimed_form(entries[index]) != entry:
                self._say("record-altered", index, kinds.get(index, ""), label)
        for index, kind in kinds.items():
            if index in found:
                continue
            if kind in room.kinds or any(kind.startswith(prefix) for prefix in room.kinds if prefix.endswith(".")):
                self._say("record-missing", index, kind)
            elif not room.kinds:
                self.unseen[name].setdefault(kind, index)

    def _grow(self, leaves: list[bytes]) -> None:
        target = self.memory[0] if self.memory else -1
        if self.edge.size < target <= self.edge.size + len(leaves):
            copy = Edge(self.edge.size, list(self.edge.nodes))
            for leaf in leaves[:target - self.edge.size]:
                copy.add(leaf)
            self.memory_root = copy.root()
        if len(leaves) == TILE:
            self.above.append(tile_root(leaves))
            self.edge.add(self.above[-1], 8)
            return
        for leaf in leaves:
            self.edge.add(leaf)

    def finish(self, *, whole_home: bool) -> None:
        size = self.head.size
        for start in Run.objects.filter(first__gte=size).order_by("first").values_list("first", flat=True)[:1]:
            self._say("foreign", start)
        self._upper_levels()
        if self.edge.root() != self.head.root:
            self._say("head", size)
        for room in self.rooms:
            for index, entry, label in room.provider(size, FAR):
                if index >= size:
                    self._say("record-foreign", index, _kind(entry), label)
            covered = self.learnt[room.name]
            for kind, index in self.unseen[room.name].items():
                if kind in covered:
                    self._say("record-missing", index, kind)
        self._against_memory()
        if whole_home and (strangers := checkpoints.strangers(self.head.uid)):
            self._say("replaced", 0, label=", ".join(strangers))

    def _upper_levels(self) -> None:
        level, derived = 1, self.above
        while True:
            stored = _stored(level)
            for number in range(max(len(derived), len(stored))):
                if derived[number:number + 1] != stored[number:number + 1]:
                    self._say("hash", number * TILE**level)
            if not derived and not stored:
                return
            derived = [tile_root(derived[at:at + TILE]) for at in range(0, len(derived) - TILE + 1, TILE)]
            level += 1

    def _against_memory(self) -> None:
        if self.memory is None:
            return
        size, root = self.memory
        if size > self.head.size:
            self._say("truncated", self.head.size)
        elif size and self.memory_root != root:
            self._say("forked", size - 1)


def _raw(column: str) -> Cast:
    """The column as bytes, whatever somebody has put there: SQLite keeps text in a binary column without complaint."""
    return Cast(column, BinaryField())


def _stored(level: int) -> list[bytes]:
    rows = Hashes.objects.filter(level=level).order_by("first").values_list(_raw("data"), flat=True)
    return list(_cut(bytes(data or b"") for data in rows))


def _cut(chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), HASH):
            yield chunk[at:at + HASH]


def _value(entry: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(entry)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _kind(entry: bytes) -> str:
    return str(_value(entry).get("kind", ""))


def verdict_envelope(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain JSON values."""
    first = verdict.first
    return {
        "ok": verdict.ok, "size": verdict.size, "root": base64.b64encode(verdict.root).decode(),
        "first": first.envelope() if first else None, "findings": [finding.envelope() for finding in verdict.findings],
        "evidence": verdict.evidence,
    }
