"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. Inside the caller's transaction."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Model

from ximu.ideas.ledger.rules import moment


def insert(model: type[Model], frame: pl.DataFrame) -> None:
    """Append the frame's rows; its columns bear the names of the table's columns, `salt` is Binary."""
    if frame.is_empty():
        return
    names = ", ".join(connection.ops.quote_name(name) for name in frame.columns)
    table = connection.ops.quote_name(model._meta.db_table)
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            _copy(f"COPY {table} ({names}) FROM STDIN", frame)
        else:
            marks = ", ".join("?" * frame.width)
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names of our own columns
            connection.connection.executemany(statement, _sqlite(frame).iter_rows())


def _copy(statement: str, frame: pl.DataFrame) -> None:
    """COPY's text format costs the server a third less than its CSV: no quotation marks to look for."""
    out = io.BytesIO()
    frame.select(_text(frame[name]) for name in frame.columns).write_csv(
        out, include_header=False, separator="\t", quote_style="never", null_value="\\N",
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        copy.write(out.getbuffer())


def _text(column: pl.Series) -> pl.Expr:
    """Backslash, tab and line ends as COPY escapes them; bytes in hexadecimal."""
    told = pl.col(column.name)
    if column.dtype == pl.Binary:
        return pl.concat_str(pl.lit("\\\\x"), told.bin.encode("hex")).alias(column.name)
    if column.dtype != pl.String or not column.str.contains(r"[\\\t\r\n]").any():
        return told
    for mark, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\r", "\\r"), ("\n", "\\n")):
        told = told.str.replace_all(mark, escaped, literal=True)
    return told


def _sqlite(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"))


def stamp(at: datetime) -> str:
    """A moment as this database keeps it, for a text column of a frame."""
    return moment(at) if connection.vendor == "postgresql" else str(connection.ops.adapt_datetimefield_value(at))


def rows_by_keys(columns: Sequence[str], table: str, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows whose `key` is among the given hexadecimal keys, in one statement."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    among = "key = ANY(%s::uuid[])" if connection.vendor == "postgresql" else "key IN (SELECT value FROM json_each(%s))"
    given = "{" + ",".join(keys) + "}" if connection.vendor == "postgresql" else "[" + ",".join(f'"{key}"' for key in keys) + "]"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)} WHERE {among}", [given])  # noqa: S608
        return cursor.fetchall()
