"""What does the log say of a delivery, a zero report, a doubt? Written once, by it, and derived anew from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COUNTS = ("new", "corrected", "same", "second_source", "barred", "held")
COMMITTED, CLAIMED, CONFIRMED, SETTLED = "delivery.committed", "zero.claimed", "zero.confirmed", "doubt.settled"
CLOSED = "month.closed"
KINDS = ("delivery.", "zero.", "doubt.", CLOSED)


def committed(delivery: Any, outcome: Mapping[str, int]) -> dict[str, Any]:
    """`delivery` has uid, item, source, file_digest and summary; counts only, no content."""
    refused = delivery.summary["bad"]
    return {
        "delivery": delivery.uid, "item": delivery.item, "source": delivery.source, "file": delivery.file_digest,
        "rows": delivery.summary["rows"], "refused": refused, "partial": bool(refused), **{name: outcome[name] for name in COUNTS},
    }


def zero(report: Any, by: str) -> dict[str, Any]:
    return {"unit": report.unit, "family": report.family, "month": report.month, "by": by}


def settled(doubt: str, delivery: str, state: str, by: str) -> dict[str, Any]:
    return {"doubt": doubt, "delivery": delivery, "state": state, "by": by}
