"""Months of an area: what the stations measured, what is missing."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ximu.foundation.parameters import value_on
from ximu.ideas.events import queries as events
from ximu.kernel.words import Text
from ximu.notice.domains.d08_environment.rules import Needed, end_of

HERE = Path(__file__).parents[1]
DATASET, DEFINITION = "air", "d08_air"
FEBRUARY = 2


@cache
def measures() -> dict[str, Text]:
    """Column of the definition → what it is called."""
    return {code: Text(one["zh"], one["en"]) for code, one in tomllib.loads((HERE / "measures.toml").read_text("utf-8")).items()}


def needed_on(month: date) -> Needed:
    name = "valid_days_february" if month.month == FEBRUARY else "valid_days"
    return Needed(value_on(HERE, name, end_of(month)), value_on(HERE, "stations_percent", end_of(month)))


def known_items(month: date) -> set[tuple[str, str, str]]:
    """(area, station, item) that the store has for the month, with or without a value."""
    found = events.ask(f"SELECT unit, station, item FROM {DATASET} WHERE measured_to = $day", {"day": end_of(month)},  # noqa: S608
                       dataset=DATASET, known_at=None)
    return set(found.iter_rows())


def months(first: date, last: date, *, known_at: datetime) -> dict[tuple[str, date], dict[str, Any]]:
    """(area, month) → the definition's columns. A month that is not there was not delivered."""
    found = events.run(DEFINITION, {"first": first, "last": last}, known_at=known_at).frame
    return {(row["unit"], row["month"]): row for row in found.iter_rows(named=True)}


def area_year(unit: str, year: int, *, until: date, known_at: datetime) -> list[dict[str, Any]]:
    """Each month of the year that is over by then, with None for what the data do not tell."""
    told = months(date(year, 1, 1), date(year, 12, 31), known_at=known_at)
    wanted = [date(year, n, 1) for n in range(1, 13) if end_of(date(year, n, 1)) <= until]
    return [told.get((unit, month)) or {"unit": unit, "month": month} for month in wanted]


def station_months(year: int, item: str, *, known_at: datetime) -> dict[tuple[str, date], dict[str, Any]]:
    """(station, month) → value, valid days and the days needed, as the file told them."""
    text = (f"SELECT DISTINCT station, measured_to, value, valid_days, needed FROM {DATASET} "  # noqa: S608  our own name
            "WHERE item = $item AND year(measured_to) = $year")
    found = events.ask(text, {"item": item, "year": year}, dataset=DATASET, known_at=known_at)
    return {(row["station"], row["measured_to"].replace(day=1)): row for row in found.iter_rows(named=True)}
