"""The figures of a year by area: promises that the data judge, and months of stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ximu.foundation import packs
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR, Period, period_of
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import OPEN, Figure, Judged, compute, read_spec
from ximu.ideas.events import queries as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d08_environment.queries import air
from ximu.notice.domains.d08_environment.rules import end_of

HERE = Path(__file__).parents[1]
CENT = Decimal("0.1")


def pack() -> packs.Pack:
    return packs.load(HERE)


def usual_year(today: date) -> int:
    """Until the last year has been judged, that one; then the one that runs."""
    until = date.fromisoformat(f"{today.year}-{value_on(HERE, 'judged_until', today)}")
    return today.year - (today <= until)


def until(year: int) -> date:
    return date.fromisoformat(f"{year + 1}-{value_on(HERE, 'judged_until', date(year, 12, 31))}")


def sheet(year: int, *, today: date, known_at: datetime) -> promises.Sheet:
    """The year's figures, judged at the end of March of the next year, or today before that. Errors: `YEAR`."""
    return of_period(period_of(year, today=today, known_at=known_at, until=until(min(max(year, FIRST_YEAR), LAST_YEAR))))


def of_period(period: Period) -> promises.Sheet:
    """What was read stays while the log has no new entry."""
    return _of_period(period.year, period.as_of, period.known_at, ledger.head().root)


@lru_cache(maxsize=4)
def _of_period(year: int, as_of: date, known_at: datetime, root: bytes) -> promises.Sheet:
    first, last = date(year, 1, 1), date(year, 12, 31)
    judged = [_in_its_year(promises.with_owner(j, as_of))
              for j in promises.judged(as_of=as_of, known_at=known_at, domain=pack().manifest.row)]
    months = air.months(first, last, known_at=known_at)
    areas = {area for one in events.expected(air.DATASET) for area in one.units} | {unit for unit, _ in months}
    units = registry.in_order({j.unit for j in judged} | areas)
    found: dict[tuple[str, str], Figure] = {}
    for code, one in pack().indicators.items():
        if one.over == "events":
            span = [date(year, n, 1) for n in range(1, 13) if end_of(date(year, n, 1)) <= as_of]
            found |= {(code, unit): figure_of_months(one.params["column"], unit, span if unit in areas else [], months) for unit in units}
            found[code, promises.CITY] = _of_city(found, code)
        else:
            spec = read_spec(one.params)
            found[code, promises.CITY] = compute(spec, judged, first=first, last=last)
            found |= {(code, unit): compute(spec, [j for j in judged if j.unit == unit], first=first, last=last) for unit in units}
    return promises.Sheet(first, last, as_of, known_at, found, {j.uid: j for j in judged})


def _in_its_year(judged: Judged) -> Judged:
    """A target for the end of December belongs to its year although holidays roll its day into January; what still runs is not due."""
    return replace(judged, due=date.max if judged.state in OPEN - {"overdue"} else judged.due_asked or judged.due)


def figure_of_months(column: str, unit: str, span: list[date], months: Mapping[tuple[str, date], Mapping[str, Any]]) -> Figure:
    """The value of the year so far, with the months that it rests on and those that keep it from being computed."""
    out = {}
    for month in span:
        row = months.get((unit, month))
        if row is None or row[column] is None:
            out[f"{month:%Y-%m}"] = "not-delivered" if row is None else "insufficient"
    counted = tuple(name for month in span if (name := f"{month:%Y-%m}") not in out)
    value = None if out or not span else Decimal(str(months[unit, span[-1]][f"{column}_year"])).quantize(CENT)
    return Figure(value, counted, counted, out)


def _of_city(found: Mapping[tuple[str, str], Figure], code: str) -> Figure:
    """The mean of the whole city is that of the stations which count for it."""
    whole = next((one.whole for one in events.expected(air.DATASET) if one.whole), "")
    return found.get((code, whole)) or Figure(None, (), (), {})
