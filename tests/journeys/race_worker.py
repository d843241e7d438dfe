"""Many hands at once on one request of two people: `race_worker.py erase|publish HANDS` on a prepared home; one JSON line.

Half of the hands are the proposer's, half a second person's; each hand is a thread with a connection of its own.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

from tests.journeys.disk_worker import ONE, TWO
from ximu.foundation import clock
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.ledger import queries as log
from ximu.ideas.records import services as records
from ximu.ideas.records.models import Erasure
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

ENTRIES = {"erase": "erasure.done", "publish": "disclosure.opened"}


def act_of(name: str) -> Callable[[Actor], object]:
    if name == "erase":
        asked = Erasure.objects.get(state="asked")
        return lambda by: records.approve_erasure(asked.uid, digest=asked.digest, by=by, at=clock.now())
    uid = Publication.objects.get(state="proposed").uid
    return lambda by: disclosure.approve(uid, by=by, at=clock.now())


def race(name: str, hands: int) -> dict[str, object]:
    act, start, told, size = act_of(name), threading.Barrier(hands), Counter[str](), log.head().size
    held = threading.Lock()

    def hand(by: Actor) -> None:
        start.wait()
        try:
            act(by)
            said = f"{by.uid} done"
        except Refusal as refusal:
            said = f"{by.uid} {refusal.code}"
        finally:
            connection.close()
        with held:
            told[said] += 1

    threads = [threading.Thread(target=hand, args=((ONE, TWO)[n % 2],)) for n in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = Counter(log.tree.entry_value(n)["kind"] for n in range(size, log.head().size))
    return {"told": dict(told), "entries": dict(kinds), "findings": [one.label for one in log.verify_log().findings]}


if __name__ == "__main__":
    print(json.dumps(race(sys.argv[1], int(sys.argv[2]))))
