"""The checks on what units report, over the tickets known at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from ximu.ideas.events import queries as events
from ximu.kernel.given import near_day
from ximu.notice.domains.d13_hotline import rules
from ximu.notice.domains.d13_hotline.queries.rates import DATASET, unit_name

MOVED = """
WITH told AS (
  SELECT ticket, unit, called_on, contact_by, due_on, contacted_on, closed_on, _known,
    row_number() OVER (PARTITION BY ticket ORDER BY _known, _row) AS nth,
    row_number() OVER (PARTITION BY ticket ORDER BY _known DESC, _row DESC) AS back
  FROM hotline
  WHERE called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报') AND enforcement IS NOT TRUE
),
pairs AS (
  SELECT a.ticket, b.unit, b.called_on, a.due_on AS old_due, b.due_on AS new_due, a.contact_by, a.closed_on AS old_closed,
    b.closed_on AS new_closed, a.contacted_on AS old_contact, b.contacted_on AS new_contact,
    CAST(a._known AS DATE) AS first_known, CAST(b._known AS DATE) AS changed_on
  FROM told a JOIN told b ON a.ticket = b.ticket AND a.nth = 1 AND b.back = 1 AND b.nth > 1
)
SELECT 'on_time' AS what, ticket, unit, called_on, old_due AS due, old_closed AS before, new_closed AS after, changed_on
FROM pairs
WHERE changed_on > old_due AND new_closed <= old_due
  AND (old_closed > old_due OR (old_closed IS NULL AND first_known > old_due + 2))
UNION ALL
SELECT 'contacted' AS what, ticket, unit, called_on, contact_by AS due, old_contact AS before, new_contact AS after, changed_on
FROM pairs
WHERE changed_on > contact_by AND new_contact <= contact_by
  AND (old_contact > contact_by OR (old_contact IS NULL AND first_known > contact_by + 2))
UNION ALL
SELECT 'extended' AS what, ticket, unit, called_on, old_due AS due, old_due AS before, new_due AS after, changed_on
FROM pairs
WHERE changed_on > old_due AND new_due > old_due AND new_closed > old_due AND new_closed <= new_due
ORDER BY called_on, ticket, what
"""
"""First against last version. Tickets of a day may come two days later: until then an open one is not late."""
ALIKE, INTERVALS = "d13_alike", "d13_intervals"
CHECKED = ("heaped", "massed", "alike", "moved")


@dataclass(frozen=True, slots=True)
class Checked:
    """`asked` every unit and check with its result; `alarms` the doubts that stand."""

    first: date
    last: date
    asked: list[rules.Asked]
    alarms: list[rules.Alarm]
    missing: list[date]
    manifest: events.Manifest

    def envelope(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last, "missing_days": self.missing, "pinned": self.manifest.envelope(),
                "checks": [{**one.plain(), "unit_name": unit_name(one.unit, self.last)} for one in self.asked],
                "doubts": [{**one.envelope(), "unit_name": unit_name(one.unit, self.last)} for one in self.alarms]}


def checked(on: date, *, known_at: datetime | None, units: Collection[str] | None = None) -> Checked:
    """Intervals and days of the last whole months before a day; single tickets of the span in which the other rules look back.

    All units are judged together and then shown as far as one may see. What was found stays for as long as the store is in the same
    state. Errors: `DATE-RANGE`.
    """
    first, last = months_before(near_day(on, "on"), rules.WARNINGS["heaped"]["months"])
    asked, stand = _judged(first, last, events.manifest(DATASET, known_at=known_at))
    seen = [one for one in asked if units is None or one.unit in units]
    span = (on - timedelta(days=rules.WARNINGS["span"]["days"]), on)
    alarms = [one for one in stand if units is None or one.unit in units] + list(single("alike", span, known_at, units)) + list(
        single("moved", span, known_at, units))
    return Checked(first, last, seen, alarms, events.missing_days(DATASET, first, last, known_at=known_at),
                   events.manifest(DATASET, known_at=known_at))


def single(
    rule: str, span: tuple[date, date], known_at: datetime | None, units: Collection[str] | None = None,
) -> Iterator[rules.Alarm]:
    """Alarms of the rules that name single tickets."""
    of = events.definition(ALIKE).dataset if rule == "alike" else DATASET
    yield from _single(rule, span, events.manifest(of, known_at=known_at), None if units is None else frozenset(units))


@lru_cache(maxsize=64)
def _single(rule: str, span: tuple[date, date], state: events.Manifest, units: frozenset[str] | None) -> tuple[rules.Alarm, ...]:
    """The manifest pins the parts of the store: as long as nothing new came in, the answer is the same."""
    text = events.definition(ALIKE).sql if rule == "alike" else MOVED
    rows = events.ask(text, {"first": span[0], "last": span[1]}, dataset=state.dataset, known_at=None, units=units, manifest=state,
                      every=rule == "moved").to_dicts()
    if rule == "alike":
        return tuple(map(rules.alike, rows))
    first_of = {row["ticket"]: row for row in reversed(rows)}
    return tuple(rules.moved(row) for row in rows if first_of[row["ticket"]] is row)


@lru_cache(maxsize=16)
def _judged(first: date, last: date, state: events.Manifest) -> tuple[list[rules.Asked], list[rules.Alarm]]:
    """Every unit and check of a span, and the doubts that stand among all of them; nobody changes these lists."""
    text = events.definition(INTERVALS).sql
    rows = events.ask(text, {"first": first, "last": last}, dataset=state.dataset, known_at=None, manifest=state)
    asked = rules.examined(rows.iter_rows(named=True))
    return asked, rules.doubted(asked, f"{first:%Y-%m}/{last:%Y-%m}")


def rung_by_months(starts: list[date], known_at: datetime | None) -> Iterator[tuple[str, list[rules.Asked], list[rules.Alarm]]]:
    """(period, what was judged, what rang) of each span of whole months in the history."""
    length = rules.WARNINGS["heaped"]["months"]
    for at in range(len(starts) - length + 1):
        end = (starts[at + length - 1] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        period = f"{starts[at]:%Y-%m}/{end:%Y-%m}"
        asked = _asked(starts[at], end, known_at)
        yield period, asked, rules.doubted(asked, period)


def _asked(first: date, last: date, known_at: datetime | None) -> list[rules.Asked]:
    return rules.examined(events.run(INTERVALS, {"first": first, "last": last}, known_at=known_at).frame.iter_rows(named=True))


def months_before(on: date, n: int) -> tuple[date, date]:
    """First and last day of the `n` whole months before a day."""
    last = on.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    for _ in range(n - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, last
