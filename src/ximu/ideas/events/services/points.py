"""A point enters the roster of a dataset and leaves it, each by a paper: nobody improves a mean by dropping a station quietly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.events import queries
from ximu.ideas.events.models import Point
from ximu.ideas.events.queries.points import CLOSED, OPENED, closed_body, opened_body
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append as log
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

PERMISSION = "events.points"


@dataclass(frozen=True, slots=True)
class NewPoint:
    """Its values count for `unit`, and for `whole` too where that is named."""

    code: str
    name: str
    unit: str
    since: date
    basis: str
    whole: str = ""


def open_point(dataset: str, new: NewPoint, *, by: Actor, at: datetime) -> Point:
    """The same point again adds nothing. Errors: `PERM-DENIED`, `EVT-SET`, `PNT-FORM`, `BASIS-NONE`, `PNT-UNIT`, `PNT-DUP`."""
    by.must(PERMISSION)
    queries.dataset(dataset)
    code, name = new.code.strip()[:20], new.name.strip()[:80]
    if not code or not name:
        raise Refusal("PNT-FORM", field="name" if code else "code", value="", rule="required", zh="须填写编码和名称。",
                      en="It has a code and a name.")
    _must_have(new.basis)
    for unit in filter(None, (new.unit, new.whole)):
        known = registry.unit(unit, as_of=new.since)
        if known is None or not known.living:
            raise Refusal("PNT-UNIT", field="unit", value=unit[:16], rule="living", zh="所属单位应为当日存续的单位。",
                          en="The unit must live on that day.")
    with transaction.atomic():
        row, made = Point.objects.get_or_create(dataset=dataset, code=code, defaults={
            "name": name, "unit": new.unit, "whole": new.whole, "since": new.since, "basis": new.basis.strip()[:120], "opened_at": at,
            "opened_by": by.uid})
        if not made:
            if (row.unit, row.whole, row.since) == (new.unit, new.whole, new.since):
                return row
            raise Refusal("PNT-DUP", status=409, field="code", value=code, rule="unique", zh=f"“{code}”已经登记，内容不同。",
                          en=f"“{code}” is on the roster with other content.")
        [index] = log([Entry(OPENED, opened_body(row))], at=at)
        Point.objects.filter(pk=row.pk).update(log_index=index)
    return row


def close_point(dataset: str, code: str, *, until: date, basis: str, by: Actor, at: datetime) -> Point:
    """Its values up to that day count as before.

    Errors: `PERM-DENIED`, `PNT-NONE`, `BASIS-NONE`, `DATE-ORDER`, `TIME-FUTURE`, `STATE-EDGE`.
    """
    by.must(PERMISSION)
    row = queries.point(dataset, code)
    _must_have(basis)
    if until < row.since:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"≥ {row.since}", zh="停用日不能早于启用日。",
                      en="It cannot end before it began.")
    if until > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="until", value=until.isoformat(), rule="≤ today", zh="停用日不能晚于今天。",
                      en="The day lies in the future.")
    with transaction.atomic():
        if not Point.objects.filter(pk=row.pk, until=None).update(until=until, ending=basis.strip()[:120], closed_at=at, closed_by=by.uid):
            raise Refusal("STATE-EDGE", status=409, field="until", value=str(row.until), rule="open → closed", zh="该报送点已经停用。",
                          en="The point is closed already.")
        row.refresh_from_db()
        [index] = log([Entry(CLOSED, closed_body(row))], at=at)
        Point.objects.filter(pk=row.pk).update(closed_index=index)
    return row


def _must_have(basis: str) -> None:
    if not basis.strip():
        raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="须写明批准启用或停用的文件。",
                      en="Name the document that approves it.")
