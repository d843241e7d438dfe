"""Which alarms are open, how good is each rule, how often does it ring in quiet times, and where are no data?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse

from ximu.ideas.warnings.models import Alarm, BackTest, Silence
from ximu.ideas.warnings.rules import outcomes
from ximu.ideas.warnings.rules.backtest import FalseAlarms, known_rate
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

ORDER = {"red": 0, "orange": 1, "yellow": 2}
_rules: dict[str, Text] = {}


def register_rules(words: Mapping[str, Text]) -> None:
    """A pack says what its rules are called. Called by `config/wiring.py` only."""
    _rules.update(words)


def rule_words(rule: str) -> Text:
    """A rule that nobody named is called by its code."""
    return _rules.get(rule, Text(rule, rule))


def alarm(uid: str) -> Alarm:
    """Errors: `WARN-NONE`."""
    found = Alarm.objects.filter(uid=uid).first()
    if found is None:
        raise absent("WARN-NONE", field="alarm", value=uid[:16], zh="条预警", en="alarm")
    return found


def alarms(*, units: frozenset[str] | None = None, open_only: bool = True, source: str = "", level: str = "") -> QuerySet[Alarm]:
    """The gravest first, of each level the newest; `units` None is the whole city."""
    rows = _within(Alarm.objects.all(), units)
    rows = rows.filter(outcome="") if open_only else rows
    rows = rows.filter(source=source) if source else rows
    rows = rows.filter(level=level) if level else rows
    grave = Case(*(When(level=name, then=Value(place)) for name, place in ORDER.items()), default=Value(len(ORDER)))
    return rows.order_by(grave, "-raised_at", "rule", "unit", "pk")


def sources(*, units: frozenset[str] | None = None) -> list[str]:
    """The areas that have raised an alarm."""
    return list(_within(Alarm.objects.all(), units).order_by("source").values_list("source", flat=True).distinct())


def _within(rows: QuerySet[Alarm], units: frozenset[str] | None) -> QuerySet[Alarm]:
    return rows.filter(unit__in=units) if units is not None else rows


def plain(row: Alarm) -> dict[str, Any]:
    """As the API and the command line tell it."""
    named = rule_words(row.rule)
    return {"uid": row.uid, "source": row.source, "rule": row.rule, "rule_zh": named.zh, "rule_en": named.en, "level": row.level,
            "unit": row.unit, "about": row.about, "period": row.period, "basis": row.basis, "words_zh": row.words_zh,
            "words_en": row.words_en, "outcome": row.outcome, "cause": row.cause, "case": row.case}


def records() -> list[outcomes.Record]:
    """Precision of each rule, with its interval."""
    return outcomes.records(Alarm.objects.values_list("rule", "outcome"))


def confirmed(source: str) -> set[tuple[str, str, str, str]]:
    """(rule, unit, about, period) of the alarms of a source that were found true: those times were not quiet."""
    return set(Alarm.objects.filter(source=source, outcome="true").values_list("rule", "unit", "about", "period"))


def back_tests() -> list[BackTest]:
    """The newest of each rule."""
    newest: dict[tuple[str, str], BackTest] = {}
    for row in BackTest.objects.order_by("last", "made_at", "pk"):
        newest[row.source, row.rule] = row
    return sorted(newest.values(), key=lambda row: (row.source, row.rule))


def false_alarms(row: BackTest) -> FalseAlarms:
    return known_rate(row.judged, row.alarms, per_year=row.per_year)


def rate_of(row: BackTest) -> dict[str, Any]:
    """As it stands beside an alarm."""
    found = asdict(false_alarms(row))
    del found["reason"]
    return {**found, "first": row.first.isoformat(), "last": row.last.isoformat(), "manifest": row.manifest}


def rule_rates() -> list[dict[str, Any]]:
    """Per rule that was tried: how often it rings in quiet times, with its 95 % interval."""
    return [{"source": row.source, "rule": row.rule, "rule_zh": rule_words(row.rule).zh, "rule_en": rule_words(row.rule).en, **rate_of(row)}
            for row in back_tests()]


def silences(*, units: frozenset[str] | None = None, open_only: bool = True) -> QuerySet[Silence]:
    """The longest first; those of the whole city (no unit) are for everybody."""
    rows = Silence.objects.all()
    rows = rows.filter(unit__in=[*units, ""]) if units is not None else rows
    rows = rows.filter(ended_at=None) if open_only else rows
    return rows.order_by("kind", "first", "unit", "about", "pk")


def plain_silence(row: Silence) -> dict[str, Any]:
    return {"uid": row.uid, "source": row.source, "kind": row.kind, "unit": row.unit, "about": row.about, "first": row.first.isoformat(),
            "last": row.last.isoformat(), "words_zh": row.words_zh, "words_en": row.words_en, "open": row.ended_at is None}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    if not actor.can("warnings.decide"):
        return []
    grave = Alarm.objects.filter(outcome="", level__in=sorted(outcomes.OPENS_CASE)).count()
    return [TodayItem(Text("预警待核实", "alarms to be looked at"), Text("预警", "alarms"), reverse("warnings:index"),
                      count=grave)] if grave else []
