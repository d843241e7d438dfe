"""What waits for a person today, and is everything in order?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.models import Commitment, Evaluation, Step
from ximu.ideas.commitments.queries import book, data
from ximu.kernel.actor import Actor
from ximu.kernel.health import Check
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

SOON = timedelta(days=14)
MOST = 20
SILENT = timedelta(days=45)
"""So long no new month may be out; afterwards the doctor asks for the data."""


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Disputes to answer, promises overdue or due soon, for the units of the person."""
    if not actor.can("commitments.prove"):
        return []
    on = data.city_day(at)
    units = actor.units_with("commitments.prove")
    rows = Commitment.objects.order_by("due")
    wanted = (
        (Text("待答复异议", "Answer a dispute"), rows.filter(disputed=True), "answer_due", "overdue"),
        (Text("承诺逾期", "Promise overdue"), rows.filter(state="overdue"), "grace_until", "overdue"),
        (Text("到期而监测数据不足", "Due, but the data are insufficient"), rows.filter(state=rules.UNMEASURED), "due", "at_risk"),
        (Text("承诺将到期", "Promise due soon"), rows.filter(state="running", due__lte=on + SOON), "due", "at_risk"),
    )
    return [
        TodayItem(what, Text(row.title, row.title), _url(row), getattr(row, day), state=light)
        for what, some, day, light in wanted for row in _of(some, units)[:MOST]
    ]


def _of(rows: QuerySet[Commitment], units: frozenset[str] | None) -> QuerySet[Commitment]:
    return rows if units is None else rows.filter(unit__in=units)


def _url(row: Commitment) -> str:
    return reverse("commitments:one", args=[row.uid])


def doctor(at: datetime) -> list[Check]:
    """Was the daily evaluation run today or yesterday?"""
    if not Commitment.objects.exists():
        return []
    last = Evaluation.objects.order_by("-pk").first()
    found = last.on.isoformat() if last else "—"
    fresh = last is not None and last.on >= data.city_day(at) - timedelta(days=1)
    mend = None if fresh else Text("运行 ximu promises evaluate（每日一次）", "run ximu promises evaluate (once a day)")
    states = ", ".join(f"{state} {n}" for state, n in sorted(book.counts_by_state().items()))
    return [Check(Text("承诺每日判定", "Daily evaluation of promises"), "ok" if fresh else "warn", f"{found}; {states}", mend),
            *_silent(at)]


def _silent(at: datetime) -> list[Check]:
    """Promises that are measured from data, and those of them without a new value for long."""
    since = data.city_day(at) - SILENT
    rows = Commitment.objects.filter(series__gt="", state__in=[*rules.OPEN, rules.UNMEASURED])
    if not (whole := rows.count()):
        return []
    silent = rows.filter(begins__lte=since).exclude(pk__in=Step.objects.filter(what="measure", on__gt=since).values("commitment")).count()
    name, shown = Text("按数据判定的承诺", "Promises measured from data"), f"{whole}; {SILENT.days} d: {silent}"
    if not silent:
        return [Check(name, "ok", shown)]
    mend = Text("核对该数据集的报送，或者该序列是否仍然存在", "look whether the dataset is delivered and the series still exists")
    return [Check(name, "warn", shown, mend)]
