"""Where a promise says `events:DEFINITION/COLUMN`, its progress is read from event data by unit and month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from ximu.ideas.areas import queries as areas
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.commitments.services import Reading, unreadable
from ximu.ideas.events import queries as events
from ximu.ideas.events.services import register_loader
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d08_environment import queries as environment
from ximu.notice.domains.d08_environment.services import load_air

SCHEME = "events"
GIVEN = ("first", "last", "judged_on")
"""Parameters that are filled in: the first and the last day of the period, and the day of judging."""
ROW = "by unit and month; parameters: first, last, judged_on"


def must_know(name: str) -> None:
    """Errors: `PROM-SERIES`."""
    definition, _, column = name.partition("/")
    try:
        found = events.definition(definition)
    except Refusal as refusal:
        raise unreadable(f"{SCHEME}:{name}", ROW) from refusal
    if any(not p.optional and p.name not in GIVEN for p in found.parameters):
        raise unreadable(f"{SCHEME}:{name}", ROW)
    day = date(2018, 1, 1)
    columns = events.run(definition, dict.fromkeys(_names(definition), day), known_at=None).frame.columns
    if not {"unit", "month", column} <= set(columns):
        raise unreadable(f"{SCHEME}:{name}", " ".join(columns))


def _names(definition: str) -> list[str]:
    return [p.name for p in events.definition(definition).parameters if p.name in GIVEN]


def read(name: str, unit: str, first: date, last: date, known_at: datetime) -> Iterator[Reading]:
    """The unit's value of each month that is over, on the last day of that month; a month with days that nobody delivered has none
    (`Reading.value` is None, which takes back what was read before)."""
    definition, _, column = name.partition("/")
    begins = first.replace(day=1)
    values = {"first": begins, "last": last, "judged_on": last}
    frame = events.run(definition, {one: values[one] for one in _names(definition)}, known_at=known_at, units=[unit]).frame
    for row in frame.filter(frame["unit"] == unit).iter_rows(named=True):
        month: date = row["month"]
        ends = month.replace(day=monthrange(month.year, month.month)[1])
        if ends <= last:
            there = row[column] is not None and not row.get("missing_days")
            yield Reading(ends, round(Decimal(str(row[column])), 4) if there else None)


def environment_figures(code: str, asked: Asked) -> dict[str, Value]:
    """Source `environment:D08-1` … of methods that were adopted before `area:D08-1`."""
    return areas.measured(code, asked)


def connect_environment() -> None:
    """Monthly values of stations come in; the area's figures go into its credit evaluation."""
    register_loader(environment.DATASET, load_air)
    assessment.register_source("environment", environment_figures)
