"""How do the public pages bear a million published records? Prints ratios.

    PYTHONPATH=src python benchmarks/portal.py [--few 100000] [--many 1000000] [--asked 200] [--small] [--keep FOLDER]

The made-up city's registry; records published on its bodies, made row by row as `approve` leaves them. A real server (granian, as
`ximu serve` starts it) is asked over HTTP by four connections at once. `search`: p99 of a search among many against the same among few
(limit 2), for words that one record holds, that a thousandth holds, and that every second holds; the newest list without words; the page
of a body. `hello`: requests a second of a static file of the same server, as the limit of the others. `cpu`: the same by CPU time, asked in
this process, which a machine busy with other work does not change. `--keep FOLDER` leaves a copy of each database there.
SQLite in a temporary folder; with DATABASE_URL in that database, which must be empty.
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

CONNECTIONS = 4
AT_ONCE = 20_000
CPU_ASKED = 100
THINGS = ("采购合同款项", "招商奖励", "工程尾款", "办理时限", "信息公开", "行政许可", "环境目标", "安置补偿", "技改补贴", "监测数据")
ACTS = ("罚款伍万元", "责令限期改正", "通报批评", "警告", "赔礼道歉", "行政赔偿")
RARE = "鬯龘靐齉爩"


def document(n: int) -> str:
    return f"示罚〔{(date(2014, 1, 1) + timedelta(days=n % 1700)).year}〕{n}号"


def fill(first: int, count: int, units: Sequence[str]) -> None:
    """Open publications numbered from `first`; every thousandth holds a rare word, every second the word 责令."""
    from django.db import connection, transaction

    from ximu.foundation.bulk import insert_rows
    from ximu.ideas.disclosure.models import Publication
    from ximu.ideas.disclosure.rules import grams

    names = ("uid", "number", "version", "item", "family", "subject", "event_date", "stage", "basis", "note", "fields", "policy",
             "looked", "closes_on", "state", "proposed_at", "proposed_by", "decided_at", "decided_by", "closed_by", "reason", "body",
             "words", "salt", "commitment", "log_index")
    at, later = datetime(2018, 5, 7, 2, tzinfo=UTC), date(2030, 1, 1)
    chance = random.Random(first)
    for start in range(first, first + count, AT_ONCE):
        rows, found = [], []
        for n in range(start, min(start + AT_ONCE, first + count)):
            unit, day = units[n % len(units)], date(2014, 1, 1) + timedelta(days=n % 1700)
            act = "责令限期改正" if n % 2 else chance.choice(ACTS)
            rare = f"\n{RARE[n // 1000 % 5]}{RARE[n // 5000 % 5]}" if n % 1000 == 0 else ""
            said = f"{document(n)}\n{chance.choice(THINGS)}{act}{rare}"
            body = json.dumps({"record": f"B{n:012}", "version": 1, "item": "CF", "family": "penalty", "subject": unit,
                               "subject_name": "示例市某局", "event_date": day.isoformat(), "stage": "pilot", "basis": "国发〔2016〕76号",
                               "policy": "1", "closes_on": "2030-01-01", "fields": {"CF_NR": said}}, ensure_ascii=False)
            rows.append((f"b{n:015}", f"B{n:012}", 1, "CF", "penalty", unit, day, "pilot", "", "", [], "1", "", later, "open", at, "a", at,
                         "b", "", "", body, said, b"s", "c", n))
            found.append((n + 1, grams.document(said), f"fpenalty y{day.year} s{unit}"))
        with transaction.atomic():
            insert_rows(Publication, names, rows)
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.executemany("INSERT INTO disclosure_found (rowid, words, facets) VALUES (%s, %s, %s)", found)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def served(port: int) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([sys.executable, "-m", "ximu", "serve", "--port", str(port), "--workers", "2", "--no-jobs"],
                                  stdout=log, stderr=log, start_new_session=True)
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    threading.Event().wait(0.1)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def asked(port: int, paths: Sequence[str]) -> tuple[float, float]:
    """(p99 in seconds, requests a second) of the paths, each once, over `CONNECTIONS` connections; a first round warms up."""
    took: list[float] = []
    lock, queue = threading.Lock(), iter(paths)

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                path = next(queue, None)
            if path is None:
                return
            began = time.perf_counter()
            link.request("GET", path)
            answer = link.getresponse()
            answer.read()
            spent = time.perf_counter() - began
            assert answer.status == 200, (path, answer.status)
            with lock:
                took.append(spent)

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    whole = time.perf_counter() - began
    return sorted(took)[int(len(took) * 0.99) - 1], len(took) / whole


def by_cpu(paths: Sequence[str]) -> tuple[float, float]:
    """(median, p99) of the CPU seconds of this thread for a page, the second time that each is asked."""
    from django.test import Client

    client, took = Client(headers={"host": "127.0.0.1"}), list[float]()
    for again in (False, True):
        for path in paths:
            began = time.thread_time()
            answer = client.get(path)
            spent = time.thread_time() - began
            assert answer.status_code == 200, (path, answer.status_code)
            took += [spent] if again else []
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99) - 1]


def paths_of(size: int, units: Sequence[str], many: int) -> dict[str, list[str]]:
    chance = random.Random(size)
    rare = [f"/records/?q={quote(document(n))}" for n in chance.sample(range(size), many)]
    some = [f"/records/?q={quote(RARE[chance.randrange(5)] + RARE[chance.randrange(5)])}" for _ in range(many)]
    common = [f"/records/?q={quote(chance.choice(('责令', '限期改正', '责令限期')))}" for _ in range(many)]
    return {
        "hello": ["/static/ximu/mark.svg"] * many, "newest": ["/records/"] * many, "search_one": rare, "search_thousandth": some,
        "search_half": common, "unit": [f"/units/{chance.choice(units)}/" for _ in range(many)],
    }


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("few", 100_000), ("many", 1_000_000), ("asked", 200)):
        given.add_argument(f"--{name}", type=int, default=default)
    given.add_argument("--small", action="store_true")
    given.add_argument("--keep", type=Path, help="leave a copy of each database in this folder")
    told = given.parse_args()
    if told.small:
        told.few, told.many, told.asked = 2000, 20_000, 40
    with tempfile.TemporaryDirectory(prefix="ximu-portal-") as folder:
        os.environ.update(XIMU_HOME=folder, XIMU_CITY="example", XIMU_CLOCK="2019-03-20T09:00:00",
                          DJANGO_SETTINGS_MODULE="ximu.config.settings")
        logging.disable(logging.WARNING)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from ximu.config import profiles
        from ximu.foundation import clock
        from ximu.ideas.registry import queries as registry
        from ximu.kernel.actor import SYSTEM

        profiles.load("example", by=SYSTEM, at=clock.now())
        units = sorted(uid for uid, unit in registry.book().units.items())[:300]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        found: dict[str, dict[str, tuple[float, float]]] = {}
        cpu: list[dict[str, tuple[float, float]]] = []
        had = 0
        for size in (told.few, told.many):
            fill(had, size - had, units)
            had = size
            paths = paths_of(size, units, told.asked)
            connection.close()
            if told.keep and connection.vendor == "sqlite":
                told.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(connection.settings_dict["NAME"], told.keep / f"portal-{size}.sqlite3")
            with served(port):
                rounds = []
                for _ in range(3):
                    rounds.append({name: asked(port, some) for name, some in paths.items()})
            cpu.append({name: by_cpu(some[:CPU_ASKED]) for name, some in paths.items() if name != "hello"})
            found[str(size)] = {name: (statistics.median(r[name][0] for r in rounds[1:]), statistics.median(r[name][1] for r in rounds[1:]))
                                for name in paths}
        few, many = found.values()
        print(json.dumps({
            "engine": connection.vendor, "records": [told.few, told.many],
            "p99_ratio": {name: round(many[name][0] / few[name][0], 2) for name in few},
            "cpu_ratio": {name: [round(cpu[1][name][n] / cpu[0][name][n], 2) for n in (0, 1)] for name in cpu[0]},
            "cpu_ms": {name: [round(one * 1000, 1) for one in cpu[1][name]] for name in cpu[1]},
            "p99_ms": {name: round(p99 * 1000, 1) for name, (p99, _) in many.items()},
            "share_of_hello": {name: round(rate / many["hello"][1], 3) for name, (_, rate) in many.items()},
            "requests_a_second": {name: round(rate) for name, (_, rate) in many.items()},
        }))


if __name__ == "__main__":
    main()
