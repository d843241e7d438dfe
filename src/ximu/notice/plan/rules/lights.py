"""How does a task stand on a day? A light that follows from dates and accepted evidence, never from typing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ximu.kernel.words import Text

LIGHTS = {
    "not_started": Text("未开始", "not started"), "on_time": Text("按期", "on time"), "at_risk": Text("有风险", "at risk"),
    "overdue": Text("逾期", "overdue"), "done": Text("已完成", "done"), "evidence_expired": Text("证据过期", "evidence expired"),
}
AT_RISK_DAYS = 10
"""Working days before the due day from which an unproven task is at risk; a proposal, to be confirmed."""
EVIDENCE_MONTHS = 12
"""How long one piece of evidence proves a standing duty; yearly checks set the rhythm (notice, column 检查考核)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Accepted evidence: its own day, the day after which it proves nothing standing, and whether it proves completion."""

    dated: date
    expires_on: date
    completes: bool


@dataclass(frozen=True, slots=True)
class Light:
    light: str
    due: date | None
    reason: Text


def light_of(
    *, due: date | None, standing: bool, issued: date | None, proofs: Iterable[Proof], as_of: date, working_days_left: int | None,
) -> Light:
    """`working_days_left`: working days from `as_of` to `due`, None when the calendar of that year is not loaded."""
    known = [p for p in proofs if p.dated <= as_of]
    finished = [p for p in known if p.completes]
    if due is not None and not finished:
        return _undone(due, known, as_of, working_days_left, issued)
    if not standing:
        when = max(p.dated for p in finished) if finished else None
        return Light("done", due, Text(f"已于{when}有采纳的完成材料", f"accepted evidence of completion of {when}")) if when else Light(
            "not_started", due, Text("尚无采纳的材料", "no accepted evidence yet"))
    fresh = [p for p in known if p.expires_on >= as_of]
    if fresh:
        until = max(p.expires_on for p in fresh)
        return Light("on_time", due, Text(f"持续任务，材料有效至{until}", f"standing duty, evidence valid until {until}"))
    if known:
        last = max(p.expires_on for p in known)
        return Light("evidence_expired", due, Text(f"最近材料已于{last}过期", f"the latest evidence expired on {last}"))
    return Light("not_started", due, Text("持续任务，尚无采纳的材料", "standing duty without accepted evidence yet"))


def _undone(due: date, known: list[Proof], as_of: date, left: int | None, issued: date | None) -> Light:
    if as_of > due:
        return Light("overdue", due, Text(
            f"期限{due}已过，没有采纳的完成材料", f"due {due} has passed without accepted evidence of completion"))
    if left is not None and left <= AT_RISK_DAYS:
        return Light("at_risk", due, Text(f"距期限{due}还有{left}个工作日", f"{left} working days left until {due}"))
    if known:
        return Light("on_time", due, Text(f"有阶段材料，期限{due}", f"interim evidence given, due {due}"))
    if issued is not None and as_of < issued:
        return Light("not_started", due, Text(f"通知于{issued}印发", f"the notice was issued on {issued}"))
    return Light("not_started", due, Text(f"尚无材料，期限{due}", f"no evidence yet, due {due}"))


def worst(lights: Iterable[Light]) -> Light | None:
    """The light that a superior should see first."""
    order = ("overdue", "evidence_expired", "at_risk", "not_started", "on_time", "done")
    return min(lights, key=lambda one: order.index(one.light), default=None)
