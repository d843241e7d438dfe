"""Which whole weeks, half-months, months or quarters lie between two days, and which day is so many months on?"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from ximu.kernel.words import Text

SPANS = {"week": Text("周", "week"), "half-month": Text("半月", "half-month"), "month": Text("月", "month"),
         "quarter": Text("季", "quarter")}
DAY = timedelta(days=1)


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day (民法典 第二百零二条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_back(day: date, months: int) -> date:
    """The earliest day from which so many months reach to `day`."""
    found = months_on(day, -months)
    return found if found.day == day.day else found + DAY


def intervals(span: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The whole weeks (Monday to Sunday), half-months, months or quarters that lie between two days."""
    start = first - timedelta(days=first.weekday()) if span == "week" else first.replace(day=1)
    if span == "quarter":
        start = start.replace(month=(start.month - 1) // 3 * 3 + 1)
    while True:
        end = _next(span, start) - DAY
        if end > last:
            return
        if start >= first:
            yield start, end
        start = end + DAY


def _next(span: str, start: date) -> date:
    if span == "week":
        return start + timedelta(days=7)
    if span == "half-month" and start.day == 1:
        return start.replace(day=16)
    months = start.month + (3 if span == "quarter" else 1)
    return date(start.year + (months - 1) // 12, (months - 1) % 12 + 1, 1)
