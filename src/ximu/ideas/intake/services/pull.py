"""Pull rows from a unit's database: one read-only SELECT over a declared table and columns, delivered like a file."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
from psycopg import sql

from ximu.ideas.intake.services.deliveries import Receipt, receive
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{0,62}")
BATCH = 5_000
SURE_DIGITS = 10**15
"""A larger float has lost digits; it keeps its exponent and is refused as a cell."""


def pull(
    url: str, *, table: str, columns: list[str], item: str, source: str, by: Actor, at: datetime,
) -> Receipt:
    """Deliver the named columns of a table. `url` is `postgresql://…` or `sqlite:///path`.

    Errors: `PULL-NAME` for a name that is no plain name, `PULL-URL`, `PULL-FAILED`, `PULL-VALUE` for a value that no file could hold.
    """
    for name in [table, *columns]:
        if not NAME.fullmatch(name):
            raise Refusal("PULL-NAME", field="table", value=name[:60], rule=NAME.pattern, zh=f"表名或列名“{name[:60]}”不合规。",
                          en=f"“{name[:60]}” is no plain table or column name.")
    return receive(_text(_rows(url, table, columns), columns), item=item, source=source, by=by, at=at, channel="pull")


def _rows(url: str, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    try:
        if url.startswith("sqlite:///"):
            path = Path(url.removeprefix("sqlite:///")).resolve()
            with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as link:
                listed = ", ".join(f'"{name}"' for name in columns)
                yield from link.execute(f'SELECT {listed} FROM "{table}"')  # noqa: S608  names are checked against NAME
        elif url.startswith(("postgresql://", "postgres://")):
            with psycopg.connect(url) as server, server.cursor(name="ximu_pull") as cursor:
                server.read_only = True
                cursor.itersize = BATCH
                wanted = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
                cursor.execute(sql.SQL("SELECT {} FROM {}").format(wanted, sql.Identifier(table)))
                yield from cursor
        else:
            raise Refusal("PULL-URL", field="url", rule="postgresql:// · sqlite:///", zh="只能从PostgreSQL或SQLite拉取。",
                          en="Rows can be pulled from PostgreSQL or SQLite only.")
    except (sqlite3.Error, psycopg.Error) as error:
        raise Refusal("PULL-FAILED", field="table", value=table, rule=type(error).__name__, status=502,
                      zh=f"未能读取来源库的表“{table}”，未入库任何行。",
                      en=f"The table “{table}” of the source could not be read; nothing was loaded.") from error


def _text(rows: Iterable[tuple[Any, ...]], columns: list[str]) -> Iterator[bytes]:
    """CSV in pieces, so that memory does not grow with the table. Both signs of a line's end quote a cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for n, row in enumerate(rows, 1):
        writer.writerow([_cell(value, column, n) for value, column in zip(row, columns)])
        if n % BATCH == 0:
            yield out.getvalue().encode("utf-8", "replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def _cell(value: Any, column: str, row: int) -> str:
    """As one would write it down: numbers in full, nothing for nothing. What has no usual way to be written is refused, not guessed."""
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < SURE_DIGITS:
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, str | int | float | Decimal | date | time | UUID):
        return str(value)
    raise Refusal(
        "PULL-VALUE", field=column, value=type(value).__name__, rule="text · number · date", extra={"line": row},
        zh=f"第{row}行“{column}”列的值（{type(value).__name__}）不是文字、数字或日期，未入库任何行。",
        en=f"Row {row}, column “{column}”: a value of kind {type(value).__name__} is no text, number or date; nothing was loaded.",
    )
