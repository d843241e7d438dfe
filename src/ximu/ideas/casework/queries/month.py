"""What falls due on which day of a month, beside the days that do not count as working days?"""

from __future__ import annotations

import calendar as civil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ximu.ideas.casework.models import Case
from ximu.ideas.casework.queries.cases import inbox
from ximu.ideas.casework.queries.counting import calendar
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SHOWN = 6
"""Cases named on one day of the page; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Day:
    """`kind`: working, weekend, holiday, make-up, or unknown where the year has no calendar; `cases`: the first ones due."""

    day: date
    kind: str
    name: str
    cases: tuple[Case, ...]
    more: int
    inside: bool


def month(first: date, *, actor: Actor) -> list[list[Day]]:
    """Weeks from Monday to Sunday that cover the month of `first`, with the person's open cases on the day when they fall due."""
    start = first.replace(day=1)
    last = start.replace(day=civil.monthrange(start.year, start.month)[1])
    begins, ends = start - timedelta(days=start.weekday()), last + timedelta(days=6 - last.weekday())
    due: dict[date, list[Case]] = defaultdict(list)
    for case in inbox(actor, tab="unit").filter(due__range=(begins, ends)):
        if case.due is not None:
            due[case.due].append(case)
    days = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    made = [_day(day, due[day], inside=day.month == start.month) for day in days]
    return [made[n:n + 7] for n in range(0, len(made), 7)]


def _day(day: date, cases: Sequence[Case], *, inside: bool) -> Day:
    kind, name = _kind(day)
    return Day(day, kind, name, tuple(cases[:SHOWN]), max(len(cases) - SHOWN, 0), inside)


def _kind(day: date) -> tuple[str, str]:
    try:
        table = calendar().table(day)
    except Refusal:
        return "unknown", ""
    if day in table.work:
        return "make-up", table.work[day]
    if day in table.off:
        return "holiday", table.off[day]
    return ("weekend" if day.weekday() >= 5 else "working"), ""
