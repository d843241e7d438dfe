"""How is a month counted? Once, for all streets and towns, by one rule, when it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s3_streets import queries, rules
from ximu.notice.safeguards.s3_streets.models import Month


def monitor(month: str, *, by: Actor, at: datetime) -> Month:
    """Count a month that is over; a month that was counted stays as it is. Errors: `PERM-DENIED`, `MONTH-FORM`, `TIME-FUTURE`."""
    by.must("streets.monitor")
    last = rules.month_end(month)
    if last >= clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="month", value=month, rule="< today", zh=f"{month}尚未结束，不能监测。",
                      en=f"{month} is not over and cannot be counted.")
    if found := Month.objects.filter(month=month).first():
        return found
    counted = queries.figures(first=last.replace(day=1), last=last, known_at=at)
    lines = [one.line() for one in counted]
    row = Month(month=month, known_at=at, lines=lines, digest=digest([month, lines]))
    try:
        with transaction.atomic():
            [row.log_index] = ledger.append([Entry(queries.MONTHLY, queries.month_body(row))], at=at)
            row.save()
    except IntegrityError:
        return queries.month(month)
    return row


def monitor_due(*, by: Actor, at: datetime) -> int:
    """The month that ended last, if nobody has counted it; how many months were counted."""
    last: date = clock.city_day(at).replace(day=1) - timedelta(days=1)
    name = f"{last:%Y-%m}"
    if Month.objects.filter(month=name).exists() or not queries.streets(last):
        return 0
    monitor(name, by=by, at=at)
    return 1
