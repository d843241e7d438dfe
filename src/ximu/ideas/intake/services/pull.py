"""Pull rows from a unit's database: one read-only SELECT over a declared table and columns, delivered like a file."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from ximu.ideas.intake.services.deliveries import Receipt, receive
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{0,62}")
BATCH = 5_000


def pull(
    url: str, *, table: str, columns: list[str], item: str, source: str, by: Actor, at: datetime,
) -> Receipt:
    """Deliver the named columns of a table. `url` is `postgresql://…` or `sqlite:///path`.

    Errors: `PULL-NAME` for a name that is no plain name, `PULL-URL`, `PULL-FAILED`.
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
            with psycopg.connect(url) as link, link.cursor(name="ximu_pull") as cursor:
                link.read_only = True
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
    """CSV in pieces, so that memory does not grow with the table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for n, row in enumerate(rows, 1):
        writer.writerow(["" if value is None else value for value in row])
        if n % BATCH == 0:
            yield out.getvalue().encode("utf-8", "replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "replace")
