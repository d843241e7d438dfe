"""For all tests: which ones need a database, and how hard to try."""

from __future__ import annotations

import gc
import os

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from ximu.foundation.tests.loaded import MIGRATED, filled

settings.register_profile(
    "default", deadline=None, max_examples=int(os.environ.get("XIMU_EXAMPLES", "40")), derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("default")
gc.set_threshold(100_000, 50, 1000)
"""A fifth of the time of the tests went into looking through the whole house for circles, again and again."""


_close = ThreadedWSGIServer._close_connections


def _close_own(self: ThreadedWSGIServer) -> None:
    """A browser lets go of an idle line when its test is over: the database in memory, which that test lent to the server, is not the
    server's to close, and Django's complaint would fail the run after its last test."""
    try:
        _close(self)
    except DatabaseError as error:
        if "created in a thread" not in str(error):
            raise


ThreadedWSGIServer._close_connections = _close_own

_flush = TransactionTestCase._fixture_teardown


def _emptied(self: TransactionTestCase) -> None:
    """After a test that committed only the tables that it filled are emptied: to truncate each one of the house takes PostgreSQL a second.
    Checks of keys rest meanwhile; where the database lets nobody say so, Django's own way."""
    tables = (filled() - MIGRATED) & set(connection.introspection.django_table_names())
    try:
        with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            for table in sorted(tables):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608  a name of our own
    except DatabaseError:
        _flush(self)


TransactionTestCase._fixture_teardown = _emptied

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`database` marks what must be shown on both engines; `journey` what starts a real server. The long walks come first: one that began
    last would keep a processor idle."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
    items.sort(key=lambda item: item.get_closest_marker("walk") is None)
