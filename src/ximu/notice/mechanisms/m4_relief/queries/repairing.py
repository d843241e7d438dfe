"""Which conditions of repair are met, what lowers the effects of a record, what certifies its end?"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Max

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m4_relief.models import Certificate, Fulfilment, Mitigation, SelfReport
from ximu.notice.mechanisms.m4_relief.queries.standing import decides_on, is_subject, table
from ximu.notice.mechanisms.m4_relief.rules import Condition, RepairRules
from ximu.notice.mechanisms.m4_relief.rules import repair as repair_rules


@cache
def repair_table() -> RepairRules:
    return RepairRules(table("repair.toml"))


def conditions(number: str, *, at: datetime) -> list[Condition]:
    """Every condition of repair, met or not, with its day and in words."""
    record = records.duties(number)
    done = {f.what: f.on for f in Fulfilment.objects.filter(number=record.number)}
    counted_from = record.decision_date or record.event_date
    facts = repair_rules.Facts(record.family, record.effect_grade, record.kind, record.state, counted_from, done)
    return repair_table().conditions(facts, on=clock.city_day(at))


def steps_lowered(number: str) -> int:
    """By how many grades the effects of a record are lowered: once, by the greatest, whatever the number of grounds."""
    return Mitigation.objects.filter(number=number).aggregate(most=Max("steps"))["most"] or 0


def mitigations(number: str) -> list[Mitigation]:
    return list(Mitigation.objects.filter(number=number).order_by("at", "pk"))


def self_reports_on(record: records.Duties) -> list[SelfReport]:
    """Verified self-reports of this very act that came in before the platform knew of it."""
    known, last = records.first_known(record.number), record.end_date or record.event_date
    same = SelfReport.objects.filter(subject=record.subject, behaviour=record.behaviour, act_on__gte=record.event_date, act_on__lte=last)
    return list(same.filter(reported_at__lt=known, verified=True).order_by("reported_at"))


def self_report(case: str) -> SelfReport:
    """For this room. Errors: `CASE-NONE`."""
    found = SelfReport.objects.filter(case=case).first()
    if found is None:
        raise absent("CASE-NONE", field="case", value=case[:16], zh="个办件，或者您无权查看", en="case, or you may not see it")
    return found


def certificate(uid: str, *, by: Actor) -> Certificate:
    """Errors: `CERT-NONE`, also when it is not yours."""
    found = Certificate.objects.filter(uid=uid).first()
    if found is None or not (decides_on(found.number, by, case=found.case) or is_subject(found.number, by)):
        raise absent("CERT-NONE", field="certificate", value=uid[:16], zh="份证明，或者您无权查看", en="certificate, or you may not see it")
    return found


def erasure_of(case: str, *, by: Actor, at: datetime) -> Any:
    """The erasure that a case ended in, for those who may know of the case. Errors: `CASE-NONE`, `STATE-EDGE`."""
    seen = cases.case(case, actor=by, at=at)
    done = records.erasure_done(seen.row.about) if (seen.row.procedure, seen.row.state) == ("erasure", "erased") else None
    if done is None:
        raise Refusal("STATE-EDGE", status=409, field="state", value=seen.row.state, rule="erased", zh="尚未删除，没有回执。",
                      en="Nothing is erased yet; there is no receipt.")
    return done


def certificates(number: str) -> list[Certificate]:
    return list(Certificate.objects.filter(number=number).order_by("-at"))


def bundle(found: Certificate) -> dict[str, Any]:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle(found.log_index, payload=found.payload, salt=bytes(found.salt) if found.salt else None)
