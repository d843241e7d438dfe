"""Which post answered for a step on a day, and where does nobody?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d01_procurement.models import Responsible
from ximu.notice.domains.d01_procurement.rules.steps import STEPS


def responsible(unit: str, step: str, on: date) -> Responsible | None:
    return Responsible.objects.filter(Q(until=None) | Q(until__gte=on), unit=unit, step=step, since__lte=on).first()


def responsible_of(unit: str, on: date, *, persons: bool = False) -> list[dict[str, Any]]:
    """Each step with the post that answers for it on the day; `persons` adds who holds it (inside the house only)."""
    titles = {one.uid: one.title for one in registry.posts(unit)}
    rows = []
    for step, words in STEPS.items():
        row = responsible(unit, step, on)
        holder = next((official.name for _, official in registry.holders(row.post, on)), "") if row and persons else ""
        rows.append({"step": step, "words": words, "post": titles.get(row.post, "") if row else "", "since": row.since if row else None,
                     "basis": row.basis if row else "", "holder": holder})
    return rows


def gaps(units: Iterable[str], on: date) -> list[tuple[str, str]]:
    """(unit, step) without a responsible post on the day."""
    listed = sorted(set(units))
    there = set(Responsible.objects.filter(Q(until=None) | Q(until__gte=on), unit__in=listed, since__lte=on).values_list("unit", "step"))
    return [(unit, step) for unit in listed for step in STEPS if (unit, step) not in there]
