"""How does a channel end? One person proposes it with a reason, another confirms; from then on nothing leaves and nothing is taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from ximu.ideas.casework import services as casework
from ximu.ideas.exchange import queries
from ximu.ideas.exchange.models import Channel, Row
from ximu.ideas.exchange.rules import PUT
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MOST_REASON = 400


@transaction.atomic
def propose_closing(code: str, *, reason: str, by: Actor, at: datetime) -> Channel:
    """Nothing changes yet. Errors: `PERM-DENIED`, `CHAN-NONE`, `CHAN-CLOSED`, `REASON`, `CLOSE-TWICE`."""
    by.must("exchange.send")
    channel = queries.living(queries.channel(code))
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="停用通道须说明理由。",
                      en="A reason is needed to close a channel.")
    asked = Channel.objects.filter(pk=channel.pk, active=True, closing_at=None)
    if not asked.update(closing_at=at, closing_by=by.human, reason=reason.strip()[:MOST_REASON]):
        raise Refusal("CLOSE-TWICE", status=409, field="channel", value=channel.code, rule="one proposal",
                      zh="该通道已有待确认的停用提议。", en="A proposal to close this channel waits to be confirmed.")
    channel.refresh_from_db()
    return channel


@transaction.atomic
def withdraw_closing(code: str, *, by: Actor, at: datetime) -> Channel:
    """The proposal is taken back, by who made it or by who could confirm it.

    Errors: `PERM-DENIED`, `CHAN-NONE`, `CHAN-CLOSED`, `CLOSE-NONE`, `CLOSE-STATE`.
    """
    by.must("exchange.send")
    channel = queries.proposed_to_close(code)
    if channel.closing_by != by.human:
        by.must("exchange.manage")
    if not _as_read(channel).update(closing_at=None, closing_by="", reason=""):
        raise _changed(channel)
    channel.refresh_from_db()
    return channel


@transaction.atomic
def close_channel(code: str, *, by: Actor, at: datetime) -> Channel:
    """The second person. What waits is dropped and its share ends; what the receiver holds stays in the ledger of effects, for a person
    to see to when it ends.

    Errors: `PERM-DENIED`, `CHAN-NONE`, `CHAN-CLOSED`, `CLOSE-NONE`, `DUAL`, `CLOSE-STATE`.
    """
    by.must("exchange.manage")
    channel = queries.proposed_to_close(code)
    if channel.closing_by == by.human:
        raise Refusal("DUAL", status=403, field="by", value=channel.code, rule="两人办理", zh="提出停用的人不能自行确认。",
                      en="Who proposed to close it may not confirm it.")
    index = append([Entry(queries.CLOSED, queries.closed_body(channel))], at=at)[0]
    if not _as_read(channel).update(active=False, closed_at=at, closed_by=by.human, log_index=index):
        raise _changed(channel)
    for number, publication in Row.objects.filter(channel=channel, op=PUT, state=Row.State.WAITING).values_list("number", "publication"):
        casework.end_effect_of(number, kind="share", target=f"{channel.code}:{publication}", cause="closed", at=at)
    channel.refresh_from_db()
    return channel


def _as_read(channel: Channel) -> QuerySet[Channel]:
    """The channel if nobody has sent, received or decided since it was read: the log names its last packages."""
    return Channel.objects.filter(pk=channel.pk, active=True, closing_at=channel.closing_at, closing_by=channel.closing_by,
                                  sequence=channel.sequence, in_sequence=channel.in_sequence)


def _changed(channel: Channel) -> Refusal:
    return Refusal("CLOSE-STATE", status=409, field="channel", value=channel.code, rule="unchanged", zh="该通道刚刚有变化，请刷新后再办。",
                   en="The channel has just changed; look again, then decide.")
