"""What should the log say of declarations, grants, surveys, snapshots and acts? Derived from the rows themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.canonical import canonical
from ximu.notice.mechanisms.m3_evaluators.models import Act, Declared, Engagement, Evaluation, Snapshot, Survey

KINDS = ("evaluator.", "evaluation.")
DECLARED, GRANTED, SURVEYED, FROZEN = "evaluator.declared", "evaluator.granted", "evaluator.survey", "evaluator.snapshot"


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def declared_body(row: Declared) -> dict[str, Any]:
    return {"evaluator": row.evaluator.uid, "declaration": digest(canonical(row.body)), "by": row.by}


def granted_body(row: Engagement) -> dict[str, Any]:
    return {"engagement": row.uid, "evaluator": row.evaluator.uid, "fields": digest(canonical(row.granted)), "units": len(row.units),
            "by": row.by}


def surveyed_body(row: Survey) -> dict[str, Any]:
    return {"survey": row.uid, "engagement": row.engagement.uid, "file": row.digest, "lines": digest(canonical(row.lines))}


def frozen_body(row: Snapshot) -> dict[str, Any]:
    return {"snapshot": row.uid, "engagement": row.engagement.uid, "digest": digest(row.content)}


def act_body(row: Act) -> dict[str, Any]:
    of: Evaluation = row.evaluation
    return {"evaluation": of.uid, "method": digest(of.method), "inner": digest(of.inner), "result": digest(of.result), "by": row.by,
            **({"unit": row.unit, "note": digest(row.words)} if row.words else {})}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) with first ≤ index < last."""
    tables: tuple[tuple[type[Any], str, Callable[[Any], dict[str, Any]], str], ...] = (
        (Declared, DECLARED, declared_body, "利益声明"), (Engagement, GRANTED, granted_body, "评价委托"),
        (Survey, SURVEYED, surveyed_body, "评价调查"), (Snapshot, FROZEN, frozen_body, "评价快照"))
    for table, kind, body, what in tables:
        for row in table.objects.filter(log_index__gte=first, log_index__lt=last):
            yield row.log_index, entry_bytes(kind, body(row), row.at), what
    for act in Act.objects.filter(log_index__gte=first, log_index__lt=last).select_related("evaluation"):
        yield act.log_index, entry_bytes(act.kind, act_body(act), act.at), f"第三方评价 {act.kind}"
