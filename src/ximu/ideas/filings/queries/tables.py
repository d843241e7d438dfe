"""Which tables are there, who must report which by when, and what has come?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.filings.models import Filing, Form, Hand
from ximu.ideas.filings.rules import lineage
from ximu.ideas.filings.rules.figures import Span, Table, read_table, span_of, spans
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.workdays import Calendar


def of_unit(actor: Actor, permission: str, unit: str, on: date) -> bool:
    """Does this person act for the unit that carries the matter that day? A right for the whole city does not make one its member."""
    now = registry.owner_of(unit, on)
    return belongs(actor, now) and actor.can(permission, now)


@lru_cache(maxsize=256)
def _read(declared: bytes, until: date | None) -> Table:
    return read_table(orjson.loads(declared) | ({"until": until.isoformat()} if until else {}))


def table_of(form: Form) -> Table:
    return _read(canonical(form.declared), form.until)


def forms(on: date | None = None) -> list[Form]:
    """In force on a day, or all that ever were."""
    rows = Form.objects.order_by("code", "since")
    return [one for one in rows if on is None or (one.since <= on and (one.until is None or one.until >= on))]


def _known(at: datetime) -> list[Form]:
    """Declarations as they were known at a time: one of later is not there and has ended none."""
    rows = forms()
    ends = {(one.code, one.since - timedelta(days=1)) for one in rows if one.entered_at > at}
    for row in rows:
        row.until = None if (row.code, row.until) in ends else row.until
    return [one for one in rows if one.entered_at <= at]


def filed_from(form: Form, since: date, *, today: date) -> bool:
    """Whether a period that ends on that day or later has been filed by this declaration."""
    names = [one.name for one in spans(table_of(form), today) if one.last >= since]
    return Filing.objects.filter(form=form, period__in=names).exists()


def form_for(code: str, period: str, *, today: date) -> tuple[Form, Span]:
    """Errors: `TABLE-NONE`, `TABLE-PERIOD`."""
    rows = list(Form.objects.filter(code=code[:20]).order_by("since"))
    if not rows:
        raise absent("TABLE-NONE", field="code", value=code[:20], zh="张报表", en="table")
    for row in rows:
        if any(one.name == period for one in spans(table_of(row), today)):
            return row, span_of(table_of(row), period, today=today)
    return rows[-1], span_of(table_of(rows[-1]), period, today=today)


def due_of(table: Table, span: Span, calendar: Calendar | None = None) -> date:
    """So many days after the period, rolled to a working day where the calendar of that year is known."""
    try:
        return (calendar or cases.calendar()).due_calendar_days(span.last, table.days).day
    except Refusal:
        return span.last + timedelta(days=table.days)


def reporters(table: Table, on: date) -> list[str]:
    """Units that must report, by the register of that day. Errors: `ORG-UNKNOWN` and those of the register."""
    found: dict[str, None] = {}
    for words in table.reporters:
        listed = registry.expand(words, as_of=on) if registry.is_phrase(words) else [registry.named(words, as_of=on)]
        found |= dict.fromkeys(listed)
    return list(found)


@dataclass(frozen=True, slots=True)
class Held:
    """One table of one unit for one period, and every hand-over until then. Nothing has come: `filing` None, no hands."""

    form: Form
    table: Table
    span: Span
    unit: str
    due: date
    filing: Filing | None = None
    hands: list[Hand] = field(default_factory=list)

    @property
    def present(self) -> bool:
        """Whether these are all hand-overs there are, so that the state of the filing is theirs."""
        return self.filing is not None and len(self.hands) == len(self.filing.hands.all())

    @property
    def reported_on(self) -> date | None:
        return clock.city_day(self.hands[0].at) if self.hands else None

    @property
    def approved(self) -> Hand | None:
        found: Hand | None = lineage.approved(self.hands)
        return found

    @property
    def content(self) -> dict[str, Any]:
        """As approved; before that as last handed on; empty where nothing came."""
        found = self.approved or (self.hands[-1] if self.hands else None)
        return found.content if found else {}


def held(first: date, last: date, *, as_of: date, known_at: datetime, codes: Iterable[str] = ()) -> list[Held]:
    """Everything due between two days for periods that have ended by `as_of`, with what had been handed over by then."""
    until = min(known_at, clock.end_of(as_of))
    wanted, calendar, found = set(codes), cases.calendar(), []
    rows = Filing.objects.filter(due__range=(first, last), **({"form__code__in": wanted} if wanted else {}))
    known = {(one.form_id, one.unit, one.period): one for one in rows.prefetch_related("hands")}
    for form in _known(known_at):
        table = table_of(form)
        for span in spans(table, as_of) if not wanted or form.code in wanted else ():
            due = due_of(table, span, calendar)
            for unit in reporters(table, span.last) if first <= due <= last else ():
                filing = known.get((form.pk, unit, span.name))
                hands = [one for one in filing.hands.all() if one.at <= until] if filing else []
                if filing:
                    filing.form = form
                found.append(Held(form, table, span, unit, due, filing if hands else None, hands))
    return found


def held_of(filing: Filing) -> Held:
    """What has been filed, with every hand-over."""
    table = table_of(filing.form)
    span = span_of(table, filing.period, today=filing.due)
    return Held(filing.form, table, span, filing.unit, filing.due, filing, list(filing.hands.order_by("number")))


def one_held(code: str, period: str, unit: str, *, today: date) -> Held:
    """Errors: `TABLE-NONE`, `TABLE-PERIOD`, `TABLE-DUTY` where the unit does not report this table."""
    form, span = form_for(code, period, today=today)
    table = table_of(form)
    if unit not in reporters(table, span.last):
        raise absent("TABLE-DUTY", field="unit", value=unit[:16], zh="个须报送该表的单位", en="unit that reports this table")
    filing = Filing.objects.filter(form=form, unit=unit, period=span.name).first()
    hands = list(filing.hands.order_by("number")) if filing else []
    return Held(form, table, span, unit, filing.due if filing else due_of(table, span), filing, hands)
