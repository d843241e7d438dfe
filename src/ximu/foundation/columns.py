"""Who opens DuckDB? Only this module: a cursor per call, memory bounded, nothing reachable but one folder, nothing left behind.

A cursor of its own for each call is the way that holds with many threads; the shared module-level connection does not. The database beneath
is kept for the next call to the same folder (all event data have one): to open one costs ten times what a small question costs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ximu.kernel.lazily import Lazily

if TYPE_CHECKING:
    import duckdb
    import sqlglot
else:
    duckdb, sqlglot = Lazily("duckdb"), Lazily("sqlglot")

MEMORY = "600MB"
"""Beyond this DuckDB spills to disk, so that with what Python holds a process stays under 1 GiB."""
EMPTY: Mapping[str, Any] = {}


def quoted(text: str | Path) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


@lru_cache(maxsize=16)
def _database(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """An empty in-memory database, some 4 MB, that may read files under `folder` only, and whose settings are locked."""
    db = duckdb.connect(":memory:", config={"memory_limit": memory, "preserve_insertion_order": "false"})
    db.execute(f"SET temp_directory={quoted(folder / '.spill')}")
    db.execute(f"SET allowed_directories=[{quoted(f'{folder}/')}]")
    db.execute("SET enable_external_file_cache=false")
    db.execute("SET enable_external_access=false")
    db.execute("SET lock_configuration=true")
    return db


os.register_at_fork(before=_database.cache_clear)
"""A child has none of the threads on which a database that it inherits would wait."""


@contextmanager
def opened(folder: Path, *, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor that may read files under `folder`; its views and frames are its own, and its transaction lets nothing be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with _database(folder, memory).cursor() as db:
        db.execute("BEGIN TRANSACTION READ ONLY")
        yield db


def query(
    sql: str, params: Mapping[str, Any] = EMPTY, *, folder: Path, views: Mapping[str, str] = EMPTY,
    frames: Mapping[str, pl.DataFrame] = EMPTY,
) -> pl.DataFrame:
    """Run one SELECT with named parameters (`$first`) over views (name → SQL) and small frames (name → rows)."""
    with opened(folder) as db:
        for name, frame in frames.items():
            db.register(name, frame.to_arrow())
        for name, text in views.items():
            db.execute(f"CREATE TEMP VIEW {name} AS {text}")
        return db.sql(sql, params=dict(params) or None).pl()


def spark_sql(sql: str) -> str:
    """The same text for Apache Spark; parameters become `:first`, and a number with a point is a double there as in a DuckDB division.

    Errors: `sqlglot.errors.SqlglotError` for what Spark cannot say.
    """
    exp, tree = sqlglot.exp, sqlglot.parse_one(sql, read="duckdb")
    for one in list(tree.find_all(exp.Parameter)):
        one.replace(exp.Placeholder(this=one.name))
    for one in [node for node in tree.find_all(exp.Literal) if not node.is_string and "." in node.name]:
        one.replace(exp.cast(one.copy(), exp.DataType.Type.DOUBLE))
    return str(tree.sql(dialect="spark", pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE))
