"""What waits today, and is everything in order?"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from ximu.ideas.casework.models import Case, Effect
from ximu.ideas.casework.queries.cases import inbox
from ximu.ideas.casework.queries.counting import calendar_years, terms
from ximu.ideas.casework.queries.declared import procedure
from ximu.kernel.actor import Actor
from ximu.kernel.health import Check
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

SHOWN = 8


def _item(case: Case) -> TodayItem:
    made = procedure(case.procedure)
    title = Text(f"{made.name.zh} {case.number}", f"{made.name.en} {case.number}")
    return TodayItem(made.states[case.state].name, title, reverse("casework:case", args=[case.uid]), case.due,
                     state="late" if case.late else "pending")


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """The most urgent cases of this person's units, and for who handles cases one line for the rest."""
    waiting = inbox(actor, tab="unit")
    first = list(waiting[:SHOWN + 1])
    found = [_item(case) for case in first[:SHOWN]]
    if len(first) > SHOWN and actor.can("casework.handle"):
        more = waiting.count() - SHOWN
        found.append(TodayItem(Text("办件", "Cases"), Text("其余在办", "more in hand"), reverse("casework:inbox"), count=more))
    return found


def doctor(at: datetime) -> list[Check]:
    years = calendar_years()
    loaded = " ".join(str(year) for year, _, here in years if here) or "—"
    unsure = sorted({code for code in terms().codes() for term in terms().rows(code)[-1:] if not term.sure})
    silent = Effect.objects.filter(state="open").count()
    return [
        Check(Text("年历", "Calendars"), "ok", f"{years[0][0]}–{years[-1][0]}; loaded: {loaded}",
              Text("ximu calendar load 文件", "ximu calendar load FILE")),
        Check(Text("待确认的期限参数", "Limits to be confirmed"), "warn" if unsure else "ok", " ".join(unsure) or "—",
              Text("ximu cases term 代码 …", "ximu cases term CODE …")),
        Check(Text("未确认停止的效果", "Effects without a receipt"), "warn" if silent else "ok", str(silent),
              Text("催办责任单位", "chase the units that run them")),
    ]
