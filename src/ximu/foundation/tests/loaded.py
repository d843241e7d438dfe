"""What many tests load through the services is loaded once a process; the later ones get the same rows by the database's own means."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction

T = TypeVar("T")
Rows = dict[str, Any]
MIGRATED = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""What is filled in a database that holds nothing yet."""
SEARCH = "disclosure_found"
"""SQLite's own tables of the public search, which cannot be copied row by row."""
_kept: dict[tuple[Hashable, ...], tuple[Any, Rows, TemporaryDirectory[str] | None]] = {}


def loaded(name: str, load: Callable[[], T], *, home: bool = False) -> T:
    """The answer of `load()`, and its rows; with `home` its files too: an empty home gets copies, any other is its own case.

    Only into an empty database are rows copied; whoever calls two things by one name gets the first. Without `home` nothing that is kept may
    need a key or a file of it.
    """
    place = Path(settings.XIMU_HOME)
    fresh = home and not (place.exists() and any(place.iterdir()))
    if filled() != MIGRATED:
        return load()
    whose = str(place) if home and not fresh else ""
    key = (connection.vendor, str(connection.settings_dict["NAME"]), str(settings.XIMU_PROFILE), name, fresh, whose)
    if key in _kept:
        answer, rows, files = _kept[key]
        with transaction.atomic():
            _bring(rows)
        if files:
            shutil.copytree(files.name, place, dirs_exist_ok=True)
        else:
            shutil.rmtree(place / "checkpoints", ignore_errors=True)  # or the log would be seen to have forked
        return answer  # type: ignore[no-any-return]
    answer = load()
    new = filled() - MIGRATED
    if "disclosure_publication" not in new:
        files = TemporaryDirectory() if fresh else None
        if files and place.exists():
            shutil.copytree(place, files.name, dirs_exist_ok=True)
        _kept[key] = answer, {table: _copied(table) for table in sorted(new)}, files
    return answer


@cache
def _asked(vendor: str, name: str) -> str:
    """One question to all tables: which of them hold anything?"""
    tables = [one for one in connection.introspection.table_names() if not one.startswith(SEARCH)]
    return " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(one)})" for one in tables)


def filled() -> frozenset[str]:
    how = {"prepare": True} if connection.vendor == "postgresql" else {}  # to plan it takes longer than to answer it
    with connection.cursor() as cursor:
        cursor.cursor.execute(_asked(connection.vendor, str(connection.settings_dict["NAME"])), **how)
        return frozenset(table for (table,) in cursor.fetchall())


def _copied(table: str) -> Any:
    named = connection.ops.quote_name(table)
    if connection.vendor == "sqlite":
        return connection.connection.execute(f"SELECT * FROM {named}").fetchall()
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {named} TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)


def _bring(rows: Rows) -> None:
    if connection.vendor == "sqlite":
        for table, held in rows.items():
            places = ",".join("?" * len(held[0]))
            connection.connection.executemany(f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({places})", held)
        return
    with connection.cursor() as cursor:
        for table, held in rows.items():
            named = connection.ops.quote_name(table)
            with cursor.cursor.copy(f"COPY {named} FROM STDIN") as copy:
                copy.write(held)
            for one in connection.introspection.get_sequences(cursor, table):  # never back: a test may not be given a number twice
                column = connection.ops.quote_name(one["column"])
                cursor.execute(f"SELECT setval(%s, greatest((SELECT max({column}) FROM {named}), (SELECT last_value FROM {one['name']})))", [one["name"]])
