"""Alarms over the tickets known at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ximu.ideas.events import queries as events
from ximu.kernel.given import near_day
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d13_hotline import rules
from ximu.notice.domains.d13_hotline.queries.delivered import CHECKED, checked, months_before
from ximu.notice.domains.d13_hotline.queries.rates import DATASET, unit_name

WEEK = timedelta(days=7)
SAMPLED = """
SELECT ticket FROM hotline
WHERE unit = $unit AND coalesce(topic, '其他') = $topic AND called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报')
ORDER BY called_on DESC, ticket LIMIT 5
"""
DAILY = """
SELECT called_on AS day, count(*) AS n FROM hotline
WHERE called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报')
GROUP BY called_on
"""
NAMED = {"repeat": "d13_repeats", "returned": "d13_returned", "words": "d13_words"}
RULES = ("volume", "false_closure", *NAMED, *CHECKED)


@dataclass(frozen=True, slots=True)
class Warned:
    """`alarms` by level; `volume` tells how many series were judged, which weeks had no data and which are withheld."""

    on: date
    alarms: list[rules.Alarm]
    volume: rules.Volume
    manifest: events.Manifest

    def envelope(self) -> dict[str, Any]:
        v, settings = self.volume, rules.WARNINGS["volume"]
        return {
            "on": self.on, "alarms": [{**a.envelope(), "unit_name": unit_name(a.unit, self.on)} for a in self.alarms],
            "judged": {"series": v.series, "tests": v.tests, "over_own_bound": v.over, "weeks": v.judged, "no_data_weeks": v.gaps,
                       "withheld_weeks": v.withheld, "holiday_terms": v.holidays,
                       "alpha": settings["alpha"], "false_discovery": settings["false_discovery"]},
            "pinned": self.manifest.envelope(),
        }


def warned(
    on: date, *, known_at: datetime | None, units: Collection[str] | None = None, judged_weeks: int | None = None,
) -> Warned:
    """Every rule of `warnings.toml` as of a day. Weeks count when they are over by that day. Errors: `DATE-RANGE`."""
    near_day(on, "on")
    manifest, known = events.manifest(DATASET, known_at=known_at), events.span(DATASET, known_at=known_at)
    if known is None:
        return Warned(on, [], rules.volume([], [], []), manifest)
    found = _volume(min(on, known[1] + timedelta(days=366)), known[0], known_at, units, judged_weeks)
    alarms = [replace(a, sample=_sample(a, known_at)) for a in found.alarms]
    span = {"first": on - timedelta(days=rules.WARNINGS["span"]["days"]), "last": on}
    alarms += _false(on, known_at, units)
    for rule, name in NAMED.items():
        given = {k: rules.WARNINGS[rule][k] for k in ("times", "days") if k in rules.WARNINGS[rule]}
        rows = events.run(name, {**span, **given}, known_at=known_at, units=units).frame.to_dicts()
        alarms += rules.listed(rule, rows)
    alarms += checked(on, known_at=known_at, units=units).alarms
    order = {"red": 0, "orange": 1, "yellow": 2}
    return Warned(on, sorted(alarms, key=lambda a: (order[a.level], a.rule, a.unit, a.subject, a.period)), found, manifest)


def _volume(on: date, first: date, known_at: datetime | None, units: Collection[str] | None, judged_weeks: int | None) -> rules.Volume:
    """Whole weeks from the first delivered one to the last that ended by the day."""
    weeks = weeks_until(first, on)
    if not weeks:
        return rules.volume([], [], [])
    rows, gaps = counted(weeks, known_at, units)
    settings = rules.WARNINGS["volume"]
    return rules.volume(rows, weeks, gaps, settings | ({"judged_weeks": judged_weeks} if judged_weeks else {}),
                        exposure=exposure(weeks, known_at))


def weeks_until(first: date, on: date) -> list[date]:
    """The Mondays of the whole weeks from `first` on that ended by the day."""
    start = first + (-first.weekday() % 7) * timedelta(days=1)
    return [start + n * WEEK for n in range(max(0, ((on - start).days + 1) // 7))]


def counted(weeks: list[date], known_at: datetime | None, units: Collection[str] | None) -> tuple[list[dict[str, Any]], list[date]]:
    """Tickets per unit, topic and week, and the weeks that were not delivered whole."""
    end = weeks[-1] + WEEK - timedelta(days=1)
    lacking = events.missing_days(DATASET, weeks[0], end, known_at=known_at)
    rows = events.run("d13_weekly", {"first": weeks[0], "last": end}, known_at=known_at, units=units).frame.to_dicts()
    return rows, sorted({day - timedelta(days=day.weekday()) for day in lacking})


def exposure(weeks: list[date], known_at: datetime | None) -> Any:
    """Weeks weighed by their working days, from the whole city's tickets by day."""
    given = {"first": weeks[0], "last": weeks[-1] + WEEK - timedelta(days=1)}
    found = {row["day"]: row["n"] for row in events.ask(DAILY, given, dataset=DATASET, known_at=known_at).to_dicts()}
    delivered = events.coverage(DATASET, known_at=known_at)
    return rules.weighed(weeks, {day: found.get(day, 0) for day in delivered if given["first"] <= day <= given["last"]}, BUNDLED)


def _sample(alarm: rules.Alarm, known_at: datetime | None) -> tuple[str, ...]:
    week = date.fromisoformat(alarm.period)
    given = {"unit": alarm.unit, "topic": alarm.subject, "first": week, "last": week + WEEK - timedelta(days=1)}
    found = events.ask(SAMPLED, given, dataset=DATASET, known_at=known_at)
    return tuple(found["ticket"].to_list())


def _false(on: date, known_at: datetime | None, units: Collection[str] | None) -> list[rules.Alarm]:
    """The last whole months before the day."""
    first, last = months_before(on, rules.WARNINGS["false_closure"]["months"])
    rows = events.run("d13_false", {"first": first, "last": last}, known_at=known_at, units=units).frame.to_dicts()
    return rules.false_closures(rows, f"{first:%Y-%m}/{last:%Y-%m}")
