"""Which grades were proposed and decided for an area, which hold, and what do the figures make now?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ximu.ideas.assessment.models import Grading
from ximu.ideas.assessment.rules.grading import Preview
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

GRADED = "grade.decided"


class Previews(Protocol):
    def __call__(self, period: str, *, known_at: datetime, units: Collection[str] | None = None) -> Preview: ...


@dataclass(frozen=True, slots=True)
class Grader:
    """An area that grades by its own figures: what it is called, the right to see them, what they make."""

    name: Text
    permission: str
    preview: Previews


_graders: dict[str, Grader] = {}


def register_grader(area: str, grader: Grader) -> None:
    """Called by `config/wiring.py` only."""
    _graders[area] = grader


def grader(area: str) -> Grader:
    """Errors: `GRADE-AREA`."""
    if area not in _graders:
        raise absent("GRADE-AREA", field="area", value=area[:10], zh="个评级领域", en="area with grades")
    return _graders[area]


def gradings(area: str, period: str = "") -> list[Grading]:
    rows = Grading.objects.filter(area=area).order_by("-period", "-proposed_at")
    return list(rows.filter(period=period) if period else rows)


def decided_grades(area: str, period: str) -> Grading | None:
    """The decision that holds: the last one."""
    return Grading.objects.filter(area=area, period=period, state=Grading.State.DECIDED).order_by("-ended_at", "-pk").first()


def grading_of(uid: str) -> Grading:
    """Errors: `GRADE-NONE`."""
    found = Grading.objects.filter(uid=uid).first()
    if found is None:
        raise absent("GRADE-NONE", field="grading", value=uid[:16], zh="次评级", en="grading")
    return found


def graded_body(row: Grading) -> dict[str, Any]:
    return {"grading": row.uid, "area": row.area, "period": row.period, "method": row.method_digest, "pinned": row.pinned,
            "lines": digest(row.lines)}


def grading_evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    for row in Grading.objects.filter(log_index__gte=first, log_index__lt=last, state=Grading.State.DECIDED):
        entry = entry_bytes(GRADED, graded_body(row), row.ended_at or row.proposed_at)
        yield row.log_index or 0, entry, f"等级确定 {row.area} {row.period}"
