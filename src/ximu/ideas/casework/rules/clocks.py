"""Until when? Dated limits with their source; clocks that start, wait, go on, are extended, and say how they were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.spans import months_on
from ximu.kernel.workdays import Calendar, Due

UNITS = ("working-day", "calendar-day", "month", "count")


@dataclass(frozen=True, slots=True)
class Term:
    """A number from law as it holds from a day on. `sure` is False while it waits to be confirmed."""

    code: str
    since: date
    value: int
    unit: str
    source: str
    sure: bool = True


class Terms:
    """All dated limits; the one in force on a day is the newest that began by then."""

    def __init__(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], added: Sequence[Term] = ()) -> None:
        self._by_code: dict[str, list[Term]] = {}
        for code, rows in tables.items():
            for row in rows:
                self._by_code.setdefault(code, []).append(_term(code, row))
        for term in added:
            self._by_code.setdefault(term.code, []).append(term)
        for found in self._by_code.values():
            found.sort(key=lambda term: term.since)

    def codes(self) -> list[str]:
        return sorted(self._by_code)

    def rows(self, code: str) -> list[Term]:
        if code not in self._by_code:
            raise Refusal("TERM-NONE", status=404, field="code", value=code, rule="parameters.toml",
                          zh=f"没有代码为“{code}”的期限参数。", en=f"There is no parameter “{code}”.")
        return list(self._by_code[code])

    def on(self, code: str, day: date) -> Term:
        """Errors: `TERM-NONE`. For days before the first row the first row answers."""
        rows = self.rows(code)
        held = [term for term in rows if term.since <= day]
        return held[-1] if held else rows[0]


def _term(code: str, row: Mapping[str, Any]) -> Term:
    known = {"since", "value", "unit", "source", "to_be_confirmed"}
    if set(row) - known or row.get("unit", "working-day") not in UNITS:
        raise ValueError(f"{code}: unknown {sorted(set(row) - known)} or unit {row.get('unit')!r}")
    return Term(code, row["since"], int(row["value"]), row.get("unit", "working-day"), row["source"], not row.get("to_be_confirmed", False))


@dataclass(frozen=True, slots=True)
class Count:
    """A clock at one moment: `spent` days are behind it, the rest was counted in `due` from the last start."""

    term: int
    unit: str
    started: date
    due: Due
    spent: int = 0
    suspended: date | None = None


def _due(start: date, days: int, unit: str, calendar: Calendar) -> Due:
    return calendar.due(start, days) if unit == "working-day" else calendar.due_calendar_days(start, days)


def days_of(months: int, since: date) -> int:
    """Calendar days up to the same day so many months later, or the last day of that month (民法典 第二百零二条)."""
    return (months_on(since, months) - since).days


def begin(term: Term, day: date, calendar: Calendar) -> Count:
    """The clock starts; the day of the event is not counted; months are counted by the calendar. Errors: `CAL-NONE`."""
    if term.unit == "month":
        days = days_of(term.value, day)
        return Count(days, "calendar-day", day, _due(day, days, "calendar-day", calendar))
    return Count(term.value, term.unit, day, _due(day, term.value, term.unit, calendar))


def _already(refused: str) -> Refusal:
    wrong = {"suspended": ("期限已经中止。", "The clock is suspended already."),
             "running": ("期限没有中止。", "The clock is not suspended.")}
    return Refusal("CLOCK-STATE", status=409, field="clock", value=refused, rule="中止—恢复", zh=wrong[refused][0], en=wrong[refused][1])


def suspend(count: Count, day: date, calendar: Calendar) -> Count:
    """The clock waits from this day; what was spent stays spent. Errors: `CLOCK-PAST` after the last day, `CLOCK-STATE`."""
    if count.suspended is not None:
        raise _already("suspended")
    must_be_in_time(count, day)
    passed = calendar.count(count.due.start, day) if count.unit == "working-day" else (day - count.due.start).days
    return Count(count.term, count.unit, count.started, count.due, min(count.term, count.spent + passed), day)


def resume(count: Count, day: date, calendar: Calendar) -> Count:
    """The rest is counted from this day. Errors: `CLOCK-STATE`, `CAL-NONE`."""
    if count.suspended is None:
        raise _already("running")
    return Count(count.term, count.unit, count.started, _due(day, count.term - count.spent, count.unit, calendar), count.spent)


def extend(count: Count, more: Term, day: date, calendar: Calendar) -> Count:
    """More days, asked before the last day has passed. Errors: `CLOCK-PAST`: late stays late, nothing is set back in silence."""
    if count.suspended is not None:
        raise _already("suspended")
    must_be_in_time(count, day)
    more_days = days_of(more.value, count.due.start + timedelta(days=count.term - count.spent)) if more.unit == "month" else more.value
    term = count.term + more_days
    return Count(term, count.unit, count.started, _due(count.due.start, term - count.spent, count.unit, calendar), count.spent)


def replayed(
    term: Term, start: date, calendar: Calendar, *, suspended: date | None = None, resumed: date | None = None,
    extended: date | None = None, more: Term | None = None,
) -> Count:
    """The clock of a matter that ran elsewhere, from the days on which it stopped, went on and was extended; what came too
    late has no effect. Errors: `CAL-NONE`."""
    count = begin(term, start, calendar)
    for day, verb in sorted((day, verb) for verb, day in enumerate((suspended, resumed, extended)) if day):
        try:
            if verb == 2:
                count = extend(count, more, day, calendar) if more else count
            else:
                count = (suspend, resume)[verb](count, day, calendar)
        except Refusal as refusal:
            if refusal.code == "CAL-NONE":
                raise
    return count


def times_of(extension: str) -> str:
    """The parameter that says how many times a limit may be extended by this one."""
    return f"{extension}-TIMES"


def must_be_left(extended: int, most: Term) -> None:
    """Errors: `CLOCK-TIMES`: who holds a case does not move its limit for ever."""
    if extended >= most.value:
        raise Refusal("CLOCK-TIMES", status=409, field="times", value=extended, rule=f"≤ {most.value} {most.source}",
                      zh=f"该期限已延长{extended}次，至多{most.value}次（{most.source}），不能再延长。",
                      en=f"This limit has been extended {extended} times, and no more than {most.value} are allowed.")


def must_be_in_time(count: Count, day: date) -> None:
    if day > count.due.day:
        raise Refusal("CLOCK-PAST", status=409, field="due", value=count.due.day.isoformat(), rule="届满前提出",
                      zh=f"期限已于{count.due.day.isoformat()}届满，不能再中止或延长；按超期记录。",
                      en=f"The limit ran out on {count.due.day.isoformat()}; it can be neither suspended nor extended and counts as late.")
