"""Which challenges and complaints were known about a purchase, and how had they ended by a day?"""

from __future__ import annotations

from datetime import date, datetime

from ximu.notice.domains.d01_procurement.models import Challenge as Row
from ximu.notice.domains.d01_procurement.rules.challenges import Challenge, due_day, state_of


def challenges_on(on: date, *, known_at: datetime | None, ocid: str = "") -> dict[str, tuple[Challenge, ...]]:
    """Process → its challenges raised by the day, oldest first. An end counts once it is known and has come."""
    rows = Row.objects.filter(raised_on__lte=on)
    if ocid:
        rows = rows.filter(ocid=ocid)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    found: dict[str, list[Challenge]] = {}
    for row in rows.order_by("raised_on", "pk"):
        ended = row.decided_on is not None and row.decided_on <= on and (
            known_at is None or (row.decided_at is not None and row.decided_at <= known_at))
        due, decided = due_day(row.kind, row.raised_on), row.decided_on if ended else None
        found.setdefault(row.ocid, []).append(Challenge(
            row.uid, row.ocid, row.kind, row.raised_on, due, decided, row.outcome if ended else "", state_of(due, decided, on), row.basis,
            row.decision if ended else ""))
    return {name: tuple(listed) for name, listed in found.items()}
