"""What becomes of an alarm? It is kept once, opens a case when it is grave, and is decided by somebody who is not concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.warnings import queries
from ximu.ideas.warnings.models import Alarm
from ximu.ideas.warnings.rules import outcomes
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Raised:
    """(source, rule, unit, about, period) names an alarm: raised again it is the same one."""

    source: str
    rule: str
    level: str
    unit: str
    about: str
    period: str
    words: Text


def keep(raised: Iterable[Raised], *, by: Actor, at: datetime) -> int:
    """How many were new. Errors: `PERM-DENIED`, `WARN-LEVEL`."""
    by.must("warnings.raise")
    given = list(raised)
    if strange := [one for one in given if one.level not in outcomes.LEVELS]:
        raise Refusal("WARN-LEVEL", field="level", value=strange[0].level[:20], rule=" ".join(outcomes.LEVELS),
                      zh="预警等级应为黄、橙、红。",
                      en="A level is yellow, orange or red.")
    known = set(Alarm.objects.values_list("source", "rule", "unit", "about", "period"))
    return sum(_keep(one, at=at) for one in given
               if (one.source, one.rule, one.unit, one.about[:80], one.period) not in known)


def _keep(one: Raised, *, at: datetime) -> int:
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Alarm.objects.create(source=one.source, rule=one.rule, level=one.level, unit=one.unit, about=one.about[:80],
                                           period=one.period, words_zh=one.words.zh[:400], words_en=one.words.en[:400], raised_at=at)
        except IntegrityError:
            return 0
        if one.level in outcomes.OPENS_CASE:
            opening = Opening(about="", key=f"alarm:{row.uid}", subject=one.unit, source=one.unit, values={
                "told": {"预警规则": one.rule, "等级": outcomes.LEVELS[one.level].zh, "期间": one.period}})
            try:
                row.case = casework.open_case("inquiry", opening=opening, given=Given(one.words.zh[:400]), by=SYSTEM, at=at, checked=True)
            except Refusal as refusal:
                if refusal.code not in {"CASE-DUP", "CAL-NONE"}:
                    raise
            row.save(update_fields=["case"])
        ledger.append([Entry("warning.raised", {"alarm": row.uid, "rule": one.rule, "level": one.level, "unit": one.unit,
                                                "period": one.period})], at=at)
    return 1


def decide(uid: str, *, outcome: str, cause: str, by: Actor, at: datetime) -> Alarm:
    """True or not, with what was found; not by the unit concerned. Errors: `PERM-DENIED`, `WARN-NONE`, `WARN-OUTCOME`, `REASON`,
    `CONFLICT`, `STATE-EDGE`."""
    by.must("warnings.decide")
    row = queries.alarm(uid)
    by.must("warnings.decide", row.unit)
    outcomes.must_decide(outcome, cause)
    if by.unit and by.unit == row.unit:
        raise Refusal("CONFLICT", status=403, field="by", value="", rule="非本单位", zh="不能核实对本单位的预警。",
                      en="A unit does not decide on an alarm about itself.")
    with transaction.atomic():
        if not Alarm.objects.filter(pk=row.pk, outcome="").update(outcome=outcome, cause=cause.strip()[:400], decided_at=at,
                                                                  decider=by.human):
            raise Refusal("STATE-EDGE", status=409, field="outcome", value=row.outcome, rule="once", zh="该预警已核实。",
                          en="This alarm has been decided.")
        ledger.append([Entry("warning.decided", {"alarm": row.uid, "rule": row.rule, "outcome": outcome, "by": by.uid})], at=at)
    row.refresh_from_db()
    return row
