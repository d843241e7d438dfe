"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Model

EPOCH = date(2000, 1, 1)
"""PostgreSQL counts days and microseconds from here."""
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
FIXED = {"bigint": ">i8", "integer": ">i4", "smallint": ">i2", "boolean": "i1"}
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one table, ready to be written."""

    columns: list[str]
    rows: memoryview | pl.DataFrame


def kinds_of(model: type[Model]) -> Mapping[str, str] | None:
    """Column → its type on PostgreSQL; None where rows need no form of their own."""
    if connection.vendor != "postgresql":
        return None
    return {str(f.column): str(f.db_type(connection)) for f in model._meta.local_fields}


def block(frame: pl.DataFrame, kinds: Mapping[str, str] | None) -> Block:
    """The frame's rows; its columns bear the names of the table's columns, `salt` is Binary. Asks no database."""
    return Block(frame.columns, _sqlite(frame)) if kinds is None else _binary(frame, kinds)


def write(model: type[Model], made: Block) -> None:
    """Append rows made by `block`."""
    names = ", ".join(connection.ops.quote_name(name) for name in made.columns)
    table = connection.ops.quote_name(model._meta.db_table)
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if isinstance(made.rows, memoryview):
            _copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)", made.rows)
        else:
            marks = ", ".join("?" * len(made.columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names of our own columns
            connection.connection.executemany(statement, made.rows.iter_rows())


def _copy(statement: str, rows: memoryview) -> None:
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        copy.write(HEAD)
        for start in range(0, len(rows), PIECE):
            copy.write(rows[start:start + PIECE])
        copy.write(END)


def _binary(frame: pl.DataFrame, kinds: Mapping[str, str]) -> Block:
    """COPY's binary format costs the server a quarter less than its text: each value behind its length, column by column into rows.

    Columns of one value come first, as one piece.
    """
    same = [name for name in frame.columns if frame[name].eq_missing(frame[name].head(1)).all()]
    columns = [*same, *(name for name in frame.columns if name not in same)]
    head, first = len(columns).to_bytes(2, "big"), frame.head(1)
    parts: list[Any] = [pa.scalar(head + b"".join(_bytes_of(first[name], kinds[name]) for name in same), pa.large_binary())]
    for name in columns[len(same):]:
        parts += _field(frame[name], kinds[name])
    if len(parts) == 1:
        return Block(columns, memoryview(parts[0].as_py() * frame.height))
    rows = pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))
    offsets = np.frombuffer(rows.buffers()[1], dtype=np.int64)[rows.offset:rows.offset + len(rows) + 1]
    return Block(columns, memoryview(rows.buffers()[2])[int(offsets[0]):int(offsets[-1])])


def _bytes_of(one: pl.Series, kind: str) -> bytes:
    """The first value, behind its length."""
    return b"".join(part[0].as_py() for part in _field(one, kind))


def _field(column: pl.Series, kind: str) -> list[Any]:
    """The values of one column, each behind its length, as one or two arrays of bytes."""
    if kind in FIXED:
        return [_fixed(column.to_numpy().astype(FIXED[kind]), column)]
    if kind == "date":
        return [_fixed(((column - EPOCH).dt.total_days().fill_null(0)).to_numpy().astype(">i4"), column)]
    if kind == "timestamp with time zone":
        return [_fixed((column.dt.epoch("us") - _microseconds(EPOCH)).to_numpy().astype(">i8"), column)]
    told = column.str.decode("hex") if kind == "uuid" else column.cast(pl.Binary)
    lengths = told.bin.size().cast(pl.Int64).fill_null(-1).to_numpy().astype(">i4")
    return [_bytes(lengths), told.fill_null(b"").rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())]


def _microseconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000_000


def _fixed(values: np.ndarray, column: pl.Series) -> Any:
    """Numbers of one size, big-endian, behind that size."""
    both = np.empty(len(values), dtype=[("size", ">i4"), ("value", values.dtype)])
    both["size"], both["value"] = values.dtype.itemsize, values
    made = _bytes(both)
    return pc.if_else(pa.array(column.is_null().to_numpy()), pa.scalar(NULL, pa.large_binary()), made) if column.null_count() else made


def _bytes(values: np.ndarray) -> Any:
    wide = pa.FixedSizeBinaryArray.from_buffers(pa.binary(values.dtype.itemsize), len(values), [None, pa.py_buffer(values.tobytes())])
    return wide.cast(pa.large_binary())


def _sqlite(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"))


def stamp(at: datetime) -> pl.Expr:
    """A moment as this database keeps it, for a column of a frame."""
    return pl.lit(at.astimezone(UTC) if connection.vendor == "postgresql" else str(connection.ops.adapt_datetimefield_value(at)))


def rows_by_keys(shape: Mapping[str, Any], table: str, keys: Sequence[str]) -> pl.DataFrame:
    """Rows whose `key` is among the given hexadecimal keys, in one statement; `shape` has the columns with their types, `key` first.

    By the index on PostgreSQL, whatever it believes: of a table that was just filled it knows nothing and would read the whole of it.
    """
    if not keys:
        return pl.DataFrame(schema=dict(shape))
    source, names = connection.ops.quote_name(table), ", ".join(connection.ops.quote_name(name) for name in list(shape)[1:])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            asked = f"SELECT encode(uuid_send(key), 'hex') AS key, {names} FROM {source} WHERE key = ANY(%s::uuid[])"  # noqa: S608
            with cursor.cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)", ["{" + ",".join(keys) + "}"]) as copy:
                told = b"".join(copy)
            cursor.execute("SET LOCAL enable_seqscan = DEFAULT")
            return _read(told, shape)
        asked = f"SELECT key, {names} FROM {source} WHERE key IN (SELECT value FROM json_each(%s))"  # noqa: S608
        cursor.execute(asked, ["[" + ",".join(f'"{key}"' for key in keys) + "]"])
        return pl.DataFrame(cursor.fetchall(), schema=dict(shape), orient="row")


def _read(told: bytes, shape: Mapping[str, Any]) -> pl.DataFrame:
    if not told:
        return pl.DataFrame(schema=dict(shape))
    texts = {name: pl.String if kind == pl.Boolean else kind for name, kind in shape.items()}
    found = pl.read_csv(told, has_header=False, schema=texts)
    return found.with_columns(pl.col(name) == "t" for name, kind in shape.items() if kind == pl.Boolean)
