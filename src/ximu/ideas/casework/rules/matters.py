"""Is a matter that was handled elsewhere in time? Judged by its days alone: working days, without the time in which the term stood.

行政许可法 第三十二条、第四十二条至第四十五条、第八十二条.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.ideas.casework.rules.clocks import Term, begin, replayed
from ximu.kernel.workdays import Calendar

DAYS = ("corrected_on", "accepted_on", "suspended_on", "resumed_on", "extended_on", "decided_on")


@dataclass(frozen=True, slots=True)
class Judged:
    """`state`: in-time, promise-late, late, overdue, running, suspended or not-accepted; days are None where there is nothing to count.

    `settled`: the day of the decision or the last day, whichever came first. `deemed`: accepted by silence.
    """

    state: str
    settled: date | None = None
    late_days: int = 0
    statutory: date | None = None
    promised: date | None = None
    deemed: bool = False


def as_known(row: Mapping[str, Any], as_of: date, hangs: Mapping[str, str]) -> dict[str, Any]:
    """The row as it stood on the day: what lies after it (not `…_by`, set beforehand) is not known yet, nor what `hangs` on that."""
    seen = {name: None if name.endswith("_on") and value is not None and value > as_of else value for name, value in row.items()}
    return seen | {name: seen[name] if seen[day] else None for name, day in hangs.items()}


def started(row: Mapping[str, Any], correct: Term, calendar: Calendar, as_of: date) -> tuple[date | None, bool]:
    """From which day the term runs, and whether by silence: what is missing is told within the term, or acceptance is deemed (art 32(4)).

    Errors: `CAL-NONE`."""
    last = begin(correct, row["applied_on"], calendar).due.day
    for told in (row["corrected_on"], row["accepted_on"]):
        if told is not None and told <= last:
            return row["accepted_on"], False
    moved = min(one for one in (row["decided_on"], as_of) if one)
    return (row["applied_on"], True) if moved > last else (row["applied_on"] if row["decided_on"] else None, False)


def judge(row: Mapping[str, Any], correct: Term, law: Term, promise: Term, more: Term, *, calendar: Calendar, as_of: date) -> Judged:
    """`row` has `applied_on` and the days of `DAYS`, as known on the day; an extension or stop that came too late has no effect.

    Errors: `CAL-NONE`."""
    start, deemed = started(row, correct, calendar, as_of)
    if start is None:
        return Judged("not-accepted" if row["corrected_on"] else "running")
    days = {"suspended": row["suspended_on"], "resumed": row["resumed_on"], "extended": row["extended_on"]}
    last, word = (replayed(term, start, calendar, **days, more=more) for term in (law, promise))
    decided, end = row["decided_on"], row["decided_on"] or as_of
    if last.suspended and not decided:
        return Judged("suspended", deemed=deemed)
    lawful, promised = last.due.day, word.due.day
    settled = min(end, promised) if decided or as_of > promised else None
    if end > lawful:
        return Judged("late" if decided else "overdue", settled, (end - lawful).days, lawful, promised, deemed)
    state = "promise-late" if end > promised else "in-time" if decided else "running"
    return Judged(state, settled, max(0, (end - promised).days), lawful, promised, deemed)
