"""Do the debts make the totals of the year, and which findings of the year stand?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.events.rules import CITY, Figure

Row = Mapping[str, Any]
KINDS = {"一般债务": "general", "专项债务": "special", "隐性债务": "hidden"}
"""Kinds of a debt, and the column of the year that they make; a guarantee is no debt of the government."""


def apart(row: Row, debts: Iterable[Row]) -> dict[str, Decimal]:
    """Columns of the year that the unit's debts do not add up to, with the difference."""
    made = dict.fromkeys(KINDS.values(), Decimal(0))
    for debt in debts:
        if debt["unit"] == row["unit"] and debt["kind"] in KINDS:
            made[KINDS[debt["kind"]]] += debt["outstanding"]
    return {name: row[name] - total for name, total in made.items() if row[name] is not None and row[name] != total}


def findings(kinds: Sequence[str], debts: Iterable[Row], units: Iterable[str], *, year: int, as_of: date
             ) -> tuple[dict[str, Figure], dict[str, str]]:
    """Findings of the year that stand on the day, by unit and for the city; beside them the debts left out, and why."""
    counted: dict[str, list[str]] = {unit: [] for unit in units}
    left: dict[str, str] = {}
    for debt in debts:
        if debt["finding"] not in kinds or debt["found_on"] is None:
            continue
        if debt["found_on"].year != year:
            left[debt["debt"]] = "other-year"
        elif debt["withdrawn_on"] is not None and debt["withdrawn_on"] <= as_of:
            left[debt["debt"]] = "withdrawn"
        else:
            counted.setdefault(debt["unit"], []).append(debt["debt"])
    every = sorted(debt for some in counted.values() for debt in some)
    found = {unit: Figure(Decimal(len(some)), counted=tuple(sorted(some))) for unit, some in counted.items()}
    return {**found, CITY: Figure(Decimal(len(every)), counted=tuple(every))}, left
