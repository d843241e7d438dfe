"""What the log should say about responsible posts, disputes and challenges, re-derived from their tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.canonical import digest
from ximu.notice.domains.d01_procurement.models import Challenge, Dispute, Responsible

ASSIGNED, DISPUTED, SETTLED = "procurement.assigned", "procurement.disputed", "procurement.settled"
CHALLENGED, DECIDED = "procurement.challenged", "procurement.decided"
KINDS = (ASSIGNED, DISPUTED, SETTLED, CHALLENGED, DECIDED)


def assigned_body(row: Responsible) -> dict[str, Any]:
    return {"uid": row.uid, "unit": row.unit, "step": row.step, "post": row.post, "since": row.since.isoformat(), "basis": row.basis}


def disputed_body(row: Dispute) -> dict[str, Any]:
    return {"uid": row.uid, "unit": row.unit, "since": row.since.isoformat(),
            "digest": digest([row.ocid, row.contract, row.milestone, row.basis])}


def settled_body(row: Dispute) -> dict[str, Any]:
    return {"uid": row.uid, "outcome": row.outcome, "until": row.until.isoformat() if row.until else "", "digest": digest([row.ending])}


def challenged_body(row: Challenge) -> dict[str, Any]:
    return {"uid": row.uid, "unit": row.unit, "type": row.kind, "raised": row.raised_on.isoformat(),
            "digest": digest([row.ocid, row.basis])}


def decided_body(row: Challenge) -> dict[str, Any]:
    return {"uid": row.uid, "outcome": row.outcome, "decided": row.decided_on.isoformat() if row.decided_on else "",
            "digest": digest([row.decision])}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """Rows whose entry lies in the span, each as its entry should read."""
    span, ended = {"log_index__gte": first, "log_index__lt": last}, {"ended_index__gte": first, "ended_index__lt": last}
    for post in Responsible.objects.filter(**span):
        yield post.log_index or 0, entry_bytes(ASSIGNED, assigned_body(post), post.assigned_at), f"采购责任 {post.unit} {post.step}"
    for row in Dispute.objects.filter(**span):
        yield row.log_index or 0, entry_bytes(DISPUTED, disputed_body(row), row.recorded_at), f"付款争议 {row.uid}"
    for row in Dispute.objects.filter(ended_at__isnull=False, **ended):
        yield row.ended_index or 0, entry_bytes(SETTLED, settled_body(row), row.ended_at or row.recorded_at), f"付款争议终结 {row.uid}"
    for one in Challenge.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(CHALLENGED, challenged_body(one), one.recorded_at), f"质疑投诉 {one.uid}"
    decided = {"decided_index__gte": first, "decided_index__lt": last}
    for one in Challenge.objects.filter(decided_at__isnull=False, **decided):
        yield one.decided_index or 0, entry_bytes(DECIDED, decided_body(one), one.decided_at or one.recorded_at), f"质疑投诉办结 {one.uid}"
