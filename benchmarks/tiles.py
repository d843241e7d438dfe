"""How fast does the log give out its tiles, against a file of the same bytes from the same server? Prints ratios (limit 0.8).

    PYTHONPATH=src python benchmarks/tiles.py [--entries 100000] [--asked 2000] [--rounds 5] [--small]

A log of made-up entries in SQLite in a temporary folder (with DATABASE_URL in that database, which must be empty). A real server
(granian, as `ximu serve` starts it) is asked over HTTP by four connections at once, file and tile in turn: `tile` full hash tiles,
`entries` full entry bundles (asked with gzip; the file lies there as it is), `partial` the last, partial tile, `again` a full tile that
the client holds already (If-None-Match). A first round, in which tiles are read from the database, is not counted. The ratio is the
median over the rounds of requests a second of tiles to those of files, so that both bear the same load.
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from portal import CONNECTIONS, served

AT = datetime(2018, 5, 4, 8, 0, tzinfo=UTC)
TILE = 256


def place(number: int) -> str:
    """`x001/x234/067` (C2SP tlog-tiles)."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def rate(port: int, paths: Sequence[str], headers: Mapping[str, str], expected: int) -> float:
    """Requests a second, each path once, over `CONNECTIONS` connections."""
    lock, queue = threading.Lock(), iter(paths)

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                path = next(queue, None)
            if path is None:
                return
            link.request("GET", path, headers=dict(headers))
            answer = link.getresponse()
            answer.read()
            assert answer.status == expected, (path, answer.status)

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return len(paths) / (time.perf_counter() - began)


def got(port: int, path: str, headers: Mapping[str, str]) -> tuple[bytes, str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers=dict(headers))
    answer = link.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    return body, answer.headers.get("ETag", "")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("entries", 100_000), ("asked", 2000), ("rounds", 5)):
        given.add_argument(f"--{name}", type=int, default=default)
    given.add_argument("--small", action="store_true")
    told = given.parse_args()
    if told.small:
        told.entries, told.asked, told.rounds = 6000, 600, 5
    with tempfile.TemporaryDirectory(prefix="ximu-tiles-") as folder:
        os.environ.update(XIMU_HOME=folder, XIMU_CITY="example", DJANGO_SETTINGS_MODULE="ximu.config.settings")
        logging.disable(logging.WARNING)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        from ximu.ideas.ledger import queries, services
        from ximu.ideas.ledger.rules import entry_bytes

        call_command("migrate", verbosity=0)
        size = told.entries // TILE * TILE + 100
        with transaction.atomic():
            services.append_many([entry_bytes("bench.tile", {"n": n, "digest": f"{n:064x}"}, AT) for n in range(size)], at=AT)
        full = size // TILE
        files = Path(folder) / "static" / "bench"
        files.mkdir(parents=True)
        (files / "tile.bin").write_bytes(queries.tile(0, 0) or b"")
        (files / "entries.txt").write_bytes(queries.entry_bundle(0) or b"")
        (files / "partial.bin").write_bytes(queries.tile(0, full, 100) or b"")
        engine = connection.vendor
        connection.close()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        plain, squeezed = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}
        kinds = {
            "tile": ([f"/log/tile/0/{place(n)}" for n in range(full)], "/static/bench/tile.bin", plain, 200),
            "entries": ([f"/log/tile/entries/{place(n)}" for n in range(full)], "/static/bench/entries.txt", squeezed, 200),
            "partial": ([f"/log/tile/0/{place(full)}.p/100"], "/static/bench/partial.bin", plain, 200),
        }
        found: dict[str, list[tuple[float, float]]] = {}
        with served(port):
            assert got(port, "/log/tile/0/000", plain)[0] == (files / "tile.bin").read_bytes()
            tag = got(port, "/log/tile/0/000", plain)[1]
            of_file = got(port, "/static/bench/tile.bin", plain)[1]
            held = {"tile": {**plain, "If-None-Match": tag}, "file": {**plain, "If-None-Match": of_file}}
            for number in range(told.rounds + 1):
                for name, (paths, file, headers, status) in kinds.items():
                    wanted = [paths[n % len(paths)] for n in range(told.asked)]
                    pair = (rate(port, wanted, headers, status), rate(port, [file] * told.asked, headers, status))
                    if number:
                        found.setdefault(name, []).append(pair)
                if tag and of_file:
                    pair = (rate(port, ["/log/tile/0/000"] * told.asked, held["tile"], 304),
                            rate(port, ["/static/bench/tile.bin"] * told.asked, held["file"], 304))
                    if number:
                        found.setdefault("again", []).append(pair)
        print(json.dumps({
            "engine": engine, "entries": size,
            "ratio": {name: round(statistics.median(tile / file for tile, file in pairs), 2) for name, pairs in found.items()},
            "tiles_a_second": {name: round(statistics.median(tile for tile, _ in pairs)) for name, pairs in found.items()},
            "files_a_second": {name: round(statistics.median(file for _, file in pairs)) for name, pairs in found.items()},
        }))


if __name__ == "__main__":
    main()
