"""When is it due? Working days by the State Council's yearly calendar, never by guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import chinese_calendar
from chinese_calendar.constants import holidays as _holidays
from chinese_calendar.constants import workdays as _makeup

from ximu.kernel.refusal import Refusal

LONGEST_TERM_DAYS = 3660
"""No limit of law that this system knows is longer than ten years."""


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year's notice of the State Council: days off with their name, and make-up working days (调休)."""

    year: int
    off: Mapping[date, str]
    work: Mapping[date, str]
    source: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A day that lay on the way and was not counted as usual; `kind` is `holiday`, `weekend` or `make-up`."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with the way it was counted, so that anybody can count again."""

    start: date
    term: int
    unit: str
    day: date
    passed: tuple[Passed, ...] = ()
    sources: tuple[str, ...] = ()
    rolled_from: date | None = None

    def envelope(self) -> dict[str, Any]:
        shown = [{"date": p.day.isoformat(), "kind": p.kind, "name": p.name} for p in self.passed]
        return {
            "start": self.start.isoformat(), "n": self.term, "unit": self.unit, "due": self.day.isoformat(),
            "holidays": [s for s in shown if s["kind"] == "holiday"],
            "weekends": [s for s in shown if s["kind"] == "weekend"],
            "make_up_days": [s for s in shown if s["kind"] == "make-up"],
            "rolled_from": self.rolled_from.isoformat() if self.rolled_from else None,
            "sources": list(self.sources),
        }


MOST_SPAN = timedelta(days=10 * LONGEST_TERM_DAYS)
"""However many days off lie in it, no term is longer."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are known. Asking about another year is refused with `CAL-NONE`."""

    years: Mapping[int, YearTable] = field(default_factory=dict)

    def with_years(self, tables: Iterable[YearTable]) -> Calendar:
        return Calendar({**self.years, **{t.year: t for t in tables}})

    def table(self, day: date) -> YearTable:
        found = self.years.get(day.year)
        if found is None:
            known = f"{min(self.years)}–{max(self.years)}" if self.years else "无"
            raise Refusal(
                "CAL-NONE", field="year", value=day.year, rule="国务院办公厅关于节假日安排的通知",
                zh=f"{day.year}年的节假日安排尚未载入（已有：{known}），不能计算期限。",
                en=f"The holiday calendar of {day.year} is not loaded (known: {known}); no deadline can be counted.",
            )
        return found

    def is_working(self, day: date) -> bool:
        table = self.table(day)
        return day in table.work or (day.weekday() < 5 and day not in table.off)

    def _passed(self, day: date) -> Passed | None:
        table = self.table(day)
        if day in table.work:
            return Passed(day, "make-up", table.work[day])
        if day in table.off:
            return Passed(day, "holiday", table.off[day])
        return Passed(day, "weekend", "") if day.weekday() >= 5 else None

    def _check(self, start: date, term: int) -> None:
        _check_term(term)
        if date.max - start < MOST_SPAN:  # nothing can be counted at the end of time
            self.table(start)

    def due(self, start: date, term: int) -> Due:
        """`term` working days after `start`; the day of the event itself is not counted.

        With term 0: the same day, or the next working day if it is none.
        Errors: `CAL-NONE` for a year without a table, `DUE-TERM` for a negative or absurd term.
        """
        self._check(start, term)
        day, left, passed = start, term, list[Passed]()
        sources: dict[str, None] = {}
        if term == 0 and not self.is_working(day):
            left = 1
        while left > 0:
            day += timedelta(days=1)
            odd = self._passed(day)
            sources[self.table(day).source] = None
            if odd is not None:
                passed.append(odd)
            if odd is None or odd.kind == "make-up":
                left -= 1
        return Due(start, term, "working-day", day, tuple(passed), tuple(sources))

    def due_calendar_days(self, start: date, term: int) -> Due:
        """`term` calendar days after `start`; a last day that is no working day rolls forward to the next one."""
        self._check(start, term)
        day = last = start + timedelta(days=term)
        passed = list[Passed]()
        while not self.is_working(day):
            odd = self._passed(day)
            if odd is not None:
                passed.append(odd)
            day += timedelta(days=1)
        rolled = last if day != last else None
        return Due(start, term, "calendar-day", day, tuple(passed), (self.table(day).source,), rolled)

    def turns(self, year: int, months: int) -> list[tuple[date, date]]:
        """A year cut into parts of so many months: first day, and the last one, rolled to the next working day. Errors: `CAL-NONE`."""
        firsts = [date(year + month // 12, month % 12 + 1, 1) for month in range(0, 13, months)]
        return [(first, self.due_calendar_days(after - timedelta(days=1), 0).day) for first, after in pairwise(firsts)]

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.count(end, start)
        if start == end:
            return 0
        weeks, rest = divmod((end - start).days, 7)
        found = 5 * weeks + sum((start.weekday() + i + 1) % 7 < 5 for i in range(rest))
        for year in range((start + timedelta(days=1)).year, end.year + 1):
            found += _beyond_weekdays(self.table(date(year, 1, 1)), start, end)
        return found


def _beyond_weekdays(table: YearTable, start: date, end: date) -> int:
    """By how much the working days of a year after `start` up to `end` differ from Monday to Friday."""
    made_up = sum(start < day <= end and day.weekday() >= 5 for day in table.work)
    return made_up - sum(start < day <= end and day.weekday() < 5 and day not in table.work for day in table.off)


def _check_term(term: int) -> None:
    if not 0 <= term <= LONGEST_TERM_DAYS:
        raise Refusal(
            "DUE-TERM", field="n", value=term, rule=f"0–{LONGEST_TERM_DAYS}",
            zh=f"期限天数“{term}”无效，应为0至{LONGEST_TERM_DAYS}的整数。",
            en=f"The term “{term}” is not valid; give a whole number from 0 to {LONGEST_TERM_DAYS}.",
        )


_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def bundled() -> Calendar:
    """The State Council's notices 2004-2026 as kept by the package `chinesecalendar`."""
    tables: dict[int, tuple[dict[date, str], dict[date, str]]] = {}
    for day, name in _holidays.items():
        tables.setdefault(day.year, ({}, {}))[0][day] = _NAMES.get(name, name)
    for day, name in _makeup.items():
        tables.setdefault(day.year, ({}, {}))[1][day] = f"{_NAMES.get(name, name)}调休上班"
    version = getattr(chinese_calendar, "__version__", "")
    source = f"国务院办公厅节假日安排（chinesecalendar {version}）".replace(" ）", "）")
    return Calendar({y: YearTable(y, off, work, f"{y}年{source}") for y, (off, work) in sorted(tables.items())})


BUNDLED = bundled()
