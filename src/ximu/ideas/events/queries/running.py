"""Run a definition: the one text, over what was known at a time, by whom it may be seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from ximu.foundation import columns, spark
from ximu.ideas.events.queries import store
from ximu.ideas.events.rules import Definition, bound, columns_sql, relation
from ximu.ideas.events.rules.clocks import KNOWN
from ximu.kernel.refusal import Refusal

EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Ran:
    """Rows with what made them: the text, the values, the manifest. Same three, same rows."""

    definition: Definition
    params: dict[str, Any]
    manifest: store.Manifest
    frame: pl.DataFrame

    def envelope(self) -> dict[str, Any]:
        plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in self.params.items()}
        return {**self.definition.envelope(), "params": plain, "pinned": self.manifest.envelope(), "rows": self.frame.to_dicts()}


def views_of(
    name: str, manifest: store.Manifest, *, as_of: date | None = None, units: Collection[str] | None = None,
) -> dict[str, str]:
    return {name: relation(store.dataset(name), manifest.parts, manifest.gone, as_of=as_of, units=units)}


def ask(
    sql: str, params: Mapping[str, Any], *, dataset: str, known_at: datetime | None, as_of: date | None = None,
    units: Collection[str] | None = None, manifest: store.Manifest | None = None, every: bool = False,
) -> pl.DataFrame:
    """A SELECT of our own over the views `<dataset>` and `<dataset>_days` (the days delivered).

    `every`: also the rows that corrections replaced, to tell when something was first known (`_known`).
    """
    manifest = manifest or store.manifest(dataset, known_at=known_at)
    manifest = replace(manifest, gone=()) if every else manifest
    days, views, frames = f"{dataset}_days", views_of(dataset, manifest, as_of=as_of, units=units), dict[str, pl.DataFrame]()
    if days in sql:
        frames[days] = pl.DataFrame({"day": sorted(store.coverage(dataset, known_at=known_at))}, schema={"day": pl.Date})
    return columns.query(sql, params, folder=store.root(), views=views, frames=frames)


def present(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows now in the store that have a key of the frame: the frame is the small side of the join."""
    one = store.dataset(name)
    return columns.query(
        f"SELECT {columns_sql(one)} FROM {name} SEMI JOIN incoming USING ({', '.join(one.key)})",  # noqa: S608  names of a checked schema
        folder=store.root(), frames={"incoming": frame.select(one.key)}, views=views_of(name, store.manifest(name)),
    )


def run(
    name: str, params: Mapping[str, Any] = EMPTY, *, known_at: datetime | None, as_of: date | None = None,
    units: Collection[str] | None = None,
) -> Ran:
    """`units` None means the whole city, else rows of these units only. Errors: `EVT-DEF`, `EVT-PARAM`."""
    definition = store.definition(name)
    values = bound(definition, params)
    manifest = store.manifest(definition.dataset, known_at=known_at)
    frame = ask(
        definition.sql, values, dataset=definition.dataset, known_at=known_at, as_of=as_of, units=units, manifest=manifest,
    )
    return Ran(definition, values, manifest, frame)


def run_on_spark(
    name: str, params: Mapping[str, Any] = EMPTY, *, known_at: datetime | None, as_of: date | None = None,
    units: Collection[str] | None = None,
) -> Ran:
    """The same text, the same parts, on Apache Spark. Errors: `SPARK-NONE`, `EVT-DEF`, `EVT-PARAM`."""
    definition = store.definition(name)
    values, of = bound(definition, params), definition.dataset
    manifest = store.manifest(of, known_at=known_at)
    held, replaced = f"{of}_parts", f"{of}_replaced"
    text = relation(store.dataset(of), manifest.parts, manifest.gone, as_of=as_of, units=units, tables=(held, replaced))
    days = pl.DataFrame({"day": sorted(store.coverage(of, known_at=known_at))}, schema={"day": pl.Date})
    frame = spark.query(definition.sql, values, files={held: manifest.parts, replaced: manifest.gone}, views={of: text},
                        frames={f"{of}_days": days})
    return Ran(definition, values, manifest, frame)


def spark_text(name: str) -> str:
    """The definition as Apache Spark reads it; parameters are named `:first`."""
    return columns.spark_sql(store.definition(name).sql)


def exact(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, numbers as they were delivered: a double keeps fifteen digits, and so does its shortest decimal."""
    return [{name: _number(value) if isinstance(value, float) else value for name, value in row.items()}
            for row in frame.iter_rows(named=True)]


def _number(value: float) -> Decimal:
    return Decimal(int(value)) if value.is_integer() else Decimal(repr(value))


def owners(name: str, *, known_at: datetime | None) -> dict[Any, str | None]:
    """First column of the key → unit, of each row on record: whose number is it already? Errors: `EVT-SET`."""
    of = store.dataset(name)
    if not (manifest := store.manifest(name, known_at=known_at)).parts:
        return {}
    return dict(ask(f"SELECT {of.key[0]}, {of.unit} FROM {name}", {}, dataset=name, known_at=known_at, manifest=manifest).iter_rows())  # noqa: S608


def rows_of(name: str, *, known_at: datetime | None, as_of: date | None = None, units: Collection[str] | None = None,
            every: bool = False, **equal: Any) -> list[dict[str, Any]]:
    """The rows whose columns have these values, by key and then by when they were learned of. Errors: `EVT-SET`, `EVT-PARAM`.

    `every`: all versions on both clocks, the replaced ones too; `_known` is when.
    """
    one = store.dataset(name)
    if strange := set(equal) - {c.name for c in one.plain}:
        raise Refusal("EVT-PARAM", field=min(strange), value="", rule=" ".join(c.name for c in one.plain), zh="数据集没有这一列。",
                      en="The dataset has no such column.")
    if not (manifest := store.manifest(name, known_at=known_at)).parts:
        return []
    where = " AND ".join(f"{column} = ${column}" for column in equal) or "TRUE"
    sql = f"SELECT * EXCLUDE (_row) FROM {name} WHERE {where} ORDER BY {', '.join(one.key)}, _row"  # noqa: S608  names of a checked schema
    found = ask(sql, equal, dataset=name, known_at=known_at, as_of=as_of, units=units, manifest=manifest, every=every)
    return exact(found.with_columns(pl.col(KNOWN).dt.replace_time_zone("UTC")))


def versions(name: str, *, known_at: datetime | None, **equal: Any) -> list[dict[str, Any]]:
    """Every version of one key, earliest first, each with the columns in which it differs from the one before. Errors: as `rows_of`."""
    found, before = [], dict[str, Any]()
    for row in sorted(rows_of(name, known_at=known_at, every=True, **equal), key=lambda one: one[KNOWN]):
        changed = [(column, before[column], row[column]) for column in row if before and column[0] != "_" and before[column] != row[column]]
        found.append({"row": row, "known": row[KNOWN], "changed": changed})
        before = row
    return found


MOST_VALUES = 500


def rows_with(name: str, column: str, values: Collection[str], *, known_at: datetime | None = None) -> list[dict[str, Any]]:
    """The rows whose column has one of these values, by key. Errors: `EVT-SET`, `EVT-PARAM`."""
    one, listed, found = store.dataset(name), sorted(set(values)), list[dict[str, Any]]()
    if column not in {c.name for c in one.plain}:
        raise Refusal("EVT-PARAM", field=column, value="", rule=" ".join(c.name for c in one.plain), zh="数据集没有这一列。",
                      en="The dataset has no such column.")
    manifest = store.manifest(name, known_at=known_at)
    for first in range(0, len(listed) if manifest.parts else 0, MOST_VALUES):
        some = {f"v{n}": value for n, value in enumerate(listed[first:first + MOST_VALUES])}
        wanted = ", ".join(f"${at}" for at in some)
        sql = f"SELECT * EXCLUDE (_row, _known) FROM {name} WHERE {column} IN ({wanted}) ORDER BY {', '.join(one.key)}"  # noqa: S608
        found += exact(ask(sql, some, dataset=name, known_at=known_at, manifest=manifest))
    return found
