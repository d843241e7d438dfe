"""Which earlier times is a time compared with?

Farrington et al. (1996) §3.1: the same week of the last b years, w weeks to either side. Noufaily et al. (2013) §4:
also the weeks between, as seasonal blocks of nearly equal length, and nothing from the last few weeks.
With dates, "the same week" is the one with the same weekday nearest to the same day of the earlier year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ximu.ideas.warnings.rules.parameters import wrong
from ximu.kernel.words import Text

WEEKLY, MONTHLY, DAILY = 52, 12, 365
DATED = {WEEKLY, MONTHLY, DAILY}


@dataclass(frozen=True, slots=True)
class Window:
    """Reference times as distances to the judged time (negative), season group and time coordinate of each."""

    distance: tuple[int, ...]
    group: tuple[int, ...]
    time: tuple[float, ...]
    now_group: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where the times of a series lie: by date when `dates` are given, else `freq` times to the year."""

    n: int
    freq: int
    dates: tuple[date, ...] = ()

    @property
    def dated(self) -> bool:
        return bool(self.dates) and self.freq in DATED

    def places(self) -> dict[date, int]:
        return {day: i for i, day in enumerate(self.dates, start=1)}


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes 1 March."""
    return date(day.year - years, day.month, 1) + timedelta(days=day.day - 1)


def months_after(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, overflowing into the next where the month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1) + timedelta(days=day.day - 1)


def nearest_weekday(day: date, like: date) -> date:
    """The day nearest to `day` that has the weekday of `like` (never a tie: three days to either side)."""
    ahead = (like.weekday() - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead < 7 - ahead else ahead - 7)


def same_time_of_years(calendar: Calendar, places: dict[date, int], k: int, b: int) -> list[int] | None:
    """k and the matching time of each of the b years before it, latest first; None when one does not exist."""
    if not calendar.dated:
        points = [k - calendar.freq * i for i in range(b + 1)]
        return points if points[-1] >= 1 else None
    today = calendar.dates[k - 1]
    days = [years_before(today, i) for i in range(b + 1)]
    if calendar.freq == WEEKLY:
        days = [nearest_weekday(day, today) for day in days]
    points = [places.get(day, 0) for day in days]
    return points if all(points) else None


def seasonal(
    calendar: Calendar, places: dict[date, int], k: int, *, b: int, w: int, no_periods: int, past_not_included: int,
) -> Window | None:
    """The window of the flexible method at time k, or None when its history does not reach back far enough."""
    points = same_time_of_years(calendar, places, k, b)
    if points is None or points[-1] - w < 0:
        return None
    label = [0] * (k + 1)
    _mark(label, k - w, k, no_periods)
    for later, point in pairwise(points):
        _mark(label, point - w, point + w, no_periods)
        if no_periods > 1:
            _blocks(label, point + w + 1, later - w - 1, no_periods)
    _mark(label, k - past_not_included, k, 0)
    chosen = [i for i in range(1, k + 1) if label[i]]
    if not chosen:
        return None
    return Window(tuple(i - k for i in chosen), tuple(label[i] - 1 for i in chosen), _times(calendar, k, chosen), no_periods - 1)


def _mark(label: list[int], first: int, last: int, value: int) -> None:
    for i in range(max(first, 1), min(last, len(label) - 1) + 1):
        label[i] = value


def _blocks(label: list[int], first: int, last: int, no_periods: int) -> None:
    """Split the times between two windows into no_periods - 1 blocks; the earlier blocks take the rest."""
    length, rest = divmod(last - first + 1, no_periods - 1)
    if length < 1:
        raise wrong("noPeriods", no_periods, Text(
            "一年除去窗口后应能分成 noPeriods - 1 段", "a year without its windows must hold noPeriods - 1 blocks"))
    for block in range(1, no_periods):
        size = length + (block <= rest)
        _mark(label, first, first + size - 1, block)
        first += size


def _times(calendar: Calendar, k: int, chosen: Sequence[int]) -> tuple[float, ...]:
    """Time coordinates, 0 at k: days over the usual step when dated, else the distance itself."""
    if not calendar.dated:
        return tuple(float(i - k) for i in chosen)
    step = (calendar.dates[1] - calendar.dates[0]).days
    today = calendar.dates[k - 1]
    return tuple((calendar.dates[i - 1] - today).days / step for i in chosen)


def same_weeks(calendar: Calendar, places: dict[date, int], k: int, *, b: int, w: int) -> Window | None:
    """The window of the original method at time k: what exists of b years × (2 w + 1) times; None if nothing does."""
    if calendar.dated:
        chosen = [places.get(day, 0) for day in _days_of_windows(calendar, k, b, w)]
    else:
        chosen = [k - calendar.freq * i + j for i in range(b, 0, -1) for j in range(-w, w + 1)]
    chosen = [i for i in chosen if 1 <= i <= calendar.n]
    if not chosen:
        return None
    return Window(tuple(i - k for i in chosen), (0,) * len(chosen), tuple(float(i - k) for i in chosen))


def _days_of_windows(calendar: Calendar, k: int, b: int, w: int) -> list[date]:
    today = calendar.dates[k - 1]
    found = []
    for years in range(1, b + 1):
        middle = years_before(today, years)
        for j in range(-w, w + 1):
            if calendar.freq == WEEKLY:
                found.append(nearest_weekday(middle + timedelta(weeks=j), today))
            elif calendar.freq == DAILY:
                found.append(middle + timedelta(days=j))
            else:
                day = months_after(middle, j)
                found.append(day - timedelta(days=day.day - today.day))
    return found
