"""Kept or not? Decided by rule on the day, from what was promised and what is proved. No clock: the day is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ximu.ideas.commitments.rules.kinds import Kind
from ximu.ideas.commitments.rules.terms import ONE, Proof, Terms, progress_of, progress_on, series_of, standing
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

STATES = {
    "registered": Text("已登记", "Registered"),
    "running": Text("履行中", "Running"),
    "overdue": Text("逾期", "Overdue"),
    "kept": Text("已兑现", "Kept"),
    "part_kept": Text("部分兑现", "Partly kept"),
    "broken": Text("未兑现", "Broken"),
    "unmeasured": Text("数据不足", "Insufficient data"),
    "changed": Text("已变更", "Changed"),
    "withdrawn": Text("已撤回", "Withdrawn"),
}
OPEN = frozenset({"registered", "running", "overdue"})
FAILED = frozenset({"overdue", "part_kept", "broken"})
"""A turn into one of these from outside is announced."""
BROKEN = "broken"
UNMEASURED = "unmeasured"
"""Due, and the data from which the promise grades itself have no value for the due day: neither kept nor broken."""
CLOSED = ("changed", "withdrawn")
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that the state of any day follows from; these are the columns that the daily pass reads."""

    begins: date
    due: date
    grace_until: date
    kept_on: date | None = None
    part: bool = False
    declined_on: date | None = None
    closed_on: date | None = None
    closed_as: str = ""
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A state with its reasons, and what happens next."""

    state: str
    reasons: tuple[Text, ...]
    progress: Decimal
    late_days: int
    next: Text | None = None
    next_on: date | None = None


def grace_of(kind: Kind, due: date) -> date:
    return due + timedelta(days=kind.grace_days) if (LAST_DAY - due).days > kind.grace_days else LAST_DAY


def grades_itself(kind: Kind, terms: Terms) -> bool:
    """What a series of data says of the due day decides, and nothing else: no paper takes the place of a value."""
    return kind.judged == "on-due-day" and bool(series_of(terms))


def lacks_value(kind: Kind, terms: Terms, proofs: Sequence[Proof], due: date) -> bool:
    """No value of the last month that is over on the due day: an older one does not speak for it."""
    if not grades_itself(kind, terms):
        return False
    found, after = standing(proofs, due), due + timedelta(days=due < LAST_DAY)
    return found is None or found.day < after.replace(day=1) - timedelta(days=1)


def kept_on(kind: Kind, terms: Terms, proofs: Sequence[Proof], due: date, grace_until: date) -> date | None:
    """The day on which the promise counts as kept: first fulfilled, or what holds on the due day; or put right in the days of grace."""
    full = sorted(p.day for p in proofs if progress_of(terms, p.value) >= ONE and p.day <= grace_until)
    if kind.judged == "when-reached":
        return full[0] if full else None
    if lacks_value(kind, terms, proofs, due):
        return None
    if progress_on(terms, proofs, due) >= ONE:
        return due
    return next((day for day in full if day > due), None)


def course_of(
    kind: Kind, terms: Terms, proofs: Sequence[Proof], *, begins: date, due: date, declined_on: date | None = None,
    closed_on: date | None = None, closed_as: str = "",
) -> Course:
    """`due` is the rolled day."""
    grace = grace_of(kind, due)
    kept = kept_on(kind, terms, proofs, due, grace)
    lacking = lacks_value(kind, terms, proofs, due)
    part = kept is None and not lacking and progress_on(terms, proofs, grace) >= kind.part_from
    return Course(begins, due, grace, kept, part, declined_on, closed_on, closed_as, lacking)


def state_on(course: Course, on: date) -> str:
    """The state of a day. `services.evaluation` says the same in SQL; a property test holds the two together."""
    if course.closed_on is not None and course.closed_on <= on:
        return course.closed_as
    if course.kept_on is not None and course.kept_on <= on:
        return "kept"
    if course.declined_on is not None and course.declined_on <= on:
        return "broken"
    if on < course.begins:
        return "registered"
    if on <= course.due:
        return "running"
    if course.lacking:
        return UNMEASURED
    if on <= course.grace_until:
        return "overdue"
    return "part_kept" if course.part else "broken"


def judge(course: Course, on: date, progress: Decimal) -> Judgement:
    """The state with its reasons; `progress` is that of the day."""
    state = state_on(course, on)
    late = _late(course, on, state)
    following = _next(course, on, state)
    return Judgement(state, _reasons(course, on, state, progress, late), progress, late, *following)


def _late(course: Course, on: date, state: str) -> int:
    if state == "kept" and course.kept_on is not None:
        return max(0, (course.kept_on - course.due).days)
    return max(0, (on - course.due).days) if state in FAILED or state == UNMEASURED else 0


def _reasons(course: Course, on: date, state: str, progress: Decimal, late: int) -> tuple[Text, ...]:
    share = f"{progress * 100:.0f}%"
    due = course.due.isoformat()
    if state in CLOSED:
        return (Text(f"{course.closed_on}按程序{STATES[state].zh}。", f"{STATES[state].en} by procedure on {course.closed_on}."),)
    if state == "kept":
        how = Text(f"，逾期{late}天", f", {late} days late") if late else Text("，按期", ", in time")
        return (Text(f"{course.kept_on}经证据证明完成{how.zh}（到期日{due}）。", f"Proved on {course.kept_on}{how.en} (due {due})."),)
    if course.declined_on is not None and course.declined_on <= on:
        return (Text(f"承诺单位{course.declined_on}表示不履行。", f"The unit declared on {course.declined_on} that it will not perform."),)
    if state == "registered":
        return (Text(f"{course.begins}起履行。", f"To be performed from {course.begins}."),)
    if state == "running":
        return (Text(f"未到期（{due}），进度{share}。", f"Not due before {due}; progress {share}."),)
    if state == "overdue":
        return (Text(f"到期日{due}已过{late}天，经证明的进度为{share}。", f"{late} days past the due day {due}; proved progress {share}."),)
    if state == UNMEASURED:
        return (Text(f"到期日{due}已过{late}天，监测数据不足，不能判定：不按零计，也不按兑现计。",
                     f"{late} days past the due day {due} the data are insufficient: it counts neither as zero nor as kept."),)
    part = Text("达到部分兑现标准", "enough for “partly kept”")
    if not course.part:
        part = Text("未达到部分兑现标准", "not enough for “partly kept”")
    return (Text(f"到期日{due}、整改期{course.grace_until}均已过；期满时的进度{part.zh}。",
                 f"Due day {due} and the time to put it right ({course.grace_until}) have passed; progress then was {part.en}."),)


def _next(course: Course, on: date, state: str) -> tuple[Text | None, date | None]:
    if state == "registered":
        return Text("开始履行", "performance begins"), course.begins
    if state == "running":
        return Text("到期；届时没有完成的证据即为逾期，并自动发起整改",
                    "due; without proof it is overdue then and rectification opens by itself"), course.due
    if state == "overdue":
        return Text("整改期满；届时仍未完成即判定未兑现或部分兑现",
                    "end of the time to put it right; then it is broken or partly kept"), course.grace_until
    return None, None


EDGES = {
    "offer": OPEN | FAILED, "accept": OPEN | FAILED, "reject": OPEN | FAILED, "measure": OPEN | FAILED | {"kept", UNMEASURED},
    "change": OPEN, "replace": OPEN | FAILED, "withdraw": OPEN, "decline": OPEN,
    "confirm": frozenset({"kept", "part_kept"}) | OPEN, "dispute": frozenset(STATES) - {"withdrawn"}, "answer": frozenset(STATES),
}
"""In which states which act is possible."""


def must_be_possible(act: str, state: str) -> None:
    """Errors: `STATE-EDGE`."""
    if state not in EDGES[act]:
        raise Refusal("STATE-EDGE", status=409, field="state", value=state, rule=act, zh=f"承诺处于“{STATES[state].zh}”，不能办理此事项。",
                      en=f"A promise that is “{STATES[state].en}” does not allow this.")
