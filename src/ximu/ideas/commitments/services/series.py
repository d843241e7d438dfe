"""Progress that nobody enters: the daily pass reads the target's values from a series of event data, where the terms name one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.services.proving import Reading, measure
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Series:
    """`must_know(name)` refuses a series that is not there; `read(name, unit, first, last, known_at)` gives its readings for a unit."""

    must_know: Callable[[str], None]
    read: Callable[[str, str, date, date, datetime], Iterable[Reading]]


SERIES: dict[str, Series] = {}


def register_series(scheme: str, series: Series) -> None:
    """Where sources `scheme:NAME` are read; connected in `config`."""
    SERIES[scheme] = series


def must_be_readable(terms: rules.Terms) -> None:
    """A source that is written as a series must be one. Errors: `PROM-SERIES`."""
    if not (source := rules.series_of(terms)):
        return
    scheme, _, name = source.partition(":")
    if scheme not in SERIES:
        raise unreadable(source, " ".join(sorted(SERIES)))
    SERIES[scheme].must_know(name)


def unreadable(source: str, rule: str) -> Refusal:
    return Refusal("PROM-SERIES", field="source", value=source[:120], rule=rule[:200],
                   zh=f"数据来源“{source[:120]}”不是可按单位、按月读取的数据序列。",
                   en=f"“{source[:120]}” is no series that can be read by unit and month.")


def measure_series(*, at: datetime) -> int:
    """Read every promise whose source is a series, as known now; how many have new values. One that cannot be read stays as it is: no
    data is no progress, and the doctor names it."""
    on, done = queries.city_day(at), 0
    states = (*rules.OPEN, "kept", "part_kept", "broken", rules.UNMEASURED)
    for row in Commitment.objects.filter(series__gt="").order_by("series", "pk"):
        scheme, _, name = row.series.partition(":")
        if scheme not in SERIES or row.state not in states or row.begins > on:
            continue
        try:
            readings = SERIES[scheme].read(name, queries.owner(row, on), row.begins, min(on, row.grace_until), at)
            found = [one for one in readings if row.made_on <= one.day <= on]
            measure(row.uid, found, source=row.series, by=SYSTEM, at=at)
        except Refusal:
            continue
        done += Commitment.objects.filter(pk=row.pk, revision__gt=row.revision).count()
    return done
