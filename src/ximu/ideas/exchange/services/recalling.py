"""What went out under a policy that has become stricter? It is recalled; what may still be there is sent anew, narrower."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as disclosing
from ximu.ideas.exchange.models import Channel, Row
from ximu.ideas.exchange.rules import PUT, RECALL, Profile, profile, put_row
from ximu.ideas.exchange.services.queueing import waiting
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import LIVE
from ximu.kernel.refusal import Refusal

NARROWER, RENEWED = "POLICY", "POLICY-RENEWED"
"""Codes of a row that was taken back because of the policy, and of one whose narrower form has followed."""
CHUNK = 500
THERE = (Row.State.WAITING, Row.State.PACKED, Row.State.ACCEPTED)


def follow_policy(*, at: datetime) -> int:
    """The daily look at every closed channel: each row once for each state of the policy; how many were recalled."""
    mark, recalled = disclosure.policy_mark(clock.city_day(at)), 0
    for channel in Channel.objects.filter(active=True).order_by("pk"):
        wants = profile(channel.profile)
        if not wants.closed:
            continue
        rows = Row.objects.filter(channel=channel, op=PUT, state__in=THERE, code="").exclude(effect="").exclude(policy=mark)
        while batch := list(rows.order_by("pk")[:CHUNK]):
            recalled += sum(_looked_at(row, wants, mark, at=at) for row in batch)
        _renew(channel, wants, mark, at=at)
    return recalled


@transaction.atomic
def _looked_at(row: Row, wants: Profile, mark: str, *, at: datetime) -> bool:
    """Whether it had to be taken back."""
    form = _form(row, wants, at=at)
    strict = form is None or _narrower(json.loads(row.body or "{}"), form, wants)
    moved = Row.objects.filter(pk=row.pk, code="").update(policy=mark, code=NARROWER if strict else "")
    if not (moved and strict):
        return False
    target = f"{row.channel.code}:{row.publication}"
    return casework.end_effect_of(row.number, kind="share", target=target, cause="closed", at=at)


def _form(row: Row, wants: Profile, *, at: datetime) -> dict[str, Any] | None:
    """What might go there today; None: nothing. A record that is in effect no more is recalled for that reason, not for this one."""
    try:
        return disclosing.would_share(row.number, audience=wants.audience, purpose=wants.purpose, at=at)
    except Refusal:
        return None


def _narrower(sent: dict[str, Any], form: dict[str, Any], wants: Profile) -> bool:
    """Whether something that was sent is not shown any more, or only masked."""
    now = json.loads(put_row(form, wants, salt=""))
    gone = sent.get("fields", {}).keys() - now["fields"].keys()
    covered = {*now.get("masked", ())} - {*sent.get("masked", ())}
    return bool(gone or covered & sent.get("fields", {}).keys()) or now["subject"] != sent.get("subject", now["subject"])


def _renew(channel: Channel, wants: Profile, mark: str, *, at: datetime) -> None:
    """Behind its recall, what may still be there: in this order, so that the receiver ends with the narrower form."""
    back = Row.objects.filter(channel=channel, publication=OuterRef("publication"), op=RECALL)
    rows = Row.objects.filter(channel=channel, op=PUT, code=NARROWER)
    for row in (rows.filter(Exists(back)) | rows.filter(state=Row.State.DROPPED)).order_by("pk"):
        with transaction.atomic():
            if Row.objects.filter(pk=row.pk, code=NARROWER).update(code=RENEWED):
                _again(row, wants, mark, at=at)


def _again(row: Row, wants: Profile, mark: str, *, at: datetime) -> None:
    version, state = records.states_of([row.number]).get(row.number, (0, ""))
    if version != row.version or state not in LIVE or _form(row, wants, at=at) is None:
        return
    form = disclosing.share(row.number, audience=wants.audience, purpose=wants.purpose, receiver=row.channel.unit, at=at)
    made = Row(channel=row.channel, publication=new_uid(), op=PUT, number=row.number, version=row.version, policy=mark, made_at=at)
    waiting(made, form, wants, at=at)
