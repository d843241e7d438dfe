"""What becomes of an alarm? It is kept once, opens a case when it is grave, and is decided by somebody who is not concerned.

Beside the alarms stand what is known of their errors (`keep_back_tests`) and where there are no data (`keep_silences`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation.outbox import announce
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import queries
from ximu.ideas.warnings.hooks import AlarmConfirmed
from ximu.ideas.warnings.models import Alarm, BackTest, Silence
from ximu.ideas.warnings.rules import outcomes
from ximu.ideas.warnings.rules.bands import Judged, latest
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Raised:
    """(source, rule, unit, about, period) names an alarm: raised again it is the same one.

    `basis` is what made it: `observed`, `expected`, `bound`, `score`, `p_value`, `sample`; `tests` and `false_discovery` where many were
    judged together. The false-alarm rate known at the time is added when it is kept.
    """

    source: str
    rule: str
    level: str
    unit: str
    about: str
    period: str
    words: Text
    basis: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule on history: `judged` times that were not known to be loud, `alarms` among them, `per_year` times of a series in a year."""

    source: str
    rule: str
    first: date
    last: date
    judged: int
    alarms: int
    per_year: float
    manifest: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """`kind` `no_data` (nothing was delivered) or `silent` (delivered, but a series that used to speak says nothing)."""

    source: str
    kind: str
    unit: str
    about: str
    first: date
    last: date
    words: Text


def keep(raised: Iterable[Raised], *, by: Actor, at: datetime) -> int:
    """How many were new. Errors: `PERM-DENIED`, `WARN-LEVEL`."""
    by.must("warnings.raise")
    given = list(raised)
    if strange := [one for one in given if one.level not in outcomes.LEVELS]:
        raise Refusal("WARN-LEVEL", field="level", value=strange[0].level[:20], rule=" ".join(outcomes.LEVELS),
                      zh="预警等级应为黄、橙、红。",
                      en="A level is yellow, orange or red.")
    rates = {(one.source, one.rule): queries.rate_of(one) for one in queries.back_tests()}
    known = set(Alarm.objects.values_list("source", "rule", "unit", "about", "period"))
    return sum(_keep(one, rates.get((one.source, one.rule)), at=at) for one in given
               if (one.source, one.rule, one.unit, one.about[:80], one.period) not in known)


def _keep(one: Raised, rate: dict[str, Any] | None, *, at: datetime) -> int:
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Alarm.objects.create(source=one.source, rule=one.rule, level=one.level, unit=one.unit, about=one.about[:80],
                                           period=one.period, words_zh=one.words.zh[:400], words_en=one.words.en[:400], raised_at=at,
                                           basis=one.basis | ({"false_alarms": rate} if rate else {}))
        except IntegrityError:
            return 0
        if one.level in outcomes.OPENS_CASE:
            opening = Opening(about="", key=f"alarm:{row.uid}", subject=one.unit, source=one.unit, values={
                "told": {"预警规则": one.rule, "等级": outcomes.LEVELS[one.level].zh, "期间": one.period}})
            row.case = casework.open_or_join("inquiry", opening=opening, given=Given(one.words.zh[:400]), by=SYSTEM, at=at)
            row.save(update_fields=["case"])
        ledger.append([Entry("warning.raised", {"alarm": row.uid, "rule": one.rule, "level": one.level, "unit": one.unit,
                                                "period": one.period})], at=at)
    return 1


def keep_bands(rule: str, told: Sequence[Judged], *, pack: str, by: Actor, at: datetime) -> int:
    """The newest figure of each unit (uid or name), where it lies in a band of alarm: once for each unit, day and level.

    Errors: those of `keep`; `ORG-UNKNOWN`, `ORG-ENDED` for a unit that the register does not know on the day.
    """
    def uid(one: Judged) -> str:
        return one.unit if registry.unit(one.unit, as_of=one.day) else registry.named(one.unit, as_of=one.day)
    return keep([Raised(pack, rule, one.level, uid(one), f"{rule}:{one.level}", one.day.isoformat(), one.words, {
        "observed": str(one.value), "bound": str(one.bound), "sample": [f"{one.unit}@{one.day}"]})
        for one in latest(told) if one.level in outcomes.LEVELS], by=by, at=at)


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
        if outcome == outcomes.TRUE and row.unit:
            announce(AlarmConfirmed(row.uid, row.unit, row.rule, row.level), at=at)
    row.refresh_from_db()
    return row


def keep_back_tests(tried: Iterable[Tried], *, by: Actor, at: datetime) -> int:
    """How many are new; the same history is counted once. Errors: `PERM-DENIED`."""
    by.must("warnings.raise")
    made = 0
    with transaction.atomic():
        for one in tried:
            row, new = BackTest.objects.get_or_create(
                source=one.source, rule=one.rule, last=one.last, manifest=one.manifest,
                defaults={"first": one.first, "judged": one.judged, "alarms": one.alarms, "per_year": one.per_year, "made_at": at})
            if new:
                ledger.append([Entry("warning.tried", {"rule": row.rule, "first": row.first.isoformat(), "last": row.last.isoformat(),
                                                       "judged": row.judged, "alarms": row.alarms, "manifest": row.manifest})], at=at)
                made += 1
    return made


def keep_silences(source: str, found: Iterable[Silent], *, by: Actor, at: datetime) -> dict[str, int]:
    """Open the new ones, carry on the known ones, end those of the source that are no longer found.

    Errors: `PERM-DENIED`, `WARN-KIND`.
    """
    by.must("warnings.raise")
    given = {(one.kind, one.unit, one.about[:80], one.first): one for one in found}
    if strange := [one for one in given.values() if one.kind not in outcomes.SILENCES]:
        raise Refusal("WARN-KIND", field="kind", value=strange[0].kind[:20], rule=" ".join(outcomes.SILENCES),
                      zh="无数据的情形应为未报送或沉默。", en="A silence is “no_data” or “silent”.")
    told = {"opened": 0, "ended": 0}
    with transaction.atomic():
        known = {(row.kind, row.unit, row.about, row.first): row for row in Silence.objects.select_for_update().filter(source=source)}
        for key, one in given.items():
            told["opened"] += _open_silence(known.get(key), one, at=at)
        for key, row in known.items():
            if key not in given and Silence.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
                ledger.append([Entry("warning.heard", {"silence": row.uid, "what": row.kind, "first": row.first.isoformat()})], at=at)
                told["ended"] += 1
    return told


def _open_silence(row: Silence | None, one: Silent, *, at: datetime) -> int:
    """1 when it is new or has come back."""
    values = {"last": one.last, "words_zh": one.words.zh[:400], "words_en": one.words.en[:400], "ended_at": None}
    if row is not None and row.ended_at is None:
        Silence.objects.filter(pk=row.pk).update(**values)
        return 0
    if row is None:
        row = Silence.objects.create(source=one.source, kind=one.kind, unit=one.unit, about=one.about[:80], first=one.first,
                                     noticed_at=at, **values)
    else:
        Silence.objects.filter(pk=row.pk).update(**values)
    ledger.append([Entry("warning.silent", {"silence": row.uid, "what": row.kind, "unit": row.unit,
                                            "first": row.first.isoformat()})], at=at)
    return 1
