"""The roster of a dataset, and what the log should say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ximu.ideas.events.models import Point
from ximu.ideas.events.rules import Expected
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.refusal import absent

OPENED, CLOSED = "events.point-opened", "events.point-closed"


def points(dataset: str) -> list[Point]:
    return list(Point.objects.filter(dataset=dataset).order_by("code"))


def point(dataset: str, code: str) -> Point:
    """Errors: `PNT-NONE`."""
    found = Point.objects.filter(dataset=dataset, code=code).first()
    if found is None:
        raise absent("PNT-NONE", field="code", value=code[:20], zh="个报送点", en="point")
    return found


def expected(dataset: str) -> list[Expected]:
    return [Expected(p.code, p.name, p.unit, p.whole, p.since, p.until) for p in points(dataset)]


def opened_body(row: Point) -> dict[str, Any]:
    return {"uid": row.uid, "dataset": row.dataset, "code": row.code, "unit": row.unit, "whole": row.whole,
            "since": row.since.isoformat(), "basis": row.basis}


def closed_body(row: Point) -> dict[str, Any]:
    return {"uid": row.uid, "until": row.until.isoformat() if row.until else "", "basis": row.ending}


def point_entries(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """Rows whose entry lies in the span, each as its entry should read."""
    for row in Point.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(OPENED, opened_body(row), row.opened_at), f"报送点启用 {row.dataset} {row.code}"
    for row in Point.objects.filter(closed_index__gte=first, closed_index__lt=last):
        yield row.closed_index or 0, entry_bytes(CLOSED, closed_body(row), row.closed_at or row.opened_at), f"报送点停用 {row.code}"
