"""Can these figures be true? What is asked of each committed delivery by itself; the answer is kept with it and refuses nothing.

The checks are the warning room's, given in `config/wiring.py`; without them nothing is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.intake import queries

NUMBERS = frozenset({"number", "integer"})
MOST_ROWS = 200_000
Numbers = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """`figures` column → (kind, values by line); `alike` the contents without their key; `sums` total → (totals, rows of parts)."""

    figures: dict[str, tuple[str, Numbers]] = field(default_factory=dict)
    alike: list[Hashable] = field(default_factory=list)
    sums: dict[str, tuple[Numbers, Sequence[Numbers]]] = field(default_factory=dict)
    corrected: int = 0
    overdue: dict[str, date] = field(default_factory=dict)


_examiner: list[Callable[[Figures], list[dict[str, Any]]]] = []


def register_examiner(examine: Callable[[Figures], list[dict[str, Any]]]) -> None:
    """Called by `config/wiring.py` only."""
    _examiner[:] = [examine]


def examined(folder: Path, schema: Mapping[str, Any], *, corrected: int, months: Mapping[str, int], today: date) -> list[dict[str, Any]]:
    """Findings about the admitted rows of an item that has figures; at most the first 200,000 rows are looked at."""
    named = {one["name"]: one for one in schema.get("fields", []) if one["type"] in NUMBERS}
    if not named or not _examiner:
        return []
    rows = _rows(folder)
    keys = schema.get("primaryKey") or []
    key = {keys} if isinstance(keys, str) else set(keys)
    columns = {name: [_number(row.get(name)) for row in rows] for name in named}
    sums = {one["total"]: (columns[one["total"]], list(zip(*(columns[part] for part in one["parts"]), strict=True)))
            for one in schema.get("ximu:sums", [])}
    overdue = {month: due for month in months if (due := queries.due_day(month)) < today}
    return _examiner[0](Figures(
        {name: (str(named[name].get("ximu:kind", "")), values) for name, values in columns.items()},
        [_content(row, key) if any(columns[name][at] is not None for name in named) else at for at, row in enumerate(rows)],
        sums, corrected, overdue))


def _content(row: Mapping[str, Any], key: set[str]) -> Hashable:
    """A row without its key; rows without a figure are left out of the comparison, since set phrases repeat honestly."""
    return tuple(sorted((name, str(value)) for name, value in row.items() if name not in key))


def _rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("ready-*.arrow")):
        found += [json.loads(text) for text in pl.read_ipc(path)["payload"].to_list()[: MOST_ROWS - len(found)]]
    return found


def _number(value: Any) -> Decimal | None:
    try:
        made = Decimal(str(value)) if value not in (None, "") and not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    return made if made is not None and made.is_finite() else None
