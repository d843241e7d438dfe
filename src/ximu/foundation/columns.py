"""Who opens DuckDB? Only this module: a connection per call, memory bounded, nothing reachable but one folder.

The shared module-level connection does not hold with many threads; connections of one's own do. A database costs 22 ms to open, a further
connection to one that is open 0.4 ms: the databases of the folders asked last stay open, each call has a connection of its own.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
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
MOST_OPEN = 16
"""Folders whose database stays open, some 4 MB each."""
EMPTY: Mapping[str, Any] = {}


def quoted(text: str | Path) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


class _Kept:
    """The open databases of a process: locked, each for one folder. They hold no row between two calls."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[Path, str], duckdb.DuckDBPyConnection] = OrderedDict()
        self._lock = Lock()

    def connection(self, folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
        """What another thread still asks of a database that leaves the memory is answered: its connection holds it."""
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            key = (folder, memory)
            if key not in self._open:
                self._open[key] = _locked(folder, memory)
                while len(self._open) > MOST_OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return self._open[key].cursor()


def _locked(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(":memory:", config={"memory_limit": memory, "preserve_insertion_order": "false"})
    db.execute(f"SET temp_directory={quoted(folder / '.spill')}")
    db.execute(f"SET allowed_directories=[{quoted(f'{folder}/')}]")
    db.execute("SET enable_external_file_cache=false")
    db.execute("SET enable_external_access=false")
    db.execute("SET lock_configuration=true")
    return db


_kept = [_Kept()]
os.register_at_fork(after_in_child=lambda: _kept.append(_Kept()))
"""A child of a fork opens its own: the threads of its parent's databases do not live in it, and those are never closed there."""


@contextmanager
def opened(folder: Path, *, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an in-memory database that may read files under `folder` only, and whose settings are locked. Temporary views and
    registered frames are this connection's own and go with it."""
    with _kept[-1].connection(folder, memory) as db:
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
