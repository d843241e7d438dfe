"""Who has read what is not public? Subjects see their own, the audit administrator sees all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ximu.ideas.disclosure.models import Use
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class UseView:
    number: str
    unit: str
    role: str
    purpose: str
    used_at: datetime


def uses_of(subjects: Collection[str], *, by: Actor, page: int = 1, size: int = 50) -> tuple[list[UseView], int]:
    """Reads of these subjects' records, newest first, and their number. A subject sees units and purposes, not persons.

    Errors: `PERM-DENIED`.
    """
    by.must("disclosure.uses")
    own = frozenset(g.unit for g in by.grants if "disclosure.uses" in g.permissions and g.unit) | {by.unit}
    if by.units_with("disclosure.uses") is not None and not set(subjects) <= own:
        raise Refusal("PERM-DENIED", status=403, field="subject", value="", rule="disclosure.uses",
                      zh="只能查看本单位（本人）的查询留痕。", en="You may see the traces of your own records only.")
    rows = Use.objects.filter(subject__in=subjects).order_by("-used_at", "-pk")
    cut = rows[(page - 1) * size:page * size]
    return [UseView(u.number, u.unit, u.role, u.purpose, u.used_at) for u in cut], rows.count()


MOST_SCANNED, PART = 20_000, 800


def uses_of_sent(unit: str, *, by: Actor, size: int = 50) -> list[UseView]:
    """The newest reads, by other offices, of records that this unit delivered: by office, capacity, purpose and time, never by person.

    Errors: `PERM-DENIED`.
    """
    by.must("disclosure.uses_sent", unit)
    rows = Use.objects.exclude(number="").exclude(role="source").order_by("-used_at", "-pk")
    found: list[UseView] = []
    for start in range(0, MOST_SCANNED, PART):
        part = list(rows[start:start + PART])
        ours = records.delivered_by({use.number for use in part}, unit)
        found += [UseView(u.number, u.unit, u.role, u.purpose, u.used_at) for u in part if u.number in ours]
        if len(found) >= size or len(part) < PART:
            break
    return found[:size]
