"""A reminder and a talk: cases like all others, so that none is only a telephone call."""

from __future__ import annotations

from datetime import datetime

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


def remind(unit: str, *, topic: str, reason: str, reference: str = "", by: Actor, at: datetime) -> str:
    """Remind a unit in writing; the case. Errors: `PERM-DENIED`, `REASON`, `CASE-DUP`."""
    return _open("reminder", unit, topic, reason, reference, by, at)


def call_in(unit: str, *, topic: str, reason: str, reference: str = "", by: Actor, at: datetime) -> str:
    """Call in those who answer for a unit; the case. Errors: `PERM-DENIED`, `REASON`, `CONFLICT` for the own unit, `CASE-DUP`."""
    if by.unit == unit:
        raise Refusal("CONFLICT", status=403, field="unit", value=unit, rule="不约谈本单位", zh="不能约谈本单位。",
                      en="Nobody calls in the own unit.")
    return _open("talk", unit, topic, reason, reference, by, at)


def _open(procedure: str, unit: str, topic: str, reason: str, reference: str, by: Actor, at: datetime) -> str:
    by.must("rectify.raise")
    topic = topic.strip()[:80]
    if not topic or not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule=procedure, zh="须写明主题和事由。", en="Name the theme and the cause.")
    opening = Opening(about=reference[:60], key=f"{unit}:{topic}"[:160], subject=unit, source=unit,
                      values={"topic": topic, "told": {"主题": topic, **({"编号": reference[:60]} if reference else {})}})
    return casework.open_case(procedure, opening=opening, given=Given(reason), by=by, at=at, checked=True)
