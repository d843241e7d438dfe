"""What did a unit return for a month: zero reports by two people of whom one is the unit's own, and reminders."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation.outbox import announce
from ximu.ideas.intake import queries
from ximu.ideas.intake.hooks import UnitReminded
from ximu.ideas.intake.models import Expectation, Reminder, Return, ZeroReport
from ximu.ideas.intake.rules import coverage, evidence
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


def expect(unit: str, *, family: str, since: date, by: Actor, at: datetime, until: date | None = None) -> None:
    """From a day on, a unit has to return a family each month. Safe to repeat."""
    by.must("intake.watch", unit)
    Expectation.objects.get_or_create(unit=unit, family=family, since=since, defaults={"until": until})


@transaction.atomic
def claim_zero(unit: str, *, family: str, month: str, by: Actor, at: datetime) -> ZeroReport:
    """Say that a unit had nothing in a month; it becomes a zero only when the unit confirms it.

    Errors: `ZERO-ROWS` when rows were delivered, `ZERO-AGAIN` when it was claimed, `MONTH-FORM`.
    """
    coverage.first_day(month)
    by.must("intake.zero", unit)
    if Return.objects.filter(unit=unit, family=family, month=month).exists():
        raise Refusal("ZERO-ROWS", status=409, field="month", value=month, rule=family,
                      zh=f"该单位{month}已报送记录，不能申报零报告。",
                      en=f"The unit delivered records for {month}; a zero cannot be claimed.")
    try:
        with transaction.atomic():
            claimed = ZeroReport.objects.create(unit=unit, family=family, month=month, claimed_at=at, claimed_by=by.human)
    except IntegrityError as error:
        raise Refusal("ZERO-AGAIN", status=409, field="month", value=month, rule=family,
                      zh=f"{month}的零报告已经申报。", en=f"The zero report for {month} was claimed already.") from error
    [claimed.claimed_index] = ledger.append([Entry(evidence.CLAIMED, evidence.zero(claimed, by.human))], at=at)
    claimed.save(update_fields=["claimed_index"])
    return claimed


@transaction.atomic
def confirm_zero(uid: str, *, by: Actor, at: datetime) -> None:
    """The unit's own word. Errors: `DUAL` for the person who claimed it, `ZERO-OWN` for another unit's person, `ZERO-DONE`."""
    found = queries.zero(uid)
    by.must("intake.zero", found.unit)
    if by.human == found.claimed_by:
        raise Refusal("DUAL", status=403, field="by", value=uid, rule="two people",
                      zh="零报告须由本单位另一人确认，申报人不能自行确认。",
                      en="A zero report is confirmed by another person of the unit, not by the one who claimed it.")
    if by.unit != found.unit:
        raise Refusal("ZERO-OWN", status=403, field="by", value=uid, rule="the unit itself",
                      zh="零报告须由该单位自己确认。", en="A zero report is confirmed by the unit itself.")
    if not ZeroReport.objects.filter(uid=uid, confirmed_at=None).update(confirmed_at=at, confirmed_by=by.human):
        raise Refusal("ZERO-DONE", status=409, field="zero", value=uid, rule="once", zh="该零报告已经确认。",
                      en="This zero report was confirmed already.")
    index = ledger.append([Entry(evidence.CONFIRMED, evidence.zero(found, by.human))], at=at)[0]
    ZeroReport.objects.filter(uid=uid).update(confirmed_index=index)


@transaction.atomic
def remind(unit: str, *, family: str, month: str, by: Actor, at: datetime, today: date) -> None:
    """Remind a silent unit. Errors: `REMIND-NONE` when nothing is missing."""
    coverage.first_day(month)
    by.must("intake.watch", unit)
    silent = {(c.unit, c.family) for c in queries.coverage(month, today=today) if c.state in {coverage.MISSING, coverage.PENDING}}
    if (unit, family) not in silent:
        raise Refusal("REMIND-NONE", status=409, field="unit", value=unit, rule=month,
                      zh=f"该单位{month}没有未报送的记录，无需催报。",
                      en=f"Nothing of this unit is missing for {month}; no reminder is needed.")
    Reminder.objects.create(unit=unit, family=family, month=month, sent_at=at, sent_by=by.human)
    announce(UnitReminded(unit, family, month), at=at)
