"""How is a problem raised? From a record, a warning, a complaint, an audit, or by hand: one owner, one limit, one matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.hooks import CaseOverdue
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.spans import months_back
from ximu.notice.mechanisms.m2_joint_action import queries
from ximu.notice.mechanisms.m2_joint_action.rules import LEVELS, ORIGINS, OTHER, first_level, next_level


@dataclass(frozen=True, slots=True)
class Problem:
    """`topic` is the matter, `theme` its campaign, `owner` the unit that must rectify, `reference` what it came from."""

    owner: str
    topic: str
    level: str
    origin: str
    reference: str = ""
    theme: str = OTHER


def raise_problem(problem: Problem, *, reason: str, by: Actor, at: datetime, parent: str = "") -> str:
    """Open a rectification; the case. A matter closed within the term comes back as a relapse, linked to the first.

    Of a theme, every problem of the unit counts as the same kind; outside the themes only the same matter.
    Errors: `PERM-DENIED`, `RECT-LEVEL`, `RECT-ORIGIN`, `RECT-THEME`, `REASON`, `REC-NUMBER` and `REC-NONE` where a record is named that
    does not exist, `CASE-DUP` with the open case to merge into.
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
    key, day = f"{problem.owner}:{problem.topic.strip()}"[:160], clock.city_day(at)
    themes = queries.themes().on(day)
    if problem.theme not in themes:
        raise Refusal("RECT-THEME", field="theme", value=problem.theme[:20], rule=" ".join(themes), zh="没有这个专项治理主题。",
                      en="There is no such theme of special governance.")
    if problem.origin == "record" and problem.reference.strip():
        records.duties(problem.reference.strip())
    since = clock.start_of(months_back(day, cases.terms().on("RECT-RELAPSE", day).value))
    same = {} if problem.theme == OTHER else {"source": problem.owner, "theme": problem.theme}
    earlier = cases.last_closed("rectification", key, since=since, **same)
    topic = problem.topic.strip()
    told = {"专项": themes[problem.theme].zh, "事项": topic, "提出时等级": LEVELS[problem.level].zh, "来源": ORIGINS[problem.origin].zh}
    values = {"theme": problem.theme, "topic": topic, "level": problem.level, "origin": problem.origin, "reference": problem.reference,
              "told": told, **({"relapse_of": earlier.number} if earlier else {})}
    opening = Opening(about=problem.reference[:60], key=key, subject=problem.owner, source=problem.owner,
                      parent=parent or (earlier.uid if earlier else ""), values=values)
    return casework.open_case("rectification", opening=opening, given=Given(reason), by=by, at=at, checked=True)


def raise_or_join(problem: Problem, *, reason: str, at: datetime) -> str:
    """What raises a problem by itself: the new case, or the one of the same matter that is open already."""
    try:
        return raise_problem(problem, reason=reason, by=SYSTEM, at=at)
    except Refusal as refusal:
        if refusal.code != "CASE-DUP":
            raise
        return str(refusal.extra["case"])


def rectify_record(number: str, *, at: datetime) -> str:
    """A record that takes effect under a behaviour of a theme opens a problem at the body on record by itself; the case, or empty."""
    record, day = records.duties(number), clock.city_day(at)
    theme = queries.themes().of(record.behaviour, day)
    if not theme or registry.unit(record.subject, as_of=record.event_date) is None:
        return ""
    listed = next((i for i in catalogue.items("behaviour", on=record.event_date) if i.code == record.behaviour), None)
    topic = f"{listed.name.zh if listed else record.behaviour}（{record.number}）"
    problem = Problem(registry.owner_of(record.subject, day), topic, first_level(record.effect_grade), "record", record.number, theme)
    return raise_or_join(problem, reason=f"记录{record.number}已生效，须整改并经核销。", at=at)


def on_overdue(event: CaseOverdue, *, at: datetime) -> None:
    """A problem whose limit has passed goes up one level by itself, in its steps."""
    if event.procedure != "rectification" or event.state != "assigned":
        return
    case = cases.case_for(event.case)
    level = next_level(str(case.values.get("level", "")))
    if case.state == event.state and level != case.values.get("level"):
        casework.move(case.uid, "raise_level", given=Given(f"超期自动升级：{LEVELS[level].zh}", values={"level": level}), by=SYSTEM, at=at)
