"""Which deliveries, doubts and returns are there, and what does the coverage board say?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet, Sum
from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.intake.models import Delivery, Doubt, DoubtStep, Expectation, MonthReceipt, Reminder, Return, ZeroReport
from ximu.ideas.intake.reader.report import faults_of
from ximu.ideas.intake.rules import coverage as rules
from ximu.ideas.intake.rules import evidence
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text


def folder_of(uid: str) -> Path:
    """Where the checked rows of a delivery lie: under the platform's home, for its own eyes only."""
    return Path(settings.XIMU_HOME) / "intake" / uid


def zero_of(unit: str, *, family: str, month: str) -> ZeroReport | None:
    """The zero report of a unit for a family and month, claimed or confirmed; None when there is none."""
    return ZeroReport.objects.filter(unit=unit, family=family, month=month).first()


def delivery(uid: str) -> Delivery:
    """Errors: `DELIV-NONE`."""
    found = Delivery.objects.filter(uid=uid).first()
    if found is None:
        raise absent("DELIV-NONE", field="delivery", value=uid, zh="个批次", en="delivery")
    return found


def deliveries(by: Actor, *, most: int = 200) -> QuerySet[Delivery]:
    """The newest first, of the units for which the actor may deliver or watch."""
    return _within(Delivery.objects.order_by("-received_at"), "source", by)[:most]


def _within(rows: QuerySet[Any], field: str, by: Actor) -> QuerySet[Any]:
    held = [by.units_with(p) for p in ("intake.deliver", "intake.watch", "intake.decide")]
    if None in held:
        return rows
    return rows.filter(**{f"{field}__in": sorted(frozenset().union(*[h for h in held if h]))})


def schema_of(found: Delivery) -> ItemSchema:
    """The fields under which a delivery was checked: those of the day on which it was received."""
    return read_schema(catalogue.item(found.item, on=clock.city_day(found.received_at)).body["schema"])


def faults(uid: str) -> list[dict[str, Any]]:
    folder = folder_of(uid)
    return faults_of(folder, schema_of(delivery(uid))) if (folder / "faults.arrow").exists() else []


def receipt(found: Delivery) -> dict[str, Any]:
    """What the deliverer keeps: digest, counts and place in the log."""
    return {
        "receipt": found.uid, "item": found.item, "source": found.source, "sha256": found.file_digest, "bytes": found.size,
        "state": found.state, "rows": found.summary.get("rows"), "refused": found.summary.get("bad"), **found.outcome,
        "received_at": found.received_at.isoformat(), "committed_at": found.committed_at.isoformat() if found.committed_at else None,
        "log_index": found.log_index,
    }


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Mine today: deliveries to confirm, subjects to tell apart."""
    found = []
    if actor.can("intake.deliver") and (n := _within(Delivery.objects.filter(state=Delivery.State.CHECKED), "source", actor).count()):
        title = Text("已校验、待确认入库的批次", "checked deliveries to confirm")
        found.append(TodayItem(Text("待确认", "confirm"), title, reverse("intake:index"), count=n))
    if actor.can("intake.decide") and (n := doubts(actor).count()):
        found.append(TodayItem(Text("待辨认", "tell apart"), Text("存疑的主体", "doubtful subjects"), reverse("intake:doubts"), count=n))
    return found + _month_left(actor, clock.city_day(at))


def _month_left(actor: Actor, today: date) -> list[TodayItem]:
    """How many returns of the last month the clerk's own units have not made."""
    units = actor.units_with("intake.watch")
    if not units:
        return []
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    month = rules.month_of(first)
    beneath = {uid for unit in units for uid in units_beneath(unit, on=today)}
    cells = [c for c in coverage(month, today=today) if c.unit in beneath]
    left = sum(c.state not in GREEN for c in cells)
    words = Text(f"{first.year}年{first.month}月应报{len(cells)}项，未完成", f"of {len(cells)} returns for {first:%b %Y}, not done")
    found = [TodayItem(Text("归集", "Returns"), words, f"{reverse('intake:coverage')}?month={month}", count=left,
                       state="late" if left else "done")] if cells else []
    return found


def doubts(by: Actor, *, state: str = Doubt.State.WAITING) -> QuerySet[Doubt]:
    return _within(Doubt.objects.filter(state=state).select_related("delivery").order_by("pk"), "delivery__source", by)


def doubt(uid: str) -> Doubt:
    """Errors: `DOUBT-NONE`."""
    found = Doubt.objects.filter(uid=uid).select_related("delivery").first()
    if found is None:
        raise absent("DOUBT-NONE", field="doubt", value=uid, zh="个存疑主体", en="doubtful match")
    return found


def zero(uid: str) -> ZeroReport:
    """Errors: `ZERO-NONE`."""
    found = ZeroReport.objects.filter(uid=uid).first()
    if found is None:
        raise absent("ZERO-NONE", field="zero", value=uid, zh="个零报告", en="zero report")
    return found


def parameter(name: str, on: date) -> int:
    """The value that holds on a day; before the first one known, the first."""
    return int(value_on(Path(__file__).parent, name, on))


def due_day(month: str) -> date:
    """When a month's return is due, by the parameter that holds on the month's first day."""
    return rules.due_day(month, parameter("return_due_day", date.fromisoformat(month + "-01")))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the board. `rows` counts delivered rows; it is None where nothing was said, never 0."""

    unit: str
    family: str
    month: str
    state: str
    words: Text
    rows: int | None
    due: date
    reminders: int
    zero: str = ""


def coverage(month: str, *, today: date) -> list[Cell]:
    """Every expected or seen unit × family of a month, in four queries whatever their number. Errors: `MONTH-FORM`."""
    first = rules.first_day(month)
    due = due_day(month)
    expected = set(
        Expectation.objects.filter(since__lte=due).filter(Q(until__isnull=True) | Q(until__gte=first)).values_list("unit", "family"),
    )
    returned = {
        (unit, family): (on, rows) for unit, family, on, rows in
        Return.objects.filter(month=month).values_list("unit", "family").annotate(on=Min("delivered_on"), n=Sum("rows"))
    }
    zeros = {(z.unit, z.family): z for z in ZeroReport.objects.filter(month=month)}
    reminded: dict[tuple[str, str], int] = {}
    for unit, family in Reminder.objects.filter(month=month).values_list("unit", "family"):
        reminded[unit, family] = reminded.get((unit, family), 0) + 1
    cells = []
    for key in sorted(expected | returned.keys() | zeros.keys()):
        unit, family = key
        on, rows = returned.get(key, (None, 0))
        claim = zeros.get(key)
        confirmed = clock.city_day(claim.confirmed_at) if claim and claim.confirmed_at else None
        seen = rules.Seen(on, rows, claim is not None, confirmed, key in expected)
        state = rules.state_of(seen, due=due, today=today)
        known = rows if on else 0 if confirmed else None
        cells.append(Cell(unit, family, month, state, rules.WORDS[state], known, due, reminded.get(key, 0), claim.uid if claim else ""))
    return cells


def coverage_for(by: Actor, month: str, *, today: date) -> list[Cell]:
    """The cells of the units for which the actor may watch, and of those beneath them. Errors: `PERM-DENIED`, `MONTH-FORM`."""
    by.must("intake.watch")
    cells, own = coverage(month, today=today), by.units_with("intake.watch")
    if own is None:
        return cells
    seen = set().union(*(units_beneath(unit, on=today) for unit in own)) if own else set[str]()
    return [cell for cell in cells if cell.unit in seen]


GREEN = ("delivered", "zero", "late", "not-expected")
"""States of a cell with which nothing is left to do; late stays visible as late."""


def units_beneath(unit: str, *, on: date) -> set[str]:
    """The unit, what belongs to it, and for a district government every unit of the district."""
    return {unit, *(one.uid for one in registry.units(as_of=on) if unit in (one.parent, one.district))}


def month_state(unit: str, month: str, *, today: date) -> dict[str, Any]:
    """What a unit and those beneath it said for a month, and what is still open, with who holds it and until when."""
    beneath = units_beneath(unit, on=today)
    cells = [c for c in coverage(month, today=today) if c.unit in beneath]
    names = {uid: registry.name(uid, as_of=today) for uid in beneath}
    kinds = {c.family: FAMILIES[c.family].zh if c.family in FAMILIES else c.family for c in cells}
    left = [{"what": f"{kinds[c.family]} {c.words.zh}", "holder": names[c.unit], "due": c.due.isoformat()}
            for c in cells if c.state not in GREEN]
    left += [{"what": f"退回更正 {case.number}", "holder": registry.name(case.holder, as_of=today),
              "due": case.due.isoformat() if case.due else ""}
             for case in cases.open_cases(("rows_back",)) if case.source in beneath or case.opener in beneath]
    waiting = Counter(Doubt.objects.filter(delivery__source__in=beneath, state__in=[Doubt.State.WAITING, Doubt.State.ASKED])
                      .values_list("delivery__source", flat=True))
    left += [{"what": f"存疑主体{n}个", "holder": names[source], "due": ""} for source, n in sorted(waiting.items())]
    return {"unit": unit, "name": names[unit], "month": month, "open": left,
            "cells": [{"unit": names[c.unit], "family": c.family, "state": c.state, "rows": c.rows} for c in cells]}


def month_receipts(unit: str, month: str) -> list[MonthReceipt]:
    """Newest first."""
    return list(MonthReceipt.objects.filter(unit=unit, month=month).order_by("-log_index"))


def month_receipt(uid: str, *, by: Actor) -> MonthReceipt:
    """Errors: `RECEIPT-NONE`, also for one of another unit."""
    found = MonthReceipt.objects.filter(uid=uid).first()
    if found is None or not by.can("intake.watch", found.unit):
        raise absent("RECEIPT-NONE", field="receipt", value=uid[:16], zh="份回执", en="receipt")
    return found


def month_bundle(found: MonthReceipt) -> dict[str, Any]:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle(found.log_index, payload=found.payload, salt=bytes(found.salt))


def rows_back(delivery: str) -> list[Any]:
    """The cases by which lines of this delivery went back, open ones first."""
    return sorted(cases.cases_of("rows_back", about=delivery), key=lambda case: (case.closed_at is not None, case.pk))


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """This room's log entries with first ≤ index < last, derived anew from its tables: (index, entry, label)."""
    for found in Delivery.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        body = evidence.committed(found, found.outcome)
        if found.log_index is not None and found.committed_at is not None:
            yield found.log_index, entry_bytes(evidence.COMMITTED, body, found.committed_at), f"批次 {found.uid}"
    for kind, index, at, by in (
        (evidence.CLAIMED, "claimed_index", "claimed_at", "claimed_by"),
        (evidence.CONFIRMED, "confirmed_index", "confirmed_at", "confirmed_by"),
    ):
        for report in ZeroReport.objects.filter(**{f"{index}__gte": first, f"{index}__lt": last}).order_by(index):
            body = evidence.zero(report, getattr(report, by))
            yield getattr(report, index), entry_bytes(kind, body, getattr(report, at)), f"零报告 {report.uid}"
    for closed in MonthReceipt.objects.filter(log_index__gte=first, log_index__lt=last):
        yield closed.log_index, entry_bytes(evidence.CLOSED, {"commitment": closed.commitment}, closed.closed_at), f"月度办结 {closed.uid}"
    steps = DoubtStep.objects.filter(log_index__gte=first, log_index__lt=last).select_related("doubt__delivery").order_by("log_index")
    for step in steps:
        body = evidence.settled(step.doubt.uid, step.doubt.delivery.uid, step.state, step.taken_by)
        yield step.log_index, entry_bytes(evidence.SETTLED, body, step.taken_at), f"存疑主体 {step.doubt.uid}"
