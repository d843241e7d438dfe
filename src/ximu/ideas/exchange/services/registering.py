"""How does an office get its own channel? It registers a key that it holds; a second person confirms; a new key goes the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from ximu.foundation import clock, reach
from ximu.ideas.exchange import queries
from ximu.ideas.exchange.models import Channel, Registration
from ximu.ideas.exchange.rules import Request, as_signed, profile, read_request
from ximu.ideas.exchange.services.keys import own
from ximu.ideas.exchange.services.queueing import Setup, opened
from ximu.ideas.exchange.services.transport import folder_of, lay_out
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

State = Registration.State


def register(note: bytes, *, by: Actor, at: datetime) -> Registration:
    """An office asks: a channel of its own, or a new key for the one that it has. Nothing speaks by this key yet.

    The address is judged before the transaction begins: a name may take seconds to look up.
    Errors: those of `read_request`, `ADDR-CLOSED`, `ADDR-UNKNOWN`, `CHAN-PROFILE`, `ORG-UNKNOWN`, `PERM-DENIED`, `CHAN-TWICE`,
    `CHAN-CLOSED`, `REG-KEY`, `REG-TWICE`.
    """
    by.must("exchange.register")
    asked = read_request(note, own().name)
    by.must("exchange.register", asked.unit)
    if asked.kind == Channel.Kind.PUSH:
        reach.open_address(asked.address)
    return _registered(note, asked, by=by, at=at)


@transaction.atomic
def _registered(note: bytes, asked: Request, *, by: Actor, at: datetime) -> Registration:
    profile(asked.profile)
    if registry.unit(asked.unit, as_of=clock.city_day(at)) is None:
        raise absent("ORG-UNKNOWN", field="unit", value=asked.unit[:40], zh="个单位", en="body")
    replaces = _free(asked)
    try:
        with transaction.atomic():
            return Registration.objects.create(
                code=asked.channel, profile=asked.profile, kind=asked.kind, address=asked.address, peer_key=asked.key, unit=asked.unit,
                replaces=replaces, note=as_signed(note).decode(), asked_at=at, asked_by=by.human)
    except IntegrityError as error:
        raise Refusal("REG-TWICE", status=409, field="channel", value=asked.channel, rule="registration_one_open",
                      zh="该通道已有待确认的登记；请等待确认或先撤回。",
                      en="A request for this channel waits to be confirmed; wait for it or take it back first.") from error


def _free(asked: Request) -> str:
    """The key of the office's own channel that would be replaced, if it has one. Errors: `CHAN-TWICE`, `CHAN-CLOSED`, `REG-KEY`."""
    known = Registration.objects.filter(Q(peer_key=asked.key, state__in=[State.ASKED, State.CONFIRMED]) | Q(replaces=asked.key))
    if known.exists() or Channel.objects.filter(peer_key=asked.key).exists():
        raise Refusal("REG-KEY", status=409, field="key", value=asked.key[:60], rule="一钥一用", zh="该公钥已登记或已用过，请另生成一把。",
                      en="This key is registered or was used before; make another one.")
    channel = Channel.objects.filter(code=asked.channel).first()
    if channel is not None:
        queries.living(channel)
    if channel is not None and (channel.unit, channel.profile, channel.kind) != (asked.unit, asked.profile, asked.kind):
        raise Refusal("CHAN-TWICE", status=409, field="channel", value=asked.channel, rule="unique",
                      zh="已有同名通道，且不是本单位的同类通道。",
                      en="There is a channel of this name that is not your unit's of this kind.")
    return channel.peer_key if channel else ""


def confirm(uid: str, *, by: Actor, at: datetime) -> Registration:
    """The second person, who has asked the office on another way whether the key is its own; from now on the key speaks for the channel.

    A folder is laid out before the transaction: what a disk has made cannot be rolled back, and an empty folder does nobody harm.
    Errors: `PERM-DENIED`, `REG-NONE`, `DUAL`, `REG-STATE`, `CHAN-TWICE`, `CHAN-CLOSED`.
    """
    by.must("exchange.manage")
    row = queries.registration(uid)
    if row.asked_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=row.code, rule="两人办理", zh="登记人不能确认自己的登记。",
                      en="Who registered a key may not confirm it.")
    address = row.address
    if row.kind == Channel.Kind.DROP and not row.replaces and row.state == State.ASKED:
        lay_out(folder_of(row.code))
        address = str(folder_of(row.code))
    return _confirmed(row, address, by=by, at=at)


@transaction.atomic
def _confirmed(row: Registration, address: str, *, by: Actor, at: datetime) -> Registration:
    index = append([Entry(queries.REGISTERED, queries.registered_body(row))], at=at)[0]
    made = _decided(row, State.CONFIRMED, by=by, at=at, log_index=index)
    if row.replaces:
        channel = Channel.objects.filter(code=row.code, unit=row.unit, peer_key=row.replaces, active=True)
        if not (channel.update(peer_key=row.peer_key) if row.kind == Channel.Kind.DROP else
                channel.update(peer_key=row.peer_key, address=address)):
            queries.living(queries.channel(row.code))
            raise _state(row)
    else:
        opened(row.code, setup=Setup(row.profile, row.kind, address, row.peer_key, row.unit), by=by, at=at)
    return made


@transaction.atomic
def decline(uid: str, *, reason: str, by: Actor, at: datetime) -> Registration:
    """Errors: `PERM-DENIED`, `REG-NONE`, `REASON`, `REG-STATE`."""
    by.must("exchange.manage")
    row = queries.registration(uid)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="不予确认须说明理由。", en="A reason is needed to decline.")
    return _decided(row, State.DECLINED, by=by, at=at, reason=reason.strip()[:400])


@transaction.atomic
def withdraw(uid: str, *, by: Actor, at: datetime) -> Registration:
    """The office takes its request back. Errors: `PERM-DENIED`, `REG-NONE`, `REG-STATE`."""
    row = queries.registration_for(uid, by)
    return _decided(row, State.WITHDRAWN, by=by, at=at)


def _decided(row: Registration, state: str, *, by: Actor, at: datetime, **changes: Any) -> Registration:
    if not Registration.objects.filter(pk=row.pk, state=State.ASKED).update(state=state, decided_at=at, decided_by=by.human, **changes):
        raise _state(row)
    row.refresh_from_db()
    return row


def _state(row: Registration) -> Refusal:
    return Refusal("REG-STATE", status=409, field="state", value=row.state, rule=State.ASKED, zh="该登记已经办结。",
                   en="This request has been decided already.")
