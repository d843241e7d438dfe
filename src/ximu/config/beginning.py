"""The first load of the demonstration is whole, or it is done again from nothing.

A mark lies in `XIMU_HOME` from the empty database until the one-time passwords have been shown; who is killed in between has shown nobody
anything, and the half-loaded city is thrown away by the next start. A real city is never thrown away: it has no mark.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from ximu.foundation.whole import write_whole

MARK = "loading"
MADE = ("files", "intake", "events", "uploads", "checkpoints", "erasures", "scratch", "mail")


def begin(say: Callable[[str], None]) -> None:
    """Before anything is loaded."""
    mark = _home() / MARK
    if mark.exists():
        say("上次载入中断，从头载入 the last load was cut off and is done again from nothing")
        _throw_away()
    if not connection.introspection.table_names():
        _home().mkdir(parents=True, exist_ok=True)
        write_whole(mark, "")


def finish() -> None:
    """Once the passwords have been shown."""
    (_home() / MARK).unlink(missing_ok=True)


def _home() -> Path:
    return Path(settings.XIMU_HOME)


def _throw_away() -> None:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for end in ("-wal", "-shm", ""):
            Path(name + end).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            schema = connection.ops.quote_name(cursor.fetchone()[0])
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {schema}")
    for folder in MADE:
        shutil.rmtree(_home() / folder, ignore_errors=True)
