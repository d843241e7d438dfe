"""Can these figures be true? What is asked of each committed delivery by itself; the answer is kept with it and refuses nothing.

The checks are the warning room's, given in `config/wiring.py`; without them nothing is asked.
"""

from __future__ import annotations

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
    keys = schema.get("primaryKey") or []
    rows = _rows(folder, [one["name"] for one in schema["fields"]])
    columns = {name: [_number(value) for value in rows[name].to_list()] for name in named}
    sums = {one["total"]: (columns[one["total"]], list(zip(*(columns[part] for part in one["parts"]), strict=True)))
            for one in schema.get("ximu:sums", [])}
    overdue = {month: due for month in months if (due := queries.due_day(month)) < today}
    return _examiner[0](Figures(
        {name: (str(named[name].get("ximu:kind", "")), values) for name, values in columns.items()},
        _alike(rows, {keys} if isinstance(keys, str) else set(keys), list(named)), sums, corrected, overdue))


def _alike(rows: pl.DataFrame, key: set[str], figures: list[str]) -> list[Hashable]:
    """A row without its key, or its place where no other is like it; rows without a figure are left out of the comparison, since set
    phrases repeat honestly."""
    content = pl.struct([name for name in rows.columns if name not in key] or rows.columns).struct.json_encode()
    told = rows.select(at=pl.int_range(pl.len()), content=pl.when(pl.any_horizontal(pl.col(figures).is_not_null())).then(content))
    again = told.filter(pl.col("content").is_not_null() & pl.col("content").is_duplicated())
    alike: list[Hashable] = list(range(rows.height))
    for at, text in again.iter_rows():
        alike[at] = text
    return alike


def _rows(folder: Path, names: Sequence[str]) -> pl.DataFrame:
    """The delivered texts, empty as null."""
    shape = pl.Struct(dict.fromkeys(names, pl.String))
    parts, left = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))], MOST_ROWS
    for path in sorted(folder.glob("ready-*.arrow")):
        part = pl.read_ipc(path, columns=["payload"]).head(left).select(pl.col("payload").str.json_decode(shape)).unnest("payload")
        parts.append(part.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names))
        left -= part.height
        if not left:
            break
    return pl.concat(parts)


def _number(value: str | None) -> Decimal | None:
    try:
        made = Decimal(value) if value else None
    except InvalidOperation:
        return None
    return made if made is not None and made.is_finite() else None
