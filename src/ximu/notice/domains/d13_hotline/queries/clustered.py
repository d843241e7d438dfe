"""Do tickets pile up in streets that lie side by side? Kulldorff's scan over the tickets of some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ximu.ideas.events import queries as events
from ximu.kernel.given import near_day
from ximu.notice.domains.d13_hotline.queries.rates import DATASET
from ximu.notice.domains.d13_hotline.rules.places import Place, clusters

STREETS = """
SELECT street, count(*) AS n FROM hotline
WHERE called_on BETWEEN $first AND $last AND street IS NOT NULL AND kind IN ('求助', '投诉', '举报') AND ($topic IS NULL OR topic = $topic)
GROUP BY street
"""
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Clustered:
    """`found` circles with their streets; `left_out` streets without a place or a usual number."""

    first: date
    last: date
    topic: str
    found: list[dict[str, Any]]
    left_out: list[str]
    missing_days: int
    manifest: events.Manifest

    def envelope(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last, "topic": self.topic or None, "clusters": self.found, "left_out": self.left_out,
                "missing_days": self.missing_days, "pinned": self.manifest.envelope()}


def clustered(
    places: list[Place], on: date, *, days: int, topic: str = "", known_at: datetime | None, draws: int = 999, seed: int = 1,
) -> Clustered:
    """The `days` up to `on` against the year before them. Errors: `DATE-RANGE`."""
    first = near_day(on, "on") - timedelta(days=days - 1)

    def counts(start: date, end: date) -> dict[str, int]:
        given = {"first": start, "last": end, "topic": topic or None}
        return dict(events.ask(STREETS, given, dataset=DATASET, known_at=known_at).rows())

    found, out = clusters(places, counts(first, on), counts(first - YEAR, first - timedelta(days=1)), draws=draws, seed=seed)
    told = [{"streets": streets, "observed": one.cases, "expected": round(one.expected, 2), "ratio": one.ratio, "p_value": one.p_value,
             "words_zh": one.reason.zh, "words_en": one.reason.en} for one, streets in found]
    missing = events.missing_days(DATASET, first, on, known_at=known_at)
    return Clustered(first, on, topic, told, out, len(missing), events.manifest(DATASET, known_at=known_at))
