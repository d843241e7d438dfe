"""When does the clock of a plan stand, and who is told when it has run out?"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s2_institutions import queries, rules
from ximu.notice.safeguards.s2_institutions.models import Delay, Missing


def ask_delay(unit: str, *, ground: str, basis: str, since: date, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `DELAY-GROUND`, `REASON` without the law concerned, `ORG-UNKNOWN`, `DELAY-DUP`."""
    by.must("institutions.enter", unit)
    if ground not in rules.GROUNDS:
        raise Refusal("DELAY-GROUND", field="ground", value=ground[:20], rule=" ".join(rules.GROUNDS),
                      zh="只有涉及法律、行政法规须按立法程序推进的，才能延期。",
                      en="Only legislation that must take its course is a ground for delay.")
    if not basis.strip():
        raise Refusal("REASON", field="basis", value="", rule="required", zh="须写明所涉法律、行政法规及立法程序。",
                      en="Name the law and where its making stands.")
    if unit not in queries.obliged(since):
        raise Refusal("ORG-UNKNOWN", field="unit", value=unit[:40], rule="obliged units", zh="该单位当日不在须制定实施方案的单位之列。",
                      en="This unit need not have a plan that day.")
    try:
        with transaction.atomic():
            row = Delay.objects.create(unit=unit, ground=ground, basis=basis.strip(), since=since, asked_at=at, asker=by.human)
            ledger.append([Entry("institution.delay-asked", {"delay": row.uid, "unit": unit, "ground": ground, "since": since.isoformat(),
                                                             "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("DELAY-DUP", status=409, field="unit", value=unit, rule="one open delay", zh="该单位已有未了的延期。",
                      en="This unit has an open delay.") from error
    return row.uid


def grant_delay(delay: str, *, by: Actor, at: datetime) -> str:
    """From then on the clock stands since the day asked for. Errors: `PERM-DENIED`, `DELAY-NONE`, `DUAL`, `STATE-EDGE`."""
    by.must("institutions.publish")
    row = queries.delay(delay)
    if row.asker == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="申请延期的人不能自己同意。",
                      en="The one who asked for the delay cannot grant it.")
    with transaction.atomic():
        if not Delay.objects.filter(pk=row.pk, granted_at=None, until=None).update(granted_at=at, granted_by=by.uid):
            raise _edge()
        ledger.append([Entry("institution.delay-granted", {"delay": row.uid, "unit": row.unit, "by": by.uid})], at=at)
    return row.uid


def end_delay(delay: str, *, until: date, by: Actor, at: datetime) -> str:
    """The clock runs again from `until`; a delay that was not granted ends without effect.

    Errors: `PERM-DENIED`, `DELAY-NONE`, `DATE-ORDER`, `STATE-EDGE`.
    """
    by.must("institutions.publish")
    row = queries.delay(delay)
    if until <= row.since:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"> {row.since}", zh="恢复日期须晚于起始日期。",
                      en="A delay ends after it began.")
    with transaction.atomic():
        if not Delay.objects.filter(pk=row.pk, until=None).update(until=until):
            raise _edge()
        ledger.append([Entry("institution.delay-ended", {"delay": row.uid, "until": until.isoformat(), "by": by.uid})], at=at)
    return row.uid


def _edge() -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value="", rule="asked → granted → ended", zh="该延期已办理。",
                   en="This delay has been dealt with.")


def warn_missing(*, by: Actor, at: datetime) -> int:
    """Each unit whose plan is overdue is told once per due day, by an inquiry that the unit must answer; how many were."""
    by.must("institutions.publish")
    late = [one for one in queries.standings(clock.city_day(at)) if one.state == "overdue" and one.due is not None]
    known = set(Missing.objects.values_list("unit", "due"))
    return apart.each("plans", [one for one in late if (one.unit, one.due) not in known], partial(_tell, at=at))


def _tell(late: queries.Standing, *, at: datetime) -> int:
    told = {"单位": late.name, "期限": str(late.due)}
    opening = Opening(about="", key=f"s2:{late.unit}", subject=late.unit, source=late.unit, values={"told": told})
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Missing.objects.create(unit=late.unit, due=late.due, told_at=at)
        except IntegrityError:
            return 0
        row.case = casework.open_or_join("inquiry", opening=opening, by=SYSTEM, at=at, given=Given(
            f"{late.name}的政务诚信实施方案应于{late.due}前印发，尚未印发，请说明原因并尽快办理。"))
        row.save(update_fields=["case"])
        ledger.append([Entry("institution.missing", {"unit": late.unit, "due": str(late.due)})], at=at)
    return 1
