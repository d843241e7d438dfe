"""How does a package leave, and when is it settled? Built once, sent until its receipt is here, settled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from ximu.foundation import apart, clock
from ximu.ideas.casework import services as casework
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.exchange import queries
from ximu.ideas.exchange.models import Channel, Package, Row
from ximu.ideas.exchange.rules import ACCEPTED, RECALL, Head, build, pause, profile, read, read_key, settles
from ximu.ideas.exchange.services import transport
from ximu.ideas.exchange.services.forwarding import answer_closed
from ximu.ideas.exchange.services.keys import own
from ximu.ideas.exchange.services.queueing import confirmation
from ximu.ideas.exchange.services.recalling import follow_policy
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.lazily import Lazily
from ximu.kernel.refusal import Refusal

if TYPE_CHECKING:
    import httpx
else:
    httpx = Lazily("httpx")

State = Row.State


@dataclass(slots=True)
class Sent:
    """What one pass over a channel did."""

    sent: int = 0
    settled: int = 0
    failed: str = ""


@transaction.atomic
def pack(code: str, *, by: Actor, at: datetime) -> Package | None:
    """Put what waits into the next package; None when nothing waits. Errors: `CHAN-CLOSED`, `PKG-RACE`, `PERM-DENIED`."""
    by.must("exchange.send")
    channel = queries.living(queries.channel(code))
    wants, today = profile(channel.profile), clock.city_day(at)
    waiting = list(Row.objects.filter(channel=channel, state=State.WAITING).order_by("pk")[:wants.most_rows])
    if not waiting:
        return None
    signer, edition = own(), catalogue.edition_in_force(today)
    head = Head(channel.code, signer.name, read_key(channel.peer_key)[0], channel.sequence + 1, channel.digest,
                edition.number if edition else "", disclosure.policy_on(today).version, wants.schema, at.isoformat())
    note, digest = build(head, [row.body.encode() for row in waiting], signer)
    moved = Channel.objects.filter(pk=channel.pk, sequence=channel.sequence, active=True).update(sequence=head.sequence, digest=digest)
    if not moved:
        raise Refusal("PKG-RACE", status=409, field="sequence", value=head.sequence, rule="next", zh="另一次打包刚刚完成。",
                      en="Another package has just been built.")
    made = Package.objects.create(channel=channel, sequence=head.sequence, digest=digest, note=note.decode(), rows=len(waiting), made_at=at,
                                  due_at=at)
    for position, row in enumerate(waiting):
        row.package, row.position, row.state = made, position, State.PACKED
    Row.objects.bulk_update(waiting, ["package", "position", "state"], batch_size=200)
    return made


def send(code: str, *, by: Actor, at: datetime) -> Sent:
    """Hand over what is due, in order, and take what receipts there are. A failure waits longer each time and stops the pass.

    Errors: `CHAN-CLOSED`, `PERM-DENIED`.
    """
    by.must("exchange.send")
    channel, done = queries.living(queries.channel(code)), Sent()
    if channel.kind == Channel.Kind.DROP:
        done.settled += collect(channel, at=at)
    for package in queries.due(channel, at):
        try:
            answer = transport.hand_over(channel, package.sequence, queries.bytes_of(package))
            _tried(package, "", at=at)
            done.sent += 1
            if answer and settle(code, answer, at=at):
                done.settled += 1
        except (Refusal, httpx.HTTPError, OSError) as error:
            done.failed = error.code if isinstance(error, Refusal) else type(error).__name__
            _tried(package, done.failed, at=at)
            break
    return done


def _tried(package: Package, error: str, *, at: datetime) -> None:
    Package.objects.filter(pk=package.pk).exclude(state=Package.State.DONE).update(
        state=Package.State.SENT, attempts=F("attempts") + 1, error=error[:60], due_at=at + pause(package.attempts))


def collect(channel: Channel, *, at: datetime) -> int:
    """Receipts that lie in the folder; one that is no good stays there and is left for a person."""
    settled = 0
    for path, note in transport.lying(channel):
        try:
            settled += settle(channel.code, note, at=at)
        except Refusal:
            transport.put_aside(path, "refused")
            continue
        transport.put_aside(path, "done")
    return settled


@transaction.atomic
def settle(code: str, note: bytes, *, at: datetime) -> bool:
    """Take a receipt: the receiver's signature decides, whoever brings it. False when it was taken before.

    Errors: `PKG-FORGED`, `PKG-FORM`, `RCPT-FORM`, `RCPT-WRONG`, `PKG-NONE`.
    """
    channel = queries.channel(code)
    receipt = read(note, channel.peer_key)
    package = queries.package(channel, receipt.sequence if isinstance(receipt.sequence, int) else 0)
    settles(receipt, channel=channel.code, sequence=package.sequence, digest=package.digest, rows=package.rows)
    taken = sum(outcome == ACCEPTED for outcome in receipt.outcomes)
    if package.state == Package.State.DONE:
        return False
    index = append([Entry(queries.ACKNOWLEDGED, queries.acknowledged_body(package, taken))], at=at)[0]
    moved = Package.objects.filter(pk=package.pk).exclude(state=Package.State.DONE).update(
        state=Package.State.DONE, receipt=note.decode(), settled_at=at, log_index=index, error="")
    if not moved:
        raise Refusal("PKG-RACE", status=409, field="sequence", value=package.sequence, rule="once", zh="回执刚刚已被处理。",
                      en="The receipt has just been taken.")
    rows = Row.objects.filter(package=package)
    refused: dict[str, list[int]] = {}
    for position, outcome in enumerate(receipt.outcomes):
        if outcome != ACCEPTED:
            refused.setdefault(outcome, []).append(position)
    rows.update(state=State.ACCEPTED)
    for outcome, places in refused.items():
        for start in range(0, len(places), 500):
            rows.filter(position__in=places[start:start + 500]).update(state=State.REFUSED, code=outcome)
    for row in rows.select_related("channel", "package").filter(op=RECALL, state=State.ACCEPTED).exclude(effect=""):
        _stopped(row, at=at)
    return True


def _stopped(row: Row, *, at: datetime) -> None:
    """The receiver has taken it back: the line in the ledger of effects ends. It may have ended by hand before."""
    try:
        with transaction.atomic():
            casework.confirm_stop(row.effect, receipt=confirmation(row), by=SYSTEM, at=at)
    except Refusal as refusal:
        if refusal.code != "STATE-EDGE":
            raise


def escalate(*, at: datetime) -> int:
    """未回执 beyond the term: shown to those who watch the exchange until a receipt comes; how many are new."""
    late = [package.pk for package in queries.overdue(at) if package.escalated_at is None]
    for start in range(0, len(late), 500):
        Package.objects.filter(pk__in=late[start:start + 500], escalated_at=None).update(escalated_at=at)
    return len(late)


def sweep(*, at: datetime) -> int:
    """The daily pass: answer, recall what the policy no longer allows, build, send, escalate; how many packages were settled.

    A receipt for what went out before a channel was closed is still taken. Errors: `PartlyError`."""
    tries = apart.Apart("exchange")
    tries.run(partial(answer_closed, at=at), whole=False)
    tries.run(partial(follow_policy, at=at), whole=False)
    for channel in Channel.objects.filter(active=True).order_by("pk"):
        tries.done += tries.run(partial(_settle, channel.code, at=at), whole=False) or 0
    for ended in queries.closed_and_open():
        tries.done += tries.run(partial(collect, ended, at=at), whole=False) or 0
    tries.run(partial(escalate, at=at), whole=False)
    tries.tell()
    return tries.done


def _settle(channel: str, *, at: datetime) -> int:
    while pack(channel, by=SYSTEM, at=at):
        pass
    return send(channel, by=SYSTEM, at=at).settled
