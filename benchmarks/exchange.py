"""How fast are packages built and verified, beside writing and hashing the same bytes?

    PYTHONPATH=src python benchmarks/exchange.py [--rows 1000] [--packages 20] [--rounds 5]

Rows are made as the exchange keeps them (canonical lines). Built and verified: every row hashed, the manifest signed, the
package joined, then opened again with its signature and each digest. The measure: the same bytes written to a file
(no fsync) row by row, each row hashed, the whole hashed once. Goal: a rate of at least 0.5 of that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from pathlib import Path

from ximu.ideas.exchange import rules
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical

SIGNER = Signer("city.example/exchange", b"\x01" * 32)


def rows_of(count: int) -> list[bytes]:
    return [canonical({"op": "put", "record": f"Z{n:09}", "version": 1, "item": "CF", "family": "penalty", "until": "2019-03-20",
                       "salt": f"{n:032x}", "fields": {"CF_XDR_MC": "示例市某局", "CF_WSH": f"示罚〔2018〕{n}号", "CF_JDRQ": "2018/03/20",
                                                       "CF_NR": "罚款伍万元，责令限期改正，公开赔礼道歉", "CF_CFJG": "示例市某局"}})
            for n in range(count)]


def ours(rows: list[bytes], packages: int) -> None:
    digest, key = "", SIGNER.verifier()
    for number in range(1, packages + 1):
        head = rules.Head("c", SIGNER.name, "peer", number, digest, "2017-1", "2017-10-01", "", "2018-07-02T01:00:00+00:00")
        note, digest = rules.build(head, rows, SIGNER)
        rules.opened(rules.joined(note, rows), key)


def plain(rows: list[bytes], packages: int, folder: Path) -> None:
    for number in range(packages):
        whole = hashlib.sha256()
        with (folder / f"{number}.bytes").open("wb") as out:
            for row in rows:
                out.write(row)
                whole.update(row)
                hashlib.sha256(row).hexdigest()


def timed(act: object, *args: object) -> float:
    start = time.perf_counter()
    act(*args)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--packages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rows = rows_of(given.rows)
    size = sum(map(len, rows)) * given.packages
    both = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(given.rounds):
            both.append((timed(ours, rows, given.packages), timed(plain, rows, given.packages, Path(folder))))
    made, written = statistics.median(a for a, _ in both), statistics.median(b for _, b in both)
    print(json.dumps({
        "rows": given.rows * given.packages, "bytes": size, "build_and_verify_rows_s": round(given.rows * given.packages / made),
        "write_and_hash_rows_s": round(given.rows * given.packages / written),
        "ratio": round(statistics.median(b / a for a, b in both), 2), "goal": 0.5,
    }))


if __name__ == "__main__":
    main()
