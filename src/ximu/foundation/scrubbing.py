"""Is what was deleted gone from the disk? The database is rewritten without its free pages and without its old log."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from ximu.foundation.models import Reply


def forget_replies(needles: Iterable[str]) -> int:
    """Kept answers to repeated requests may hold content; those that do go at once instead of after a day."""
    wanted = [needle.encode() for needle in needles if needle]
    hit = [pk for pk, body in Reply.objects.values_list("pk", "body").iterator() if any(needle in bytes(body) for needle in wanted)]
    return Reply.objects.filter(pk__in=hit).delete()[0]


PERSONAL = ("records_", "disclosure_", "intake_", "casework_", "exchange_", "following_", "foundation_reply", "m3_complaints_",
            "m4_relief_")
"""The tables (by how their names begin) whose rows can hold what an erasure destroys."""


def refresh_statistics() -> None:
    """SQLite has no housekeeper of its own: without figures about its tables it plans joins blindly. PostgreSQL does this by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def scrub() -> None:
    """Rewrite the database (SQLite: VACUUM and an emptied WAL; PostgreSQL: VACUUM FULL of the tables concerned).

    SQLite also runs with `secure_delete`, so that deleted cells are overwritten when they are freed. Outside a transaction only.
    On PostgreSQL the archived write-ahead log lies with the operator: `docs/erasure.md`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(statement)
            return
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(PERSONAL):
                continue
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
