"""The made-up city of tests is loaded once a process and copied afterwards: the same rows, by the database's own means."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from ximu.config import profiles
from ximu.kernel.actor import SYSTEM

_kept: dict[tuple[str, ...], Any] = {}
"""What a database held after a city was loaded into it, by database, home and city."""


def load(city: str, *, at: datetime, then: Callable[[], object] = lambda: None) -> None:
    """As `profiles.load` and `then`, into an empty database. Inside somebody's transaction nothing is copied.

    What `then` leaves in the database is kept with the city; a `then` is known by its name.
    """
    if connection.in_atomic_block:
        profiles.load(city, by=SYSTEM, at=at)
        then()
        return
    connection.ensure_connection()
    key = (connection.vendor, str(connection.settings_dict["NAME"]), str(settings.XIMU_HOME), city, at.isoformat(), then.__qualname__)
    if key in _kept:
        _copy_back(_kept[key])
        shutil.rmtree(Path(settings.XIMU_HOME) / "checkpoints", ignore_errors=True)  # or the log would be seen to have gone back
        return
    profiles.load(city, by=SYSTEM, at=at)
    then()
    _kept[key] = _copied()


def _copied() -> Any:
    if connection.vendor == "sqlite":
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(kept)
        return kept
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            with cursor.cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                found[table] = b"".join(bytes(block) for block in copy)
        return {table: rows for table, rows in found.items() if table != "django_migrations"}


def _copy_back(kept: Any) -> None:
    if connection.vendor == "sqlite":
        kept.backup(connection.connection)
        return
    quoted = {table: connection.ops.quote_name(table) for table in kept}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(quoted.values())}")
        for table, rows in kept.items():
            if rows:
                with cursor.cursor.copy(f"COPY {quoted[table]} FROM STDIN") as copy:
                    copy.write(rows)
        for table in kept:
            for one in connection.introspection.get_sequences(cursor, table):
                cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), greatest(1, (SELECT max({connection.ops.quote_name(one['column'])})"
                               f" FROM {quoted[table]})))", [quoted[table], one["column"]])
