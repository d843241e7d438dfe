"""Which days were delivered? A day that nobody delivered is "no data", never zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Runs = list[list[str]]
ONE = timedelta(days=1)


def runs(days: Iterable[date]) -> Runs:
    """Days as runs of ISO dates: [[first, last], …]."""
    found: list[list[date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == ONE:
            found[-1][1] = day
        else:
            found.append([day, day])
    return [[a.isoformat(), b.isoformat()] for a, b in found]


def days_of(many: Iterable[Runs]) -> set[date]:
    return {day for one in many for first, last in one for day in span(date.fromisoformat(first), date.fromisoformat(last))}


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def missing(covered: set[date], first: date, last: date) -> list[date]:
    return [day for day in span(first, last) if day not in covered]
