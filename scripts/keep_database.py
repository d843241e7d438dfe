"""Keeps the made-up city's database of this version for the rehearsal of later migrations.

    python scripts/keep_database.py XIMU_HOME tests/kept/NAME.tar.xz

A whole copy of the database, without sessions, and the parts of the event datasets; no key is in it. `tests/journeys/test_kept_databases.py` brings every kept one to the newest version.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

LEFT_OUT = ("django_session", "axes_accessattempt", "axes_accesslog", "foundation_reply")
"""Tables whose rows end by themselves within a day."""


def keep(home: Path, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        with contextlib.closing(sqlite3.connect(home / "ximu.sqlite3")) as database:
            database.execute("VACUUM INTO ?", [str(copy)])
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as database:
            for name in LEFT_OUT:
                database.execute(f'DELETE FROM "{name}"')  # noqa: S608  our own names
            database.execute("VACUUM")
        with tarfile.open(path, "w:xz", preset=9) as out:
            out.add(copy, "ximu.sqlite3")
            out.add(home / "events", "events")


def bring_back(path: Path, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "r:xz") as kept:
        for member in kept:  # without filter="data", which Debian's Python 3.11.2 does not know
            if not (member.isfile() or member.isdir()) or member.name.startswith("/") or ".." in Path(member.name).parts:
                raise ValueError(member.name)
            kept.extract(member, home, set_attrs=False)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
