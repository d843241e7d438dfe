"""How do the channels stand, what has no receipt, and what exactly is in a package?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from ximu.ideas.exchange.models import Balanced, Channel, Forwarded, Package, Received, Registration, Row, Trace
from ximu.ideas.exchange.rules import PUT, RECALL, Inbound, joined, profile
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

ACKNOWLEDGED, TAKEN, BALANCED = "exchange.acknowledged", "exchange.received", "exchange.balanced"
REGISTERED, CLOSED = "exchange.registered", "exchange.closed"
KINDS = ("exchange.",)


def channel(code: str) -> Channel:
    """Errors: `CHAN-NONE`."""
    found = Channel.objects.filter(code=code).first()
    if found is None:
        raise absent("CHAN-NONE", field="channel", value=code[:24], zh="个通道", en="channel")
    return found


def channel_for(code: str, by: Actor) -> Channel:
    """The channel of a peer that asks about its own. Errors: `CHAN-NONE`, `PERM-DENIED`."""
    by.must("exchange.peer")
    found = channel(code)
    by.must("exchange.peer", found.unit)
    return found


def living(found: Channel) -> Channel:
    """Nothing goes over a closed channel, neither way. Errors: `CHAN-CLOSED`."""
    if not found.active:
        raise Refusal("CHAN-CLOSED", status=409, field="channel", value=found.code, rule="active", zh="该通道已停用，不再收发。",
                      en="The channel is closed; nothing is sent or taken over it.")
    return found


def proposed_to_close(code: str) -> Channel:
    """Errors: `CHAN-NONE`, `CHAN-CLOSED`, `CLOSE-NONE`."""
    found = living(channel(code))
    if found.closing_at is None:
        raise absent("CLOSE-NONE", field="channel", value=found.code, zh="项待确认的停用", en="proposal to close it")
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """What a closed channel leaves: rows that wait, recalls among them, packages without receipt, records there, matters unanswered."""

    waiting: int
    recalls: int
    unacknowledged: int
    held: int
    unanswered: int


def left(found: Channel) -> Left:
    waiting = Counter(Row.objects.filter(channel=found, state=Row.State.WAITING).values_list("op", flat=True))
    return Left(waiting.total(), waiting[RECALL],
                Package.objects.filter(channel=found).exclude(state=Package.State.DONE).count(), len(held_there(found)),
                Forwarded.objects.filter(channel=found, outcome="").count())


def closed_and_open() -> list[Channel]:
    """Closed channels over folders whose packages have not all got their receipt."""
    rows = Package.objects.filter(channel__active=False, channel__kind=Channel.Kind.DROP).exclude(state=Package.State.DONE)
    return list(Channel.objects.filter(pk__in=rows.values("channel")).order_by("pk"))


def channels() -> QuerySet[Channel]:
    return Channel.objects.order_by("code").annotate(
        waiting=Count("rows", filter=Q(rows__state="waiting"), distinct=True),
        open=Count("packages", filter=~Q(packages__state="done"), distinct=True),
        late=Count("packages", filter=Q(packages__escalated_at__isnull=False) & ~Q(packages__state="done"), distinct=True),
    )


def packages(code: str = "", *, only_open: bool = False) -> QuerySet[Package]:
    rows = Package.objects.select_related("channel").order_by("-pk")
    rows = rows.filter(channel=channel(code)) if code else rows
    return rows.exclude(state=Package.State.DONE) if only_open else rows


def package(found: Channel, sequence: int) -> Package:
    """Errors: `PKG-NONE`."""
    made = Package.objects.filter(channel=found, sequence=sequence).first()
    if made is None:
        raise absent("PKG-NONE", field="sequence", value=sequence, zh="个数据包", en="package")
    return made


def bytes_of(found: Package) -> bytes:
    """The package as it goes out now; a row erased since is an empty line."""
    bodies = Row.objects.filter(package=found).order_by("position").values_list("body", flat=True)
    return joined(found.note.encode(), [body.encode() for body in bodies])


def due(found: Channel, at: datetime) -> list[Package]:
    """What has no receipt and may be sent (again), in order."""
    return list(Package.objects.filter(channel=found, due_at__lte=at).exclude(state=Package.State.DONE).order_by("sequence"))


def traces(most: int = 50) -> QuerySet[Trace]:
    return Trace.objects.select_related("channel").order_by("-pk")[:most]


def received(most: int = 50) -> QuerySet[Received]:
    return Received.objects.select_related("channel").order_by("-pk")[:most]


def forwarded(code: str = "") -> QuerySet[Forwarded]:
    """Matters that peers forwarded, newest first."""
    rows = Forwarded.objects.select_related("channel").order_by("-pk")
    return rows.filter(channel=channel(code)) if code else rows


def barred(most: int = 50) -> QuerySet[Row]:
    """Rows that did not arrive and why: the lists forbid it, or the receiver refused."""
    return Row.objects.select_related("channel").filter(state__in=["barred", "refused"]).order_by("-pk")[:most]


def carried(code: str, most: int = 200) -> QuerySet[Row]:
    """What went over a channel or waits there, with the package whose receipt answers for it; newest first. Errors: `CHAN-NONE`."""
    return Row.objects.select_related("package").filter(channel=channel(code)).order_by("-pk")[:most]


def held_there(found: Channel) -> dict[str, str]:
    """Number → digest of what the receiver should hold now: accepted and not recalled."""
    holds: dict[str, str] = {}
    for number, op, digest in Row.objects.filter(channel=found, state=Row.State.ACCEPTED).order_by(
            "package__sequence", "position").values_list("number", "op", "digest"):
        if op == RECALL:
            holds.pop(number, None)
        elif op == PUT:
            holds[number] = digest
    return holds


def inbound(found: Channel) -> Inbound:
    """How far we are with what the other side sent."""
    rows = Received.objects.filter(channel=found).aggregate(accepted=Sum("accepted"), refused=Sum("refused"))
    return Inbound(found.in_sequence, found.in_digest, rows["accepted"] or 0, rows["refused"] or 0)


def balances(found: Channel) -> QuerySet[Balanced]:
    """Reconciliations that both sides signed, newest first."""
    return Balanced.objects.filter(channel=found).order_by("-pk")


def registration(uid: str) -> Registration:
    """Errors: `REG-NONE`."""
    found = Registration.objects.filter(uid=uid).first()
    if found is None:
        raise absent("REG-NONE", field="registration", value=uid[:40], zh="件接入登记", en="request for registration")
    return found


def registration_for(uid: str, by: Actor) -> Registration:
    """A request of one's own office; another's is as if it were not there. Errors: `REG-NONE`, `PERM-DENIED`."""
    by.must("exchange.register")
    found = registrations(by).filter(uid=uid).first()
    if found is None or not by.can("exchange.register", found.unit):
        raise absent("REG-NONE", field="registration", value=uid[:40], zh="件接入登记", en="request for registration")
    return found


def registrations(by: Actor) -> QuerySet[Registration]:
    """Newest first: all for who confirms, those of the own office for who registers."""
    rows = Registration.objects.order_by("-pk")
    units = None if by.can("exchange.manage") else by.units_with("exchange.register")
    return rows if units is None else rows.filter(unit__in=units)


def overdue(at: datetime) -> list[Package]:
    """No receipt after the term of the profile (未回执)."""
    rows = Package.objects.select_related("channel").filter(channel__active=True).exclude(state=Package.State.DONE)
    return [p for p in rows.order_by("pk") if p.made_at + timedelta(days=profile(p.channel.profile).receipt_days) < at]


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """For those who watch the exchange: what is unacknowledged beyond its term."""
    asked = Registration.objects.filter(state=Registration.State.ASKED).count() if actor.can("exchange.manage") else 0
    found = [TodayItem(Text("待确认", "To confirm"), Text("接入登记", "keys that offices registered"), reverse("exchange:registrations"),
                       count=asked)] if asked else []
    if not actor.can("exchange.send"):
        return found
    closing = Channel.objects.filter(active=True, closing_at__isnull=False).count() if actor.can("exchange.manage") else 0
    if closing:
        found.append(TodayItem(Text("待确认", "To confirm"), Text("通道停用", "channels proposed to be closed"),
                              reverse("exchange:channels"), count=closing))
    late = Package.objects.filter(escalated_at__isnull=False, channel__active=True).exclude(state=Package.State.DONE).count()
    if late:
        found.append(TodayItem(Text("未回执", "Unacknowledged"), Text("数据包超过回执期限", "packages past the term of their receipt"),
                               reverse("exchange:channels"), count=late, state="late"))
    return found


def acknowledged_body(found: Package, accepted: int) -> dict[str, Any]:
    return {"channel": found.channel.code, "sequence": found.sequence, "package": found.digest, "rows": found.rows, "accepted": accepted}


def taken_body(code: str, sequence: int, digest: str, counts: tuple[int, int]) -> dict[str, Any]:
    return {"channel": code, "sequence": sequence, "package": digest, "accepted": counts[0], "refused": counts[1]}


def balanced_body(code: str, digest: str, even: bool) -> dict[str, Any]:
    return {"channel": code, "statement": digest, "even": even}


def registered_body(one: Registration) -> dict[str, Any]:
    return {"channel": one.code, "unit": one.unit, "key": hashlib.sha256(one.peer_key.encode()).hexdigest(), "replaces": bool(one.replaces)}


def closed_body(found: Channel) -> dict[str, Any]:
    """Which channel ended, and after which package each way; the reason is free text and stays outside the log."""
    return {"channel": found.code, "unit": found.unit, "sent": found.sequence, "received": found.in_sequence}


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about packages."""
    done = Package.objects.select_related("channel").filter(log_index__gte=first, log_index__lt=last)
    counted = done.annotate(accepted=Count("carried", filter=Q(carried__state="accepted")))
    for row in counted.order_by("log_index"):
        if row.settled_at is not None:
            yield (row.log_index or 0, entry_bytes(ACKNOWLEDGED, acknowledged_body(row, row.accepted), row.settled_at),
                   f"回执 {row.channel.code} {row.sequence}")
    for one in Received.objects.select_related("channel").filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        body = taken_body(one.channel.code, one.sequence, one.digest, (one.accepted, one.refused))
        yield one.log_index, entry_bytes(TAKEN, body, one.received_at), f"收件 {one.channel.code} {one.sequence}"
    for made in Balanced.objects.select_related("channel").filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        body = balanced_body(made.channel.code, hashlib.sha256(made.note.split("\n")[0].encode()).hexdigest(), made.even)
        yield made.log_index, entry_bytes(BALANCED, body, made.signed_at), f"对账 {made.channel.code}"
    for said in Registration.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        if said.decided_at is not None:
            yield said.log_index or 0, entry_bytes(REGISTERED, registered_body(said), said.decided_at), f"接入登记 {said.code}"
    for ended in Channel.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        if ended.closed_at is not None:
            yield ended.log_index or 0, entry_bytes(CLOSED, closed_body(ended), ended.closed_at), f"通道停用 {ended.code}"
