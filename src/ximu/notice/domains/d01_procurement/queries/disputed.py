"""Which payments were in dispute on a day, as far as was known at a time?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from ximu.notice.domains.d01_procurement.models import Dispute
from ximu.notice.domains.d01_procurement.rules.payments import OUTCOMES


def open_on(on: date, *, known_at: datetime | None) -> dict[tuple[str, str, str], str]:
    """(process, contract, milestone) → the dispute's uid. An end counts once it is known; the last day is still in dispute."""
    rows, over = Dispute.objects.filter(since__lte=on), Q(until__lt=on)
    if known_at is not None:
        rows, over = rows.filter(recorded_at__lte=known_at), over & Q(ended_at__lte=known_at)
    return {(row.ocid, row.contract, row.milestone): row.uid for row in rows.exclude(over)}


def disputes(ocid: str) -> list[dict[str, Any]]:
    """Of a process, the newest first."""
    return [{"uid": row.uid, "contract": row.contract, "milestone": row.milestone, "since": row.since, "until": row.until,
             "basis": row.basis, "ending": row.ending, "outcome": OUTCOMES.get(row.outcome)}
            for row in Dispute.objects.filter(ocid=ocid).order_by("-since", "-pk")]
