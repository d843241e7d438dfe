"""What will the latest weeks come to once their late tickets are in? Lawless's estimate over the city's own delays, for the whole city.

Only weeks that ended after deliveries began tell how late tickets come; what was loaded as history does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.warnings.rules.lateness import nowcast
from ximu.notice.domains.d13_hotline.queries.rates import DATASET
from ximu.notice.domains.d13_hotline.rules import WARNINGS

WEEK = timedelta(days=7)
FIRST_KNOWN = """
SELECT CAST(date_trunc('week', called_on) AS DATE) AS week, _known AS known, count(*) AS n
FROM (SELECT ticket, min(called_on) AS called_on, min(_known) AS _known FROM hotline
      WHERE kind IN ('求助', '投诉', '举报') AND called_on >= $first GROUP BY ticket)
GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Coming:
    """Per week that is not complete yet: reported `so_far`, `estimate` with its 95 % interval, the share thought to be reported."""

    weeks: list[dict[str, Any]]
    watched: int


def coming(*, known_at: datetime) -> Coming:
    """Nothing, and how many weeks were watched, while that is fewer than `[nowcast] least_weeks`."""
    settings, batches = WARNINGS["nowcast"], list(events.batches(DATASET, known_at=known_at))
    if not batches:
        return Coming([], 0)
    today, began = clock.city_day(known_at), clock.city_day(batches[0].recorded_at)
    first, last = _monday(began), _monday(today) - WEEK
    weeks = [first + n * WEEK for n in range(max(0, (last - first) // WEEK + 1))]
    if len(weeks) < settings["least_weeks"]:
        return Coming([], len(weeks))
    width, place = settings["delays"], {week: at for at, week in enumerate(weeks)}
    triangle = np.zeros((len(weeks), width))
    for week, known, n in events.ask(FIRST_KNOWN, {"first": first}, dataset=DATASET, known_at=known_at, every=True).iter_rows():
        if week in place:
            triangle[place[week], min(_delay(week, clock.city_day(known.replace(tzinfo=UTC))), width - 1)] += n
    found = nowcast(triangle)
    return Coming([{
        "week": week, "so_far": int(found.so_far[at]), "estimate": round(float(found.estimate[at])), "low": round(float(found.low[at])),
        "high": round(float(found.high[at])), "share": round(float(found.reported[at]), 3), "words_zh": found.reason(at).zh,
        "words_en": found.reason(at).en,
    } for at, week in enumerate(weeks) if not found.complete[at] and found.reported[at] > 0 and found.so_far[at]], len(weeks))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _delay(week: date, known: date) -> int:
    """Whole weeks from the end of the week to the day on which the ticket was first known."""
    return max(0, (known - week - WEEK).days // 7)
