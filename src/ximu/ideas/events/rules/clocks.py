"""Which rows count at a time? Those of the parts known by then, less the rows that corrections known by then replaced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from ximu.ideas.events.rules.dataset import TYPES, Dataset

ROW, KNOWN = "_row", "_known"
"""`_row` numbers the rows of a dataset over all its parts; `_known` is when its batch was recorded (UTC)."""


def columns_sql(dataset: Dataset) -> str:
    return ", ".join([c.name for c in dataset.plain] + [ROW, KNOWN])


def relation(
    dataset: Dataset, parts: Sequence[str], gone: Sequence[str], *, as_of: date | None = None,
    units: Collection[str] | None = None, tables: tuple[str, str] | None = None,
) -> str:
    """A SELECT over Parquet files; personal columns are in none of them.

    `gone` are files of row numbers replaced by corrections; `as_of` keeps events of that day or before; `units` keeps
    the rows of these units only. With `tables` the parts and the replaced numbers are read from these two names (Spark
    opens files itself).
    """
    held, replaced = tables or (f"read_parquet({_listed(parts)})", f"read_parquet({_listed(gone)})")
    if not parts:
        typed = [f"CAST(NULL AS {TYPES[c.type][1]}) AS {c.name}" for c in dataset.plain]
        return f"SELECT {', '.join(typed)}, CAST(NULL AS BIGINT) AS {ROW}, CAST(NULL AS TIMESTAMP) AS {KNOWN} WHERE 1 = 0"
    where = []
    if gone:
        where.append(f"{ROW} NOT IN (SELECT {ROW} FROM {replaced})")  # noqa: S608
    if as_of is not None:
        where.append(f"CAST({dataset.time} AS DATE) <= DATE '{as_of.isoformat()}'")
    if units is not None:
        named = ", ".join(_text(u) for u in sorted(units))
        where.append(f"{dataset.unit} IN ({named})" if units else "1 = 0")
    sql = f"SELECT {columns_sql(dataset)} FROM {held}"  # noqa: S608  names of a checked schema
    return f"{sql} WHERE {' AND '.join(where)}" if where else sql


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(_text(p) for p in paths) + "]"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
