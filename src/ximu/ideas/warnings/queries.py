"""Which alarms are open, and how good is each rule?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from ximu.ideas.warnings.models import Alarm
from ximu.ideas.warnings.rules import outcomes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

ORDER = {"red": 0, "orange": 1, "yellow": 2}
MOST = 500


def alarm(uid: str) -> Alarm:
    """Errors: `WARN-NONE`."""
    found = Alarm.objects.filter(uid=uid).first()
    if found is None:
        raise absent("WARN-NONE", field="alarm", value=uid[:16], zh="条预警", en="alarm")
    return found


def alarms(*, units: frozenset[str] | None = None, open_only: bool = True, source: str = "") -> list[Alarm]:
    """The gravest first; `units` None is the whole city."""
    rows = Alarm.objects.all()
    rows = rows.filter(unit__in=units) if units is not None else rows
    rows = rows.filter(outcome="") if open_only else rows
    rows = rows.filter(source=source) if source else rows
    return sorted(rows.order_by("-raised_at")[:MOST], key=lambda row: (ORDER.get(row.level, 9), row.rule, row.unit))


def plain(row: Alarm) -> dict[str, Any]:
    """As the API and the command line tell it."""
    return {"uid": row.uid, "source": row.source, "rule": row.rule, "level": row.level, "unit": row.unit, "about": row.about,
            "period": row.period, "words_zh": row.words_zh, "words_en": row.words_en, "outcome": row.outcome, "cause": row.cause,
            "case": row.case}


def records() -> list[outcomes.Record]:
    """Precision of each rule, with its interval."""
    return outcomes.records(Alarm.objects.values_list("rule", "outcome"))


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    if not actor.can("warnings.decide"):
        return []
    grave = Alarm.objects.filter(outcome="", level__in=sorted(outcomes.OPENS_CASE)).count()
    return [TodayItem(Text("预警待核实", "alarms to be looked at"), Text("预警", "alarms"), reverse("warnings:index"),
                      count=grave)] if grave else []
