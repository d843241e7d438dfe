"""A person settles a doubtful match: picks one candidate with a reason, asks the unit, or drops the row."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ximu.ideas.intake import queries
from ximu.ideas.intake.models import Doubt, DoubtStep
from ximu.ideas.intake.rules import evidence
from ximu.ideas.intake.services.admission import admit_one
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

OPEN = (Doubt.State.WAITING, Doubt.State.ASKED)


@transaction.atomic
def pick(uid: str, *, subject: str, reason: str, by: Actor, at: datetime) -> None:
    """Errors: `SUBJ-AMBIG` when it is none of the candidates, `DOUBT-REASON` without a reason, `DOUBT-DONE`."""
    found = queries.doubt(uid)
    by.must("intake.decide", found.delivery.source)
    if subject not in {c["uid"] for c in found.candidates}:
        raise Refusal("SUBJ-AMBIG", field="subject", value=subject, rule="candidates",
                      zh="所选主体不在候选之中；辨认不清的请选“询问单位”。",
                      en="The subject is none of the candidates; if you cannot tell, ask the unit.")
    _settle(found, Doubt.State.PICKED, picked=subject, reason=reason, by=by, at=at)
    admit_one(found, subject, by=by, at=at)


def ask(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """“Cannot tell”: the unit is asked; the row goes on waiting. Errors: `DOUBT-REASON`, `DOUBT-DONE`."""
    found = queries.doubt(uid)
    by.must("intake.decide", found.delivery.source)
    _settle(found, Doubt.State.ASKED, reason=reason, by=by, at=at)


def drop(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """The unit withdrew the row. Errors: `DOUBT-REASON`, `DOUBT-DONE`."""
    found = queries.doubt(uid)
    by.must("intake.decide", found.delivery.source)
    _settle(found, Doubt.State.DROPPED, reason=reason, by=by, at=at)


@transaction.atomic
def _settle(found: Doubt, state: str, *, reason: str, by: Actor, at: datetime, picked: str = "") -> None:
    if not reason.strip():
        raise Refusal("DOUBT-REASON", field="reason", rule="required", zh="请写明理由。", en="Give a reason.")
    moved = Doubt.objects.filter(uid=found.uid, state__in=OPEN).update(
        state=state, picked=picked, reason=reason.strip()[:400], decided_at=at, decided_by=by.human,
    )
    if not moved:
        raise Refusal("DOUBT-DONE", status=409, field="doubt", value=found.uid, rule=found.state,
                      zh="此行已经办理，请刷新。", en="This row was settled already; refresh the page.")
    entry = Entry(evidence.SETTLED, evidence.settled(found.uid, found.delivery.uid, state, by.human))
    DoubtStep.objects.create(doubt=found, state=state, taken_at=at, taken_by=by.human, log_index=ledger.append([entry], at=at)[0])
