"""How fast is the log? Prints ratios to a bare hashlib loop and to the limit for a proof.

    PYTHONPATH=src python benchmarks/log.py [--leaves 1000000] [--rounds 3]

Appends canonical entries to a new SQLite file in a temporary folder, in one transaction, and compares the CPU and wall
time with hashing the same leaves and inner nodes in a plain Python loop. Then inclusion proofs of random entries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2018, 5, 4, 8, 0, tzinfo=UTC)
PROOF_LIMIT_MS = 1.0


def bare_loop(entries: list[bytes]) -> bytes:
    """The limit: one hashlib call a leaf, one a node (RFC 6962), nothing kept."""
    sha256 = hashlib.sha256
    row = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [sha256(b"\x01" + row[n] + row[n + 1]).digest() for n in range(0, len(row) - 1, 2)] + odd
    return row[0]


def timed(act: object, *args: object) -> tuple[float, float, object]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = act(*args)
    return time.perf_counter() - wall, time.process_time() - cpu, result


def fresh_database(folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(folder / f"log-{time.monotonic_ns()}.sqlite3")
    call_command("migrate", verbosity=0)


def append(entries: list[bytes]) -> bytes:
    from django.db import transaction

    from ximu.ideas.ledger import queries, services

    with transaction.atomic():
        services.append_many(entries, at=AT)
    return queries.head().root


def proofs(count: int, leaves: int) -> list[float]:
    """Milliseconds of CPU for each of `count` inclusion proofs, each verified."""
    from ximu.ideas.ledger import queries
    from ximu_verify import leaf_hash, verify_inclusion

    dice, times, root = random.Random(1), [], queries.head().root
    for _ in range(count):
        index = dice.randrange(leaves)
        before = time.process_time()
        proof = queries.inclusion(index)
        times.append((time.process_time() - before) * 1000)
        verify_inclusion(leaf_hash(queries.entry(index)), index, leaves, proof, root)
    return sorted(times)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--leaves", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="ximu-log-") as name:
        folder = Path(name)
        os.environ.update(XIMU_HOME=name, DATABASE_URL=f"sqlite://{name}/first.sqlite3",
                          DJANGO_SETTINGS_MODULE="ximu.config.settings")
        import django

        django.setup()
        from ximu.ideas.ledger.rules import entry_bytes

        entries = [
            entry_bytes("record.version", {"item": "CF", "n": n, "version": 1, "commitment": f"{n:064x}"}, AT)
            for n in range(given.leaves)
        ]
        walls, cpus = [], []
        for _ in range(given.rounds):
            loop_wall, loop_cpu, wanted = timed(bare_loop, entries)
            fresh_database(folder)
            wall, cpu, root = timed(append, entries)
            walls.append(wall / loop_wall)
            cpus.append(cpu / loop_cpu)
            print(f"bare loop {loop_wall:.2f} s, append {wall:.2f} s wall, {cpu:.2f} s CPU, root agrees: {root == wanted}")
        times = proofs(1000, given.leaves)
        print(json.dumps({
            "leaves": given.leaves, "append_wall_to_bare_loop": round(statistics.median(walls), 2),
            "append_cpu_to_bare_loop": round(statistics.median(cpus), 2),
            "proof_ms_p50": round(times[len(times) // 2], 3), "proof_ms_p99": round(times[int(len(times) * 0.99)], 3),
            "proof_p99_to_limit": round(times[int(len(times) * 0.99)] / PROOF_LIMIT_MS, 2),
        }))


if __name__ == "__main__":
    main()
