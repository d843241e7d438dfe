"""Does each of 10,000 messages have its effect exactly once, while sender and receiver are killed at random and the way between them fails?

    PYTHONPATH=src:. python benchmarks/exchange_killed.py [--messages 10000] [--kills 60] [--seed 1]

Two real processes, each killed (SIGKILL) at random points; the receiver is `ximu peer serve` with all its faults. Counted: messages lost,
doubled and out of order on the other side, and what a reconciliation by record number says. Goal: none.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.journeys.exchange_killed import FAULTS, Both


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        both = Both(Path(folder), given.messages // 25 * 25, given.seed)
        began = time.perf_counter()
        both.run(kills=given.kills)
        seconds = time.perf_counter() - began
        found, wanted, balance = both.effects(), both.expected(), both.reconciled()
        times = Counter(found)
        print(json.dumps({
            "messages": both.messages, "faults": FAULTS, "killed": both.killed, "seconds": round(seconds), "effects": len(found),
            "lost": sum(one not in times for one in wanted), "doubled": sum(count - 1 for count in times.values()),
            "in_order": found == wanted, "acknowledged": both.accepted(), "held_here": balance["ours"], "held_there": balance["theirs"],
            "even": balance["even"], "log_sound": both.log_is_sound(),
        }))
        if found != wanted or not balance["even"]:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
