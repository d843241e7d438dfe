"""What happens with a matter that a peer forwards? It becomes a case here, once; the peer is told by a row of its own how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.exchange.models import Channel, Forwarded, Row
from ximu.ideas.exchange.rules import ACCEPTED, ANSWER, Lead, Objection, answer_row, lead_in, objection_in, row_digest, withdrawal_in
from ximu.ideas.exchange.services.queueing import SALT_BYTES
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

Desk = Callable[[Objection, str, datetime], str]
"""(objection, channel, now) → the case that was opened. Errors are refusals; their code is the row's outcome."""
DESKS: list[Desk] = []
LeadDesk = Callable[[Lead, str, datetime], str]
LEAD_DESKS: list[LeadDesk] = []
WITHDRAWN = "withdrawn"


def register_desk(desk: Desk) -> None:
    """Who opens a case for a forwarded objection; connected in `config/wiring.py`."""
    DESKS[:] = [desk]


Withdrawer = Callable[[str, str, datetime], None]
"""(case, reason, now): the case that an objection opened ends as withdrawn. Errors are refusals."""
WITHDRAWERS: list[Withdrawer] = []


def register_withdrawer(withdrawer: Withdrawer) -> None:
    """Who ends the case of an objection that is taken back; connected in `config/wiring.py`."""
    WITHDRAWERS[:] = [withdrawer]


def register_lead_desk(desk: LeadDesk) -> None:
    """Who raises a forwarded lead; connected in `config/wiring.py`."""
    LEAD_DESKS[:] = [desk]


def take_lead(channel: Channel, row: dict[str, Any], *, at: datetime) -> str:
    """The outcome of the row. The same ticket again is accepted and has no effect; other words under its number are refused.

    Codes: `FWD-FORM`, `FWD-CHANGED`, `FWD-DESK`, those of the desk.
    """
    digest = row_digest(canonical(row))
    try:
        lead = lead_in(row)
        with transaction.atomic():
            if known := Forwarded.objects.filter(channel=channel, theirs=lead.case).first():
                _the_same(known, digest)
                return ACCEPTED
            if not LEAD_DESKS:
                raise _no_desk("lead")
            case = LEAD_DESKS[0](lead, channel.code, at)
            Forwarded.objects.create(channel=channel, theirs=lead.case, digest=digest, number="", case=case, received_at=at)
    except IntegrityError:
        return "PKG-RACE"
    except Refusal as refusal:
        return refusal.code
    return ACCEPTED


def take_objection(channel: Channel, row: dict[str, Any], *, at: datetime) -> str:
    """The outcome of the row. The same matter again is accepted and has no effect; another one under its number is refused.

    Codes: `FWD-FORM`, `TIME-FUTURE`, `FWD-RECORD` for what this channel never carried, `FWD-CHANGED`, `FWD-DESK`, those of the desk.
    """
    digest = row_digest(canonical(row))
    try:
        matter = objection_in(row, on=clock.city_day(at))
        with transaction.atomic():
            if known := Forwarded.objects.filter(channel=channel, theirs=matter.case).first():
                _the_same(known, digest)
                return ACCEPTED
            _sent_there(channel, matter)
            case = _desk()(matter, channel.code, at)
            Forwarded.objects.create(channel=channel, theirs=matter.case, digest=digest, number=matter.record, case=case, received_at=at)
    except IntegrityError:
        return "PKG-RACE"
    except Refusal as refusal:
        return refusal.code
    return ACCEPTED


def take_withdrawal(channel: Channel, row: dict[str, Any], *, at: datetime) -> str:
    """The outcome of the row: the objection that this channel forwarded under the case number is taken back. Once more is accepted, too.

    Codes: `FWD-FORM`, `TIME-FUTURE`, `FWD-NONE`, `FWD-DESK`, `STATE-EDGE` for what is decided (the answer says how).
    """
    try:
        told = withdrawal_in(row, on=clock.city_day(at))
        with transaction.atomic():
            known = Forwarded.objects.select_for_update().filter(channel=channel, theirs=told.case).exclude(number="").first()
            if known is None:
                raise Refusal("FWD-NONE", status=404, field="case", value=told.case, rule=channel.code, zh="本通道没有转来过该案号的异议。",
                              en="This channel forwarded no objection under this case number.")
            if not WITHDRAWERS:
                raise _no_desk("withdraw")
            if cases.case_for(known.case).state != WITHDRAWN:
                WITHDRAWERS[0](known.case, told.reason, at)
    except Refusal as refusal:
        return refusal.code
    return ACCEPTED


def _the_same(known: Forwarded, digest: str) -> None:
    if known.digest != digest:
        raise Refusal("FWD-CHANGED", status=409, field="case", value=known.theirs, rule="once", zh="同一案号此前转来的内容不同。",
                      en="Other words came under this case number before.")


def _sent_there(channel: Channel, matter: Objection) -> None:
    """A peer can speak of what it has from us only; whether anything else exists it is not told."""
    if not Row.objects.filter(channel=channel, number=matter.record, state=Row.State.ACCEPTED).exists():
        raise Refusal("FWD-RECORD", status=404, field="record", value=matter.record[:13], rule=channel.code,
                      zh="本通道没有报送过该记录。", en="This channel never carried such a record.")


def _desk() -> Desk:
    if not DESKS:
        raise _no_desk("objection")
    return DESKS[0]


def _no_desk(op: str) -> Refusal:
    return Refusal("FWD-DESK", status=409, field="op", value=op, rule="register_desk", zh="本平台不受理转来的此类事项。",
                   en="This platform takes no forwarded matters of this kind.")


def answer_closed(*, at: datetime) -> int:
    """Forwarded matters that were closed are answered through the channel that they came from, each once; how many were."""
    done = 0
    for found in Forwarded.objects.select_related("channel").filter(outcome="").order_by("pk"):
        case = cases.case_for(found.case)
        if cases.procedure(case.procedure).states[case.state].final:
            done += _answered(found, case.state, at=at)
    return done


@transaction.atomic
def _answered(found: Forwarded, outcome: str, *, at: datetime) -> int:
    if not Forwarded.objects.filter(pk=found.pk, outcome="").update(outcome=outcome):
        return 0
    if not found.channel.active:
        return 0  # the desk answers by letter; the page of the closed channel lists it
    body = answer_row(found.theirs, found.number, outcome=outcome, on=clock.city_day(at), salt=secrets.token_hex(SALT_BYTES))
    Row.objects.create(channel=found.channel, publication=found.uid, op=ANSWER, number=found.number, version=1, body=body.decode(),
                       digest=row_digest(body), made_at=at)
    return 1
