"""How is a unit pressed in writing? By a supervision slip (督办单) with the office's running number of the year, as a step of the case."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from ximu.foundation import clock
from ximu.ideas.casework import queries
from ximu.ideas.casework.models import Case, Slip, Telling
from ximu.ideas.casework.queries.cases import absent_case, row
from ximu.ideas.casework.services import steps
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

TRIES = 5


def issue_slip(uid: str, *, reason: str, by: Actor, at: datetime) -> str:
    """Number and issue a slip to the unit that holds the case; its number in words.

    Errors: `PERM-DENIED`, `CASE-NONE`, `REASON`, `STATE-EDGE` for a closed case or a procedure without the slip, `SLIP-OWN`.
    """
    by.must("casework.supervise")
    case = row(uid)
    if case.uid not in queries.known_of([case.uid], actor=by):
        raise absent_case(uid)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="supervise", zh="督办须写明要求。", en="Say what is demanded.")
    if case.closed_at or "supervision" not in queries.procedure(case.procedure).letters:
        raise Refusal("STATE-EDGE", status=409, field="state", value=case.number, rule="在办", zh="该办件已办结或者不适用督办。",
                      en="The case is closed, or knows no supervision slip.")
    office = by.unit or queries.office()
    if office == case.holder:
        raise Refusal("SLIP-OWN", status=409, field="office", value=case.number, rule="发出单位≠承办单位", zh="不能督办本单位承办的办件。",
                      en="Nobody issues a slip to the own office.")
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                return _issued(case, office, reason.strip(), by=by, at=at)
        except IntegrityError:
            if left == 1:
                raise steps.lost_race(case, "supervise") from None
    raise steps.lost_race(case, "supervise")


def _last(office: str, year: int) -> int:
    return int(Slip.objects.filter(office=office, year=year).aggregate(last=Max("serial"))["last"] or 0)


def _issued(case: Case, office: str, reason: str, *, by: Actor, at: datetime) -> str:
    year = clock.city_day(at).year
    slip = Slip(case=case, office=office, year=year, serial=_last(office, year) + 1, to=case.holder, by=by.human, at=at)
    number = queries.slip_number(slip)
    Telling.objects.create(case=case, unit=case.holder, post="head", what="supervised", at=at)
    detail = {"number": number, "reason": reason, "to": case.holder}
    slip.log_index = steps.write([steps.Done(case, "supervise", case.state, case.state, detail)], by=by, at=at)[0]
    slip.save(force_insert=True)
    return number
