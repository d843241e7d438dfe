"""What should the log say about these tables? Re-derived row by row, so that an altered column is named by its record number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from django.db.models import CharField, OuterRef, QuerySet, Subquery

from ximu.ideas.ledger.rules import commitment, entry_bytes, moment
from ximu.ideas.records.models import Erasure, Step, Version
from ximu.ideas.records.queries.sealed import payload_of, salt_of
from ximu.ideas.records.rules import sealed_template
from ximu.ideas.records.rules.evidence import COLUMNS, evidence_value, step_value

ERASED = "erasure.done"
KINDS = ("record.sealed", "erasure.")
_WRONG = b"cursor"


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) of versions and steps with first ≤ index < last."""
    span = {"log_index__gte": first, "log_index__lt": last}
    yield from (_version(v) for v in _with_end(Version.objects.filter(**span)).order_by("log_index").iterator(chunk_size=2000))
    for step in Step.objects.filter(**span).order_by("log_index").iterator(chunk_size=2000):
        yield _step(step)
    for row in Erasure.objects.filter(**span).order_by("log_index"):
        if row.decided_at is not None and row.log_index is not None:
            yield row.log_index, entry_bytes(ERASED, erasure_body(row), row.decided_at), f"删除 {row.uid}"


def erasure_body(row: Erasure) -> dict[str, Any]:
    """What the log says of an erasure: that a request of this digest was carried out by two people, on how many records."""
    return {"request": row.uid, "digest": row.digest, "records": len(row.versions), "asked": moment(row.asked_at)}


def _with_end(versions: QuerySet[Version]) -> QuerySet[Version]:
    """Each version with the state in which its own steps left it, whether a newer one exists, and whether it was erased."""
    moved = Step.objects.filter(number=OuterRef("number"), version=OuterRef("version"), what=Step.What.MOVE).order_by("-log_index")
    erased = Step.objects.filter(number=OuterRef("number"), after="erased").values("log_index")[:1]
    newer = Version.objects.filter(number=OuterRef("number")).order_by("-version").values("version")[:1]
    return versions.annotate(
        ended=Subquery(moved.values("after")[:1], output_field=CharField()), erasure=Subquery(erased), top=Subquery(newer),
    )


def _version(version: Any) -> tuple[int, bytes, str]:
    label = f"记录 {version.number} 第{version.version}版"
    cursor_ok = version.state == (version.ended or version.entered) and version.newest == (version.top == version.version)
    if version.payload is None:
        good = version.state == "erased" and version.erasure is not None
        return version.log_index, _entry(version, version.commitment if good else ""), label
    row = {name: getattr(version, name) for name in COLUMNS}
    try:
        payload, salt = payload_of(version), salt_of(version)
    except (orjson.JSONDecodeError, InvalidTag, ValueError):
        return version.log_index, _WRONG, label
    sealed = commitment(salt, evidence_value(row, payload)) if cursor_ok else ""
    return version.log_index, _entry(version, sealed), label


def _step(step: Step) -> tuple[int, bytes, str]:
    label = f"记录 {step.number} 办理（{step.get_what_display()}）"
    if step.detail is None:
        return step.log_index, _entry(step, step.commitment), label
    columns = {name: getattr(step, name) for name in ("after", "before", "number", "version", "what")}
    sealed = commitment(bytes(step.salt), step_value(columns, orjson.loads(step.detail), step.by, step.known_at))
    return step.log_index, _entry(step, sealed), label


def _entry(row: Version | Step, sealed: str) -> bytes:
    before, behind = sealed_template(row.known_at)
    return before + sealed.encode() + behind if sealed else _WRONG
