"""What goes to whom? A publication is queued for every channel that may have it, what is in effect for every closed audience; its end
recalls what was sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock, reach
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.queries import EffectRow
from ximu.ideas.catalogue.queries import gate
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as disclosing
from ximu.ideas.disclosure.hooks import PublicationClosed, PublicationOpened
from ximu.ideas.exchange.models import Channel, Row
from ximu.ideas.exchange.rules import PUT, RECALL, Profile, good_code, profile, put_row, read_key, recall_row, row_digest
from ximu.ideas.records import queries as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.ideas.records.rules import LIVE
from ximu.ideas.records.services import Traces
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

SALT_BYTES = 16
CODE_RULE = "a-z 0-9 -"


@dataclass(frozen=True, slots=True)
class Setup:
    """A new channel: whose profile, how, where, by which key the peer is known."""

    profile: str
    kind: str
    address: str
    peer_key: str
    unit: str = ""


def open_channel(code: str, *, setup: Setup, by: Actor, at: datetime) -> Channel:
    """Errors: `ADDR-CLOSED`, `ADDR-UNKNOWN`, those of `opened`."""
    by.must("exchange.manage")
    if setup.kind == Channel.Kind.PUSH and setup.address:
        reach.open_address(setup.address)
    return opened(code, setup=setup, by=by, at=at)


@transaction.atomic
def opened(code: str, *, setup: Setup, by: Actor, at: datetime) -> Channel:
    """A channel whose address was judged before, outside the transaction: a name may take seconds to look up.

    Errors: `CHAN-TWICE`, `CHAN-FORM`, `CHAN-PROFILE`, `PKG-KEY`, `PERM-DENIED`.
    """
    by.must("exchange.manage")
    made = profile(setup.profile)
    read_key(setup.peer_key)
    if not good_code(code) or setup.kind not in Channel.Kind.values or (setup.kind == "pull") == bool(setup.address):
        raise Refusal("CHAN-FORM", field="channel", value=code[:24], rule=f"{CODE_RULE}; {' '.join(Channel.Kind.values)}",
                      zh="通道代码、方式或地址无效；文件交换和推送须有地址，拉取没有。",
                      en="Code, kind or address is not valid; drop and push need an address, pull has none.")
    row = Channel(code=code, profile=made.code, kind=setup.kind, address=setup.address, peer_key=setup.peer_key.strip(), opened_at=at,
                  opened_by=by.human)
    row.unit = setup.unit or row.uid
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("CHAN-TWICE", status=409, field="channel", value=code, rule="unique", zh="已有同名通道。",
                      en="There is a channel of this name.") from error
    return row


def on_opened(event: PublicationOpened, *, at: datetime) -> None:
    """Wired to disclosure."""
    for channel in Channel.objects.filter(active=True).order_by("pk"):
        if not profile(channel.profile).closed:
            queue(channel, event, at=at)


def on_moved(event: RecordsMoved, *, at: datetime) -> None:
    """Wired to records: what is in effect now goes to every closed audience that may have it. Its end comes by the ledger of effects."""
    channels = [channel for channel in Channel.objects.filter(active=True).order_by("pk") if profile(channel.profile).closed]
    if not channels or event.after not in LIVE:
        return
    for number, (version, state) in sorted(records.states_of(event.numbers).items()):
        for channel in channels if state in LIVE else ():
            queue_closed(channel, number, version, at=at)


@transaction.atomic
def queue_closed(channel: Channel, number: str, version: int, *, at: datetime) -> Row | None:
    """The row for a closed audience; None where it may not know of the record, or has it.

    What the lists or a mark of secrecy forbid is kept as barred; that is asked after the policy, so a barred row tells nobody of a record
    that the policy hides.
    """
    wants, key = profile(channel.profile), f"{number}.{version}"
    listed = records.duties(number)
    if listed.family not in wants.families or Row.objects.filter(channel=channel, publication=key, op=PUT).exists():
        return None
    row = Row(channel=channel, publication=key, op=PUT, number=number, version=version, made_at=at)
    try:
        with transaction.atomic():
            form = disclosing.share(number, audience=wants.audience, purpose=wants.purpose, receiver=channel.unit, at=at)
            _allowed(listed.item, wants, listed.event_date)
    except Refusal as refusal:
        if refusal.code == "REC-NONE":
            return None
        row.state, row.code = Row.State.BARRED, refusal.code
        row.save()
        return row
    return waiting(row, form, wants, at=at)


@transaction.atomic
def queue(channel: Channel, event: PublicationOpened, *, at: datetime) -> Row | None:
    """Write the row that tells this receiver; one that the lists forbid is kept as barred, with the code, and never sent."""
    wants, today = profile(channel.profile), clock.city_day(at)
    try:
        form = disclosure.public_record(event.number, on=today)
    except Refusal:
        return None
    if form["family"] not in wants.families or Row.objects.filter(channel=channel, publication=event.publication, op=PUT).exists():
        return None
    row = Row(channel=channel, publication=event.publication, op=PUT, number=form["record"], version=form["version"], made_at=at)
    try:
        _allowed(form["item"], wants, date.fromisoformat(form["event_date"]))
    except Refusal as refusal:
        row.state, row.code = Row.State.BARRED, refusal.code
        row.save()
        return row
    return waiting(row, form, wants, at=at)


def waiting(row: Row, form: dict[str, Any], wants: Profile, *, at: datetime) -> Row:
    """The row with its body, its line in the ledger of effects written."""
    row.body = put_row(form, wants, salt=secrets.token_hex(SALT_BYTES)).decode()
    row.digest = row_digest(row.body.encode())
    row.effect = casework.add_effect(row.number, kind="share", target=f"{row.channel.code}:{row.publication}", policy=form["policy"],
                                     by=SYSTEM, at=at)
    row.save()
    return row


def _allowed(item: str, wants: Profile, on: date) -> None:
    """Errors: `LIST-NONE`, `LIST-APPLY`."""
    gate(item, use=wants.use, on=on, receiver=(wants.listed or wants.code) if wants.use == "share" else "")


def on_closed(event: PublicationClosed, *, at: datetime) -> None:
    """What is no longer public is taken back from every receiver; the ledger of effects keeps count."""
    for row in Row.objects.select_related("channel").filter(publication=event.publication, op=PUT).exclude(effect=""):
        target = f"{row.channel.code}:{event.publication}"
        casework.end_effect_of(event.number, kind="share", target=target, cause=event.cause, at=at)


def stop_share(line: EffectRow) -> str | None:
    """Asked by the ledger of effects. A row that never left is dropped; else the receipt comes with the receiver's confirmation.

    None for a share that did not go through a channel, or through one that is closed: a person has to see to it.
    """
    code, _, publication = line.target.partition(":")
    channel = Channel.objects.filter(code=code).first()
    if channel is None:
        return None
    at = line.stopping_at or line.made_at
    sent = Row.objects.filter(channel=channel, publication=publication, op=PUT).first()
    if sent is None:
        return "未发送"
    if Row.objects.filter(pk=sent.pk, state__in=[Row.State.WAITING, Row.State.DROPPED]).update(state=Row.State.DROPPED, body=""):
        return "未发送，已撤"
    if Row.objects.filter(pk=sent.pk, state=Row.State.REFUSED).exists():
        return "接收方未采纳，无需召回"
    back = Row.objects.filter(channel=channel, publication=publication, op=RECALL).first()
    if back is not None and back.state == Row.State.ACCEPTED:
        return confirmation(back)
    if not channel.active:
        return None
    if back is not None:
        return ""
    cause = line.cause.en.lower() if line.cause else "closed"
    body = recall_row(sent.number, sent.version, cause=cause, salt=secrets.token_hex(SALT_BYTES))
    Row.objects.create(channel=channel, publication=publication, op=RECALL, number=sent.number, version=sent.version,
                       body=body.decode(), digest=row_digest(body), effect=sent.effect, made_at=at)
    return ""


def confirmation(row: Row) -> str:
    """The receipt of a recall: where the receiver's signature is found."""
    package = row.package
    return f"通道{row.channel.code}第{package.sequence}号数据包第{row.position + 1}行已确认召回" if package else ""


def forget(traces: Traces, *, at: datetime) -> None:
    """The content of erased records leaves every package that carried it; digests are salted and say nothing."""
    rows = Row.objects.filter(number__in=traces.numbers, op=PUT)
    rows.filter(state=Row.State.WAITING).update(state=Row.State.DROPPED)
    rows.update(body="")
