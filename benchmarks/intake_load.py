"""From a file to committed records with their log entries: how fast against a bare COPY of the same typed rows?

    PYTHONPATH=src python benchmarks/intake_load.py --rows 1000000 --database postgres://postgres@127.0.0.1:5432/postgres
    PYTHONPATH=src python benchmarks/intake_load.py --rows 100000                     (SQLite in a temporary folder)

Each round works on a new database. The limit is taken before and after each load, and medians are compared. CPU is user and
system time of this process, its children and, on PostgreSQL on this machine, of the serving backends.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlparse, urlunparse

import psycopg
from intake_rows import NAMES, SCHEMA, organs, write

AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")
TYPES = {"number": "numeric", "date": "date"}
COLUMNS = ", ".join(f'"{f["name"]}" {TYPES.get(f.get("type", ""), "text")}' for f in SCHEMA["fields"])


@dataclass(frozen=True, slots=True)
class Taken:
    wall: float
    cpu: float


def _own_cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _backend_cpu(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def taken(work: Callable[[], Any], pid: int | None = None) -> Taken:
    wall, own, backend = time.perf_counter(), _own_cpu(), _backend_cpu(pid)
    work()
    return Taken(time.perf_counter() - wall, _own_cpu() - own + _backend_cpu(pid) - backend)


class Server:
    """A PostgreSQL server on which the benchmark may make and drop its own databases."""

    def __init__(self, url: str) -> None:
        self.url = url

    def of(self, name: str) -> str:
        return urlunparse(urlparse(self.url)._replace(path="/" + name))

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            for statement in statements:
                link.execute(statement)  # type: ignore[arg-type]

    def fresh(self, name: str, template: str = "template0") -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def copy(self, path: Path) -> Taken:
        """The limit: COPY of the file into one typed table without index or constraint, committed."""
        with psycopg.connect(self.of("ximu_bench")) as link:
            pid = link.info.backend_pid
            link.execute("DROP TABLE IF EXISTS bare")
            link.execute(f"CREATE TABLE bare ({COLUMNS})")  # type: ignore[arg-type]
            link.commit()

            def work() -> None:
                with link.cursor() as cursor, cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as into, path.open("rb") as file:
                    while block := file.read(1 << 20):
                        into.write(block)
                link.commit()

            return taken(work, pid)

    def ready(self, folder: Path) -> Taken:
        """The table's own floor: COPY of the very rows that a load committed into a table of the same shape, indexes and checks."""
        path = folder / "ready.pgcopy"
        with psycopg.connect(self.of("ximu_bench")) as link:
            pid = link.info.backend_pid
            link.execute("DROP TABLE IF EXISTS ready")
            link.execute("CREATE TABLE ready (LIKE records_version INCLUDING ALL)")
            link.commit()
            with link.cursor() as cursor, cursor.copy("COPY records_version TO STDOUT (FORMAT binary)") as out, path.open("wb") as file:
                for block in out:
                    file.write(block)

            def work() -> None:
                with link.cursor() as cursor, cursor.copy("COPY ready FROM STDIN (FORMAT binary)") as into, path.open("rb") as file:
                    while block := file.read(1 << 20):
                        into.write(block)
                link.commit()

            done = taken(work, pid)
            link.execute("DROP TABLE ready")
            link.commit()
        path.unlink()
        return done


class OneFile:
    """SQLite: the limit is one prepared INSERT over rows that Python's reader yields."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, path: Path) -> Taken:
        import csv

        target = self.folder / "bare.sqlite3"
        target.unlink(missing_ok=True)
        link = sqlite3.connect(target)
        link.execute("PRAGMA journal_mode=WAL")
        link.execute(f"CREATE TABLE bare ({COLUMNS})")

        def work() -> None:
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                next(rows)
                link.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(NAMES))})", rows)
            link.commit()

        done = taken(work)
        link.close()
        return done


def listed() -> dict[str, Any]:
    """The schema with everything that a published item must say."""
    kinds = {"date": "date", "number": "money-wan"}
    fields = [
        {"title_en": f["name"], "type": "string", "ximu:level": "shared", "ximu:kind": kinds.get(f.get("type", ""), "text"), **f}
        for f in SCHEMA["fields"]
    ]
    codes = {"not-future": "TIME-FUTURE", "not-after": "DATE-ORDER", "required-if": "FIELD-NEED"}
    return {**SCHEMA, "fields": fields, "ximu:rules": [{**rule, "code": codes[rule["check"]]} for rule in SCHEMA["ximu:rules"]]}


def prepare() -> None:
    """200 bodies and an edition with the benchmark's item, through the services."""
    from django.core.management import call_command

    from ximu.ideas.catalogue.tests.factories import body_of, published
    from ximu.ideas.registry.services.units import NewUnit, register
    from ximu.kernel.actor import SYSTEM

    call_command("migrate", verbosity=0)
    register([NewUnit("department", "district", name, date(2010, 1, 1), code=code) for name, code in organs()], by=SYSTEM, at=AT)
    published("2017-1", date(2017, 1, 1), ["CF"], bodies={"CF": {**body_of("CF"), "schema": listed()}})


def load(path: Path, *, expect: str) -> dict[str, Any]:
    """As the command does: receive, check in a process of its own, commit."""
    from ximu.ideas.intake import queries, services
    from ximu.kernel.actor import SYSTEM

    with path.open("rb") as stream:
        receipt = services.receive(stream, item="CF", source=source(), by=SYSTEM, at=AT)
    if not receipt.again:
        summary = services.check(receipt.uid, by=SYSTEM, at=AT)
        assert not summary["bad"], summary["counts"]
        services.commit(receipt.uid, by=SYSTEM, at=AT)
    done = queries.delivery(receipt.uid)
    assert receipt.again or done.outcome[expect] == done.summary["rows"], done.outcome
    return dict(done.outcome)


def source() -> str:
    from ximu.ideas.registry import queries as registry

    return registry.find(organs()[0][1], as_of=date(2018, 6, 1))


def backend() -> int | None:
    from django.db import connection

    connection.ensure_connection()
    return connection.connection.info.backend_pid if connection.vendor == "postgresql" else None


def rounds(given: argparse.Namespace, folder: Path, limit: Server | OneFile, renew: Callable[[], None]) -> dict[str, list[Taken]]:
    path, other = folder / "rows.csv", folder / "again.csv"
    write(path, given.rows, bad_share=0)
    shutil.copy(path, other)
    os.truncate(other, other.stat().st_size - 1)  # without its last line end it is another file
    found: dict[str, list[Taken]] = {name: [] for name in ("copy", "ready rows", "first", "same file", "same rows")}
    for _ in range(given.rounds):
        renew()
        found["copy"].append(limit.copy(path))
        pid = backend()
        found["first"].append(taken(lambda: load(path, expect="new"), pid))
        if not found["same file"]:
            own, child = (resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
            print(f"peak memory: this process {own} MiB, the reading process {child} MiB")
        if isinstance(limit, Server):
            found["ready rows"].append(limit.ready(folder))
        found["same file"].append(taken(lambda: load(path, expect="same"), pid))
        found["same rows"].append(taken(lambda: load(other, expect="same"), pid))
        found["copy"].append(limit.copy(path))
    return found


def tell(found: dict[str, list[Taken]], rows: int, where: str) -> None:
    def both(name: str) -> Taken:
        return Taken(median(t.wall for t in found[name]), median(t.cpu for t in found[name]))

    bare, first = both("copy"), both("first")
    print(f"{where}, {rows:,} rows × {len(NAMES)} columns")
    for name in (name for name in found if found[name]):
        one = both(name)
        print(f"  {name:10} {one.wall:7.2f} s wall, {one.cpu:7.2f} s CPU, {rows / one.wall:,.0f} rows/s")
    print(f"  first load / bare limit: {bare.wall / first.wall:.2f} of its speed by wall, {bare.cpu / first.cpu:.2f} by CPU")
    if found["ready rows"]:
        floor = both("ready rows")
        print(f"  ready rows / bare limit: {bare.wall / floor.wall:.2f} of its speed by wall, {bare.cpu / floor.cpu:.2f} by CPU")
        print(f"  first load / ready rows: {floor.wall / first.wall:.2f} by wall, {floor.cpu / first.cpu:.2f} by CPU")
    for name in ("same file", "same rows"):
        one = both(name)
        print(f"  replay of the {name}: {first.wall / one.wall:.1f} × faster by wall, {first.cpu / max(one.cpu, 0.001):.1f} × by CPU")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", type=int, default=100_000)
    ask.add_argument("--rounds", type=int, default=1)
    ask.add_argument("--database", default="", help="a PostgreSQL URL whose user may create databases; else SQLite")
    ask.add_argument("--peer-rows", type=int, default=2_000)
    ask.add_argument("--peers", default="", help="a folder with django-import-export installed")
    ask.add_argument("--profile", action="store_true")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="ximu-bench-") as name:
        folder = Path(name)
        server = Server(given.database) if given.database else None
        os.environ |= {
            "XIMU_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "ximu.config.settings_test",
            "DATABASE_URL": server.of("ximu_bench") if server else f"sqlite://{folder / 'city.sqlite3'}",
        }
        if server:
            server.fresh("ximu_bench")
        import django

        django.setup()
        from django.db import connection

        prepare()
        connection.close()
        if server:
            server.fresh("ximu_bench_empty", "ximu_bench")
        else:
            shutil.copy(folder / "city.sqlite3", folder / "empty.sqlite3")

        def renew() -> None:
            connection.close()
            shutil.rmtree(folder / "home" / "files", ignore_errors=True)
            if server:
                server.fresh("ximu_bench", "ximu_bench_empty")
            else:
                for old in folder.glob("city.sqlite3-*"):
                    old.unlink()
                shutil.copy(folder / "empty.sqlite3", folder / "city.sqlite3")

        if given.profile:
            profile(given, folder, renew)
            return
        found = rounds(given, folder, server or OneFile(folder), renew)
        tell(found, given.rows, "PostgreSQL" if server else "SQLite")
        first = found["first"]
        each = Taken(median(t.wall for t in first) / given.rows, median(t.cpu for t in first) / given.rows)
        import_export(given, folder, each, backend())
        connection.close()
        if server:
            server.run('DROP DATABASE IF EXISTS "ximu_bench" WITH (FORCE)', 'DROP DATABASE IF EXISTS "ximu_bench_empty"')


def profile(given: argparse.Namespace, folder: Path, renew: Callable[[], None]) -> None:
    import cProfile
    import pstats

    path = folder / "rows.csv"
    write(path, given.rows, bad_share=0)
    renew()
    with cProfile.Profile() as seen:
        load(path, expect="new")
    stats = pstats.Stats(seen)
    stats.sort_stats("tottime").print_stats(25)
    stats.sort_stats("cumtime").print_stats("ximu", 45)


def import_export(given: argparse.Namespace, folder: Path, mine: Taken, pid: int | None) -> None:
    """The common way in Django: a ModelResource that validates and saves in bulk; no codes checked, no log, one table."""
    if given.peers:
        sys.path.append(given.peers)
    try:
        from intake_peers import import_by_resource
    except ImportError as absent:
        print(f"  django-import-export: left out ({absent}); pip install django-import-export")
        return
    few = folder / "few.csv"
    write(few, given.peer_rows, bad_share=0)
    for look_up, words in ((True, "that looks each row up, as intake does"), (False, "in its fastest mode, in which a replay doubles all")):
        done = taken(import_by_resource(few, look_up=look_up), pid)
        wall, cpu = done.wall / given.peer_rows / mine.wall, done.cpu / given.peer_rows / mine.cpu
        print(f"  × django-import-export {words} ({given.peer_rows} rows in {done.wall:.2f} s, {done.cpu:.2f} s CPU): "
              f"{wall:.1f} by wall, {cpu:.1f} by CPU per row")


if __name__ == "__main__":
    main()
