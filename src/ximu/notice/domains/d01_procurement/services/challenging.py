"""A challenge to the buyer or a complaint to its supervisor is taken down, and how it ended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d01_procurement import queries
from ximu.notice.domains.d01_procurement.models import Challenge
from ximu.notice.domains.d01_procurement.rules.challenges import KINDS, OUTCOMES

CHALLENGE = "d01.challenge"


def challenge(ocid: str, *, kind: str, raised_on: date, basis: str, by: Actor, at: datetime, on: date) -> str:
    """The uid. Errors: `PERM-DENIED`, `D01-NONE`, `D01-CHALLENGE`, `BASIS-NONE`, `TIME-FUTURE`, `D01-CHALLENGED`."""
    by.must(CHALLENGE)
    _, process = queries.one_process(ocid, on, known_at=at, units=by.units_with(CHALLENGE))
    if kind not in KINDS:
        raise Refusal("D01-CHALLENGE", field="kind", value=kind[:20], rule=" ".join(KINDS), zh="类别应为质疑或投诉。",
                      en="It is a challenge or a complaint.")
    _must_say(basis, raised_on, on)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Challenge.objects.create(unit=process.unit, ocid=ocid, kind=kind, raised_on=raised_on, basis=basis.strip()[:120],
                                                recorded_at=at, recorded_by=by.uid)
        except IntegrityError as error:
            raise Refusal("D01-CHALLENGED", status=409, field="basis", value=basis.strip()[:40], rule="once per process and document",
                          zh="该文号的质疑或投诉已登记。", en="This document is registered already.") from error
        [index] = append([Entry(queries.CHALLENGED, queries.challenged_body(made))], at=at)
        Challenge.objects.filter(pk=made.pk).update(log_index=index)
    return made.uid


def decide(uid: str, *, outcome: str, decided_on: date, decision: str, by: Actor, at: datetime, on: date) -> None:
    """A buyer answers its own challenges; a complaint about it is never its own to decide.

    Errors: `PERM-DENIED`, `D01-NONE`, `CONFLICT`, `D01-CHALLENGE`, `BASIS-NONE`, `TIME-FUTURE`, `D01-ORDER`, `STATE-EDGE`.
    """
    by.must(CHALLENGE)
    row, allowed = Challenge.objects.filter(uid=uid).first(), by.units_with(CHALLENGE)
    if row is None or (allowed is not None and row.unit not in allowed):
        raise absent("D01-NONE", field="challenge", value=uid[:16], zh="件质疑或投诉", en="challenge or complaint")
    if row.kind == "complaint" and by.unit and by.unit == row.unit:
        raise Refusal("CONFLICT", status=403, field="by", value="", rule="非被投诉单位", zh="被投诉的采购人不能登记投诉的处理结果。",
                      en="A buyer does not decide a complaint about itself.")
    if outcome not in OUTCOMES:
        raise Refusal("D01-CHALLENGE", field="outcome", value=outcome[:20], rule=" ".join(OUTCOMES), zh="没有这种办理结果。",
                      en="It cannot end like that.")
    _must_say(decision, decided_on, on)
    if decided_on < row.raised_on:
        raise Refusal("D01-ORDER", status=409, field="decided_on", value=decided_on.isoformat(), rule=f">= {row.raised_on}",
                      zh=f"办结日不能早于收到日{row.raised_on}。", en=f"It cannot end before it was raised, {row.raised_on}.")
    with transaction.atomic():
        done = Challenge.objects.filter(pk=row.pk, decided_on=None).update(
            decided_on=decided_on, outcome=outcome, decision=decision.strip()[:120], decided_at=at, decided_by=by.uid)
        if not done:
            raise Refusal("STATE-EDGE", status=409, field="challenge", value=row.outcome, rule="once", zh="该质疑或投诉已办结。",
                          en="It has ended.")
        row.refresh_from_db()
        [index] = append([Entry(queries.DECIDED, queries.decided_body(row))], at=at)
        Challenge.objects.filter(pk=row.pk).update(decided_index=index)


def _must_say(basis: str, day: date, on: date) -> None:
    if not basis.strip():
        raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="须写明质疑函、投诉书或答复、决定的文号。",
                      en="Name the document by its number.")
    if day > on:
        raise Refusal("TIME-FUTURE", field="day", value=day.isoformat(), rule=f"<= {on}", zh="日期不能在今天之后。",
                      en="The day cannot be after today.")
