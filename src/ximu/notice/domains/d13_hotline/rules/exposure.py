"""How many tickets would a week bring by its days alone? Public holidays and make-up days make weeks unlike each other.

A week counts its working days as one and its days off as the city's usual share r = mean of a day off / mean of a working day:
exposure = (working days + r × days off) / (5 + 2 r). The detector takes its logarithm as an offset (Noufaily et al., Statist. Med. 32
(2013) 1206-1222, §5: population offset), so that the week of the Spring Festival is compared with what its days would bring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import Calendar

SMALLEST_SHARE = 0.05


def weighed(weeks: Sequence[date], daily: Mapping[date, int], calendar: Calendar) -> np.ndarray | None:
    """One number per week (Monday); None where the calendar lacks a year or nothing is known of days off: then no term is used.

    `daily` holds the delivered days only: a day that was not delivered tells nothing.
    """
    try:
        working = {day: calendar.is_working(day) for week in weeks for day in (week + timedelta(days=n) for n in range(7))}
        on = [n for day, n in daily.items() if calendar.is_working(day)]
        off = [n for day, n in daily.items() if not calendar.is_working(day)]
    except Refusal:
        return None
    if not on or not off or not sum(on):
        return None
    share = max(SMALLEST_SHARE, (sum(off) / len(off)) / (sum(on) / len(on)))
    days = np.array([sum(working[week + timedelta(days=n)] for n in range(7)) for week in weeks], float)
    return (days + share * (7 - days)) / (5 + 2 * share)
