"""Where is silence in the tickets, and how often would each rule have rung in quiet times?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ximu.ideas.events import queries as events
from ximu.notice.domains.d13_hotline import rules
from ximu.notice.domains.d13_hotline.queries.delivered import rung_by_months, single
from ximu.notice.domains.d13_hotline.queries.rates import DATASET
from ximu.notice.domains.d13_hotline.queries.warned import NAMED, counted, exposure, weeks_until

MONTHS = """
SELECT unit, CAST(date_trunc('month', called_on) AS DATE) AS month FROM hotline
WHERE called_on BETWEEN $first AND $last
GROUP BY 1, 2
"""
GRACE = timedelta(days=2)
"""Tickets of a day are delivered by the end of the day after."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Each rule on the history from `first` to `last`."""

    first: date
    last: date
    manifest: str
    rung: list[rules.Rung]


def silences(today: date, *, known_at: datetime | None) -> list[rules.Quiet]:
    """Days of the last span that nobody delivered, up to the day before yesterday, and units that fell silent."""
    span = events.span(DATASET, known_at=known_at)
    if span is None:
        return []
    last = today - GRACE
    first = max(span[0], last - timedelta(days=rules.WARNINGS["span"]["days"]))
    found = rules.not_delivered(events.missing_days(DATASET, first, last, known_at=known_at) if first <= last else [])
    if weeks := weeks_until(span[0], min(last, span[1])):
        found += rules.fell_silent(*_with(weeks, known_at))
    return found


def _with(weeks: list[date], known_at: datetime | None) -> tuple[list[dict[str, object]], list[date], list[date]]:
    rows, gaps = counted(weeks, known_at, None)
    return rows, weeks, gaps


def tried(true: Collection[tuple[str, str, str, str]], *, known_at: datetime | None) -> Tried | None:
    """Every rule on all history; `true` are (rule, unit, subject, period) of alarms found true. None without data."""
    span, manifest = events.span(DATASET, known_at=known_at), events.manifest(DATASET, known_at=known_at)
    if span is None:
        return None
    weeks = weeks_until(*span)
    rung = [_volume(weeks, _of("volume", true), known_at), _false_closures(span, _of("false_closure", true), known_at)]
    months = {(row["unit"], row["month"]) for row in events.ask(
        MONTHS, {"first": span[0], "last": span[1]}, dataset=DATASET, known_at=known_at).to_dicts()}
    for rule, name in NAMED.items():
        given = {k: rules.WARNINGS[rule][k] for k in ("times", "days") if k in rules.WARNINGS[rule]}
        rows = events.run(name, {"first": span[0], "last": span[1], **given}, known_at=known_at).frame.to_dicts()
        rang = [(a.unit, a.subject, a.period) for a in rules.listed(rule, rows)]
        rung.append(rules.rung_monthly(rule, months, rang, _of(rule, true)))
    for rule in ("alike", "moved"):
        rang = [(a.unit, a.subject, a.period) for a in single(rule, span, known_at)]
        rung.append(rules.rung_monthly(rule, months, rang, _of(rule, true)))
    rung += _days(span, true, known_at)
    return Tried(span[0], span[1], manifest.digest, rung)


def _of(rule: str, true: Collection[tuple[str, str, str, str]]) -> set[tuple[str, str, str]]:
    return {(unit, subject, period) for name, unit, subject, period in true if name == rule}


def _volume(weeks: list[date], true: set[tuple[str, str, str]], known_at: datetime | None) -> rules.Rung:
    if not weeks:
        return rules.rung_volume(None, true)
    rows, gaps = counted(weeks, known_at, None)
    settings = {**rules.WARNINGS["volume"], "judged_weeks": len(weeks)}
    seen = rules.detected(rows, weeks, gaps, settings, exposure=exposure(weeks, known_at))
    return rules.rung_volume(seen, true)


def _days(span: tuple[date, date], true: Collection[tuple[str, str, str, str]], known_at: datetime | None) -> list[rules.Rung]:
    """Intervals and days: per unit, interval and span of whole months."""
    judged, rang = Counter[str](), dict[str, set[tuple[str, str, str]]](heaped=set(), massed=set())
    for _, asked, alarms in rung_by_months(_months(*span), known_at):
        judged.update(one.finding.check for one in asked if one.finding.suspicious is not None)
        for a in alarms:
            rang[a.rule].add((a.unit, a.subject, a.period))
    return [rules.Rung(rule, judged[rule] - len(told & _of(rule, true)), len(told - _of(rule, true)), 12) for rule, told in rang.items()]


def _false_closures(span: tuple[date, date], true: set[tuple[str, str, str]], known_at: datetime | None) -> rules.Rung:
    """Each span of whole months in the history."""
    months, judged, rang = _months(*span), 0, set()
    length = rules.WARNINGS["false_closure"]["months"]
    for first, last in ((months[at], months[at + length - 1]) for at in range(len(months) - length + 1)):
        end = (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        rows = events.run("d13_false", {"first": first, "last": end}, known_at=known_at).frame.to_dicts()
        judged += len(rows)
        rang |= {(a.unit, a.subject, a.period) for a in rules.false_closures(rows, f"{first:%Y-%m}/{end:%Y-%m}")}
    return rules.Rung("false_closure", judged - len(rang & true), len(rang - true), 12)


def _months(first: date, last: date) -> list[date]:
    """The first days of the whole months between."""
    found, month = [], first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while (month + timedelta(days=32)).replace(day=1) <= last + timedelta(days=1):
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found
