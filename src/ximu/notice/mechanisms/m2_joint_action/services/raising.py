"""How is a problem raised? From a record, a warning, a complaint, an audit, or by hand: one owner, one limit, one matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action.rules import LEVELS, ORIGINS


@dataclass(frozen=True, slots=True)
class Problem:
    """`topic` is the theme of the campaign, `owner` the unit that must rectify, `reference` what it came from."""

    owner: str
    topic: str
    level: str
    origin: str
    reference: str = ""


def raise_problem(problem: Problem, *, reason: str, by: Actor, at: datetime, parent: str = "") -> str:
    """Open a rectification; the case. A matter closed within the term comes back as a relapse, linked to the first.

    Errors: `PERM-DENIED`, `RECT-LEVEL`, `RECT-ORIGIN`, `REASON`, `CASE-DUP` with the open case to merge into.
    """
    by.must("rectify.raise")
    if problem.level not in LEVELS:
        raise Refusal("RECT-LEVEL", field="level", value=problem.level[:20], rule=" ".join(LEVELS), zh="预警等级应为蓝、黄、橙、红。",
                      en="A level is blue, yellow, orange or red.")
    if problem.origin not in ORIGINS:
        raise Refusal("RECT-ORIGIN", field="origin", value=problem.origin[:20], rule=" ".join(ORIGINS), zh="问题来源不正确。",
                      en="That is not a source of problems.")
    if not reason.strip() or not problem.topic.strip() or not problem.owner:
        raise Refusal("REASON", field="reason", value="", rule="rectification", zh="须写明责任单位、主题和问题。",
                      en="Name the owner, the theme and the problem.")
    key = f"{problem.owner}:{problem.topic.strip()}"[:160]
    day = clock.city_day(at)
    months = cases.terms().on("RECT-RELAPSE", day).value
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    since = clock.start_of(day.replace(year=year, month=month + 1, day=min(day.day, 28)))
    earlier = cases.last_closed("rectification", key, since=since)
    values = {"topic": problem.topic.strip(), "level": problem.level, "origin": problem.origin, "reference": problem.reference,
              "told": {"主题": problem.topic.strip(), "等级": LEVELS[problem.level].zh, "来源": ORIGINS[problem.origin].zh},
              **({"relapse_of": earlier.number} if earlier else {})}
    opening = Opening(about=problem.reference[:60], key=key, subject=problem.owner, source=problem.owner,
                      parent=parent or (earlier.uid if earlier else ""), values=values)
    return casework.open_case("rectification", opening=opening, given=Given(reason), by=by, at=at, checked=True)
