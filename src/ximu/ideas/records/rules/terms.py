"""How long, and from when? Dated parameters with their source; dates are arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.workdays import Calendar, Due


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values of one table of `parameters.toml`: newest last, each with the day from which it holds."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]]

    def on(self, name: str, day: date) -> Mapping[str, Any]:
        """The row in force on that day; the earliest one for days before it."""
        rows = sorted(self.tables[name], key=lambda row: row["since"])
        held = [row for row in rows if row["since"] <= day]
        return held[-1] if held else rows[0]

    def exception(self, family: str, day: date) -> Mapping[str, Any] | None:
        """The rule that frees this family from notice and objection window, if one is in force."""
        for row in self.tables.get("notice_exception", ()):
            if family in row["families"] and row["since"] <= day and ("until" not in row or day < row["until"]):
                return row
        return None


def anniversary(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def kept_until(end: date | None, years: int) -> date | None:
    """The last day on which the record may be queried; None while the act goes on (regulation art. 35)."""
    return None if end is None else anniversary(end, years)


def in_query(end: date | None, years: int, on: date) -> bool:
    last = kept_until(end, years)
    return last is None or on <= last


def oldest_end(years: int, on: date) -> date:
    """Acts that ended before this day are out of the query period on `on`: the set-wise form of `in_query`."""
    day = anniversary(on, -years)
    while not in_query(day, years, on):
        day += timedelta(days=1)
    while in_query(day - timedelta(days=1), years, on):
        day -= timedelta(days=1)
    return day


def window_end(served: date, days: int, calendar: Calendar) -> Due:
    """The last day on which the subject may object; the day of service is not counted."""
    return calendar.due(served, days)
