"""What comes in? Verified, in order, handed to intake, answered with a signed receipt; each package once."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ximu.ideas.exchange import queries
from ximu.ideas.exchange.models import Channel, Received, Trace
from ximu.ideas.exchange.rules import ACCEPTED, LEAD, OBJECTION, PUT, WITHDRAW, Package, Stand, echo, fits, issue, meant, opened, read_key
from ximu.ideas.exchange.services.forwarding import take_lead, take_objection, take_withdrawal
from ximu.ideas.exchange.services.keys import own
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services as deliveries
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

ERASED, UNKNOWN = "ROW-ERASED", "ROW-OP"


def receive(code: str, data: bytes, *, by: Actor, at: datetime) -> bytes:
    """Our receipt. The same package again gives the same receipt and has no effect; what is refused leaves one trace.

    Facts go to intake, objections, their withdrawals and leads to their desks; each takes the same row only
    once, so that a crash before our own commit repeats harmlessly.
    Errors: `CHAN-NONE`, `PERM-DENIED`, `CHAN-CLOSED`, `PKG-*`.
    """
    channel = queries.channel_for(code, by)
    try:
        queries.living(channel)
        package = opened(data, channel.peer_key)
        if old := _known(channel, package):
            return old
        fits(package, _stand(channel), at=at)
    except Refusal as refusal:
        Trace.objects.create(channel=channel, code=refusal.code, digest=hashlib.sha256(data).hexdigest(), at=at)
        raise
    outcomes, batches = _handed(channel, package, at=at)
    return _keep(channel, package, (outcomes, batches), at=at)


def answer_trial(code: str, data: bytes, *, by: Actor, at: datetime) -> bytes:
    """Our signed echo of a package that is whole and meant for us; it has no effect and leaves no trace.

    Errors: `CHAN-NONE`, `PERM-DENIED`, `CHAN-CLOSED`, `PKG-FORM`, `PKG-FORGED`, `PKG-DIGEST`, `PKG-PEER`.
    """
    channel = queries.living(queries.channel_for(code, by))
    package = opened(data, channel.peer_key)
    meant(package.head, _stand(channel))
    return echo(package, own(), at=at)


def _known(channel: Channel, package: Package) -> bytes:
    """The receipt that this very package got, if it took effect before."""
    found = Received.objects.filter(channel=channel, sequence=package.head.sequence, digest=package.digest).first()
    return found.receipt.encode() if found else b""


def _stand(channel: Channel) -> Stand:
    return Stand(channel.code, read_key(channel.peer_key)[0], own().name, channel.in_sequence, channel.in_digest)


@transaction.atomic
def _keep(channel: Channel, package: Package, made: tuple[list[str], list[str]], *, at: datetime) -> bytes:
    outcomes, batches = made
    accepted = outcomes.count(ACCEPTED)
    counts = (accepted, len(outcomes) - accepted)
    body = queries.taken_body(channel.code, package.head.sequence, package.digest, counts)
    index = append([Entry(queries.TAKEN, body)], at=at)[0]
    moved = Channel.objects.filter(pk=channel.pk, in_sequence=channel.in_sequence, active=True).update(
        in_sequence=package.head.sequence, in_digest=package.digest)
    if not moved:
        raise Refusal("PKG-RACE", status=409, field="sequence", value=package.head.sequence, rule="next",
                      zh="同一通道刚刚收下另一包或已停用，请重发。", en="The channel has just taken another package or closed; send again.")
    receipt = issue(package, outcomes, own())
    Received.objects.create(channel=channel, sequence=package.head.sequence, digest=package.digest, accepted=counts[0], refused=counts[1],
                            deliveries=batches, receipt=receipt.decode(), received_at=at, log_index=index)
    return receipt


def _handed(channel: Channel, package: Package, *, at: datetime) -> tuple[list[str], list[str]]:
    """Each row's outcome, and the deliveries made of them, one for each item."""
    outcomes, by_item, batches = [ACCEPTED] * len(package.rows), dict[str, list[Any]](), list[str]()
    for place, row in enumerate(package.parsed()):
        if row is None:
            outcomes[place] = ERASED
        elif row.get("op") == OBJECTION:
            outcomes[place] = take_objection(channel, row, at=at)
        elif row.get("op") == WITHDRAW:
            outcomes[place] = take_withdrawal(channel, row, at=at)
        elif row.get("op") == LEAD:
            outcomes[place] = take_lead(channel, row, at=at)
        elif row.get("op") != PUT or not isinstance(row.get("item"), str) or not isinstance(row.get("fields"), dict):
            outcomes[place] = UNKNOWN
        else:
            by_item.setdefault(row["item"], []).append((place, row["fields"]))
    for item, rows in by_item.items():
        codes, batch = _delivered(channel, item, [fields for _, fields in rows], at=at)
        batches += [batch] if batch else []
        for (place, _), code in zip(rows, codes, strict=True):
            outcomes[place] = code
    return outcomes, batches


def _delivered(channel: Channel, item: str, rows: Sequence[dict[str, Any]], *, at: datetime) -> tuple[list[str], str]:
    """Hand rows of one item to intake; the first fault of each row is its code."""
    data = json.dumps(rows, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    codes = [ACCEPTED] * len(rows)
    try:
        batch = deliveries.receive(io.BytesIO(data), item=item, source=channel.unit, by=SYSTEM, at=at, channel="exchange")
        if intake.delivery(batch.uid).state == "received":
            deliveries.check(batch.uid, by=SYSTEM, at=at)
    except Refusal as refusal:
        return [refusal.code] * len(rows), ""
    for fault in intake.faults(batch.uid):
        place = fault["line"] - 1
        if fault.get("severity", "error") == "error" and 0 <= place < len(rows) and codes[place] == ACCEPTED:
            codes[place] = fault["code"]
    return codes, batch.uid
