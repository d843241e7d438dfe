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
def _asked(tables: frozenset[str]) -> str:
    """One question to tables: which of them hold anything?"""
    return " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(one)})" for one in sorted(tables))


@cache
def _tables(vendor: str, name: str) -> frozenset[str]:
    return frozenset(one for one in connection.introspection.table_names() if not one.startswith(SEARCH))


TOUCHED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_stat_get_xact_tuples_inserted(oid) > 0"


def filled() -> frozenset[str]:
    """The tables that hold anything. PostgreSQL takes longer to plan a question to all of them than a test takes: a test that is one
    transaction asks the tables into which that put rows."""
    tables = _tables(connection.vendor, str(connection.settings_dict["NAME"]))
    outer = connection.atomic_blocks[0] if connection.atomic_blocks else None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and getattr(outer, "_from_testcase", False):
            cursor.execute(TOUCHED)
            tables = frozenset(table for (table,) in cursor.fetchall()) & tables | MIGRATED
        cursor.execute(_asked(tables))
        return frozenset(table for (table,) in cursor.fetchall())


@cache
def _sequences(database: str, table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_sequences(cursor, table)
    return [(one["name"], connection.ops.quote_name(one["column"])) for one in found]


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
        cursor.execute("SET LOCAL session_replication_role = replica")  # these rows have been checked once; the test's own are checked at its end
        for table, held in rows.items():
            named = connection.ops.quote_name(table)
            with cursor.cursor.copy(f"COPY {named} FROM STDIN") as copy:
                copy.write(held)
            for name, column in _sequences(str(connection.settings_dict["NAME"]), table):  # never back: a test may not be given a number twice
                cursor.execute(f"SELECT setval(%s, greatest((SELECT max({column}) FROM {named}), (SELECT last_value FROM {name})))", [name])
        cursor.execute("SET LOCAL session_replication_role = origin")
