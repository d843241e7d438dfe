"""One sender, or a receiver with a defect; started and killed by `exchange_killed.py`. The good receiver is `ximu peer serve` itself.

    python exchange_worker.py fill ADDRESS PEER_KEY | send MESSAGES | receive FOLDER CHANNEL SENDER_KEY PORT

Every fifth message takes back the record of the one before it, so that order counts, too.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

AT = datetime(2018, 7, 2, 1, tzinfo=UTC)
CHANNEL, TOGETHER, WAITS_AT_MOST = "national", 25, timedelta(hours=13)


def messages(start: int) -> list[dict[str, Any]]:
    """The next messages: number, op, and the line that goes out."""
    made = []
    for place in range(start, start + TOGETHER):
        back = place % 5 == 4
        number = f"Z{place - back:09}"
        made.append({"op": "recall" if back else "put", "number": number,
                     "body": {"op": "recall", "record": number, "version": 1, "cause": "revoked", "salt": f"{place:032x}"} if back else
                     {"op": "put", "record": number, "version": 1, "item": "CF", "salt": f"{place:032x}", "fields": {"CF_WSH": str(place)}}})
    return made


def queue(channel: Any, most: int) -> None:
    """The next messages, all or none; a sender that was killed goes on where the table ends."""
    from django.db import transaction

    from ximu.ideas.exchange.models import Row
    from ximu.ideas.exchange.rules import row_digest
    from ximu.kernel.canonical import canonical

    start = Row.objects.filter(channel=channel).count()
    if start >= most:
        return
    with transaction.atomic():
        for one in messages(start):
            body = canonical(one["body"]).decode()
            Row.objects.create(channel=channel, publication=one["number"], op=one["op"], number=one["number"], version=1, body=body,
                               digest=row_digest(body.encode()), made_at=AT)


def send(most: int) -> None:
    from ximu.ideas.exchange import queries, services
    from ximu.ideas.exchange.models import Row
    from ximu.kernel.actor import SYSTEM

    print("working", flush=True)
    channel, step = queries.channel(CHANNEL), 0
    while Row.objects.filter(channel=channel, state="accepted").count() < most:
        if not queries.packages(CHANNEL, only_open=True).exists():
            queue(channel, most)
        services.pack(CHANNEL, by=SYSTEM, at=AT)
        step += 1
        services.send(CHANNEL, by=SYSTEM, at=AT + WAITS_AT_MOST * step + timedelta(days=3650))


def receive(folder: str, channel: str, sender_key: str, port: str) -> None:
    """The defect: every package takes effect that comes, whether it came before or not."""
    from ximu.ideas.exchange.rules import faults, issue
    from ximu.ideas.exchange.services.peering import Peer

    class Forgetful(Peer):
        def _kept(self, package: Any, at: datetime) -> bytes:
            return issue(package, [self._apply(package, place, row) for place, row in enumerate(package.parsed())], self.signer)

    wrong = faults(["lost-receipt=0.3"])
    with Forgetful(Path(folder), channel=channel, sender_key=sender_key, faults=wrong).server(int(port)) as server:
        server.serve_forever()


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from ximu.ideas.exchange import services
    from ximu.kernel.actor import SYSTEM

    job, *given = sys.argv[1:]
    if job == "fill":
        call_command("migrate", verbosity=0)
        setup = services.Setup("national-platform", "push", given[0], given[1])
        services.open_channel(CHANNEL, setup=setup, by=SYSTEM, at=AT)
    elif job == "send":
        send(int(given[0]))
    else:
        receive(*given)


if __name__ == "__main__":
    main()
