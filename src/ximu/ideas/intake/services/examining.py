"""Can these figures be true? What is asked of each committed delivery by itself; the answer is kept with it and refuses nothing.

The checks are the warning room's, given in `config/wiring.py`; without them nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from ximu.ideas.intake import queries

NUMBERS = frozenset({"number", "integer"})
MOST_ROWS = 200_000
SLICE = 2_000
"""Rows looked at at a time: texts taken apart need many times their memory."""
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


@dataclass(frozen=True, slots=True)
class Looked:
    """What the rows hold that the checks ask for: columns of figures, and contents without their key."""

    columns: dict[str, list[Decimal | None]]
    alike: list[Hashable]


def looked_at(folder: Path, schema: Mapping[str, Any]) -> Looked | None:
    """At most the first 200,000 rows of an item that has figures. Asks no database, so that it may be done beside the admission."""
    names = [one["name"] for one in schema.get("fields", []) if one["type"] in NUMBERS]
    if not names or not _examiner:
        return None
    given = schema.get("primaryKey") or []
    key = [given] if isinstance(given, str) else list(given)
    if not {one["name"] for one in schema["fields"]} - set(key):
        key = []
    columns: dict[str, list[Decimal | None]] = {name: [] for name in names}
    contents, left = [pl.DataFrame(schema={"one": pl.UInt64, "two": pl.UInt64})], MOST_ROWS
    for path in sorted(folder.glob("ready-*.arrow")):
        texts = pl.read_ipc(path, columns=["payload"]).head(left)
        for part in texts.iter_slices(SLICE):
            rows = _figures(part["payload"], names)
            for name in names:
                columns[name] += map(_number, rows[name].to_list())
            contents.append(_contents(part["payload"], rows, key))
        left -= texts.height
        if not left:
            break
    return Looked(columns, _alike(pl.concat(contents)))


def examined(
    found: Looked | None, schema: Mapping[str, Any], *, corrected: int, months: Mapping[str, int], today: date,
) -> list[dict[str, Any]]:
    """Findings about the rows that were looked at."""
    if found is None:
        return []
    columns = found.columns
    sums: dict[str, tuple[Sequence[Decimal | None], Sequence[Sequence[Decimal | None]]]] = {
        one["total"]: (columns[one["total"]], list(zip(*(columns[part] for part in one["parts"]), strict=True)))
        for one in schema.get("ximu:sums", [])}
    overdue = {month: due for month in months if (due := queries.due_day(month)) < today}
    kinds = {one["name"]: str(one.get("ximu:kind", "")) for one in schema["fields"]}
    return _examiner[0](Figures({name: (kinds[name], values) for name, values in columns.items()}, found.alike, sums, corrected, overdue))


def _figures(texts: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The delivered texts of these columns, empty as null."""
    found = texts.str.json_decode(pl.Struct(dict.fromkeys(names, pl.String))).struct.unnest()
    return found.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)


def _contents(texts: pl.Series, figures: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """128 bits of each row without its key; null for rows without a figure, since set phrases repeat honestly.

    Payloads are flat objects without blanks (`rules.keys.payload`), in which a name stands only before its value.
    """
    for name in key:
        mark = re.escape(orjson.dumps(name).decode())
        texts = texts.str.replace(f'([{{,]){mark}:(?:null|"(?:[^"\\\\]|\\\\.)*")', "$1")
    told = figures.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return pl.DataFrame({"one": texts.hash(seed=3), "two": texts.hash(seed=5)}).select(pl.when(told).then(pl.all()))


def _alike(contents: pl.DataFrame) -> list[Hashable]:
    """What stands for the content of a row, or its place where no other is like it."""
    again = contents.with_row_index("at").filter(pl.struct("one", "two").is_duplicated() & pl.col("one").is_not_null())
    alike: list[Hashable] = list(range(contents.height))
    for at, *content in again.iter_rows():
        alike[at] = tuple(content)
    return alike


def _number(value: str | None) -> Decimal | None:
    try:
        made = Decimal(value) if value else None
    except InvalidOperation:
        return None
    return made if made is not None and made.is_finite() else None
