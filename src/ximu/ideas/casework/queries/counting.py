"""Which limit holds, on which calendar, and which open cases would a new value touch?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ximu.foundation import city
from ximu.ideas.casework.models import Clock, Parameter, YearCalendar
from ximu.ideas.casework.queries.declared import written_terms
from ximu.ideas.casework.rules import Term, Terms, begin
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED, Calendar, YearTable


def office() -> str:
    """The city's coordinating office; empty without a profile."""
    return city.office()


def terms() -> Terms:
    """The written limits and those that the city set since."""
    added = [Term(p.code, p.since, p.value, p.unit, p.source, p.sure) for p in Parameter.objects.all()]
    return Terms(written_terms(), added)


def _days(table: dict[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in table.items()}


def calendar() -> Calendar:
    """The built-in years, and over them those that an administrator loaded; the last load of a year counts."""
    loaded = YearCalendar.objects.order_by("log_index")
    return BUNDLED.with_years(YearTable(c.year, _days(c.off), _days(c.work), c.source) for c in loaded)


def day_counter() -> Callable[[date, int], date | None]:
    """The last of so many working days after a day; none where no calendar knows the year."""
    known = calendar()

    def last(start: date, days: int) -> date | None:
        try:
            return known.due(start, days).day
        except Refusal:
            return None

    return last


def last_day_of(term: str, start: date) -> date | None:
    """The last day of a limit that starts on a day; none where no calendar knows the year. Errors: `TERM-NONE`."""
    found = terms().on(term, start)
    try:
        return begin(found, start, calendar()).due.day
    except Refusal:
        return None


def calendar_years() -> list[tuple[int, str, bool]]:
    """(year, source, whether loaded here), earliest first."""
    here = set(YearCalendar.objects.values_list("year", flat=True))
    return [(year, table.source, year in here) for year, table in sorted(calendar().years.items())]


@dataclass(frozen=True, slots=True)
class Touched:
    """An open case whose clock began under the new row: its last day as it is, and as it would be."""

    case: str
    number: str
    procedure: str
    started: date
    due: date | None
    would_be: date | None


def touched(term: Term) -> list[Touched]:
    """Open cases whose running clock of this code began on or after the day from which the new row holds."""
    known = calendar()
    clocks = Clock.objects.filter(code=term.code, ended_on=None, started__gte=term.since).select_related("case").order_by("due", "pk")
    return [
        Touched(c.case.uid, c.case.number, c.case.procedure, c.started, c.due, begin(term, c.started, known).due.day)
        for c in clocks if c.started is not None
    ]
