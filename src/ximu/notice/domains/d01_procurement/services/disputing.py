"""A payment is in dispute from a day on, by the document that took it up, until another ends it: owed, or not owed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d01_procurement import queries
from ximu.notice.domains.d01_procurement.models import Dispute
from ximu.notice.domains.d01_procurement.rules.payments import OUTCOMES

DISPUTE = "d01.dispute"


def dispute(ocid: str, *, contract: str, milestone: str, since: date, basis: str, by: Actor, at: datetime, on: date) -> str:
    """The uid. The buyer itself does not say that what it owes is disputed: another unit does.

    Errors: `PERM-DENIED`, `D01-NONE`, `D01-PAYMENT`, `CONFLICT`, `BASIS-NONE`, `TIME-FUTURE`, `D01-DISPUTED`.
    """
    by.must(DISPUTE)
    _, process = queries.one_process(ocid, on, known_at=at, units=by.units_with(DISPUTE))
    _must_be_another(by, process.unit)
    if not any((one.contract, one.milestone) == (contract, milestone) for one in process.payments):
        raise absent("D01-PAYMENT", field="milestone", value=milestone[:40], zh="笔付款", en="payment of this process")
    _must_say(basis, since, on)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Dispute.objects.create(unit=process.unit, ocid=ocid, contract=contract, milestone=milestone, since=since,
                                              basis=basis.strip()[:120], recorded_at=at, recorded_by=by.uid)
        except IntegrityError as error:
            raise Refusal("D01-DISPUTED", status=409, field="milestone", value=milestone[:40], rule="one open dispute",
                          zh="该笔付款已登记争议。", en="The payment is in dispute already.") from error
        [index] = append([Entry(queries.DISPUTED, queries.disputed_body(made))], at=at)
        Dispute.objects.filter(pk=made.pk).update(log_index=index)
    return made.uid


def end_dispute(uid: str, *, outcome: str, until: date, basis: str, by: Actor, at: datetime, on: date) -> None:
    """Errors: `PERM-DENIED`, `D01-NONE`, `CONFLICT`, `D01-OUTCOME`, `BASIS-NONE`, `TIME-FUTURE`, `D01-ORDER`, `STATE-EDGE`."""
    by.must(DISPUTE)
    row = Dispute.objects.filter(uid=uid).first()
    allowed = by.units_with(DISPUTE)
    if row is None or (allowed is not None and row.unit not in allowed):
        raise absent("D01-NONE", field="dispute", value=uid[:16], zh="项争议", en="dispute")
    _must_be_another(by, row.unit)
    if outcome not in OUTCOMES:
        raise Refusal("D01-OUTCOME", field="outcome", value=outcome[:20], rule=" ".join(OUTCOMES), zh="争议的结果应为应付或不应付。",
                      en="A dispute ends with “owed” or “free”.")
    _must_say(basis, until, on)
    if until < row.since:
        raise Refusal("D01-ORDER", status=409, field="until", value=until.isoformat(), rule=f">= {row.since}",
                      zh=f"终结日不能早于起始日{row.since}。", en=f"It cannot end before it began, {row.since}.")
    with transaction.atomic():
        if not Dispute.objects.filter(pk=row.pk, until=None).update(until=until, outcome=outcome, ending=basis.strip()[:120], ended_at=at,
                                                                    ended_by=by.uid):
            raise Refusal("STATE-EDGE", status=409, field="dispute", value=row.outcome, rule="once", zh="该争议已终结。",
                          en="The dispute has ended.")
        row.refresh_from_db()
        [index] = append([Entry(queries.SETTLED, queries.settled_body(row))], at=at)
        Dispute.objects.filter(pk=row.pk).update(ended_index=index)


def _must_be_another(by: Actor, unit: str) -> None:
    if by.unit and by.unit == unit:
        raise Refusal("CONFLICT", status=403, field="by", value="", rule="非本单位", zh="采购人不能自行登记或终结对本单位付款的争议。",
                      en="A buyer does not decide that its own payment is disputed.")


def _must_say(basis: str, day: date, on: date) -> None:
    if not basis.strip():
        raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="须写明受理或终结争议的文书。",
                      en="Name the document that took up or ended the dispute.")
    if day > on:
        raise Refusal("TIME-FUTURE", field="since", value=day.isoformat(), rule=f"<= {on}", zh="日期不能在今天之后。",
                      en="The day cannot be after today.")
