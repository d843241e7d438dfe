"""The figures of a year by area, and what is warned of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ximu.foundation import packs
from ximu.foundation.parameters import value_on
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import OPEN, Figure, Judged, compute, read_spec
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.kernel.pack import Alarm, Thing, alarms
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d08_environment.queries import air
from ximu.notice.domains.d08_environment.rules import end_of

HERE = Path(__file__).parents[1]
FIRST_YEAR, LAST_YEAR = 2000, 2100
CENT = Decimal("0.1")


def pack() -> packs.Pack:
    return packs.load(HERE)


def indicator(code: str) -> Any:
    """Errors: `IND-NONE`."""
    if code not in pack().indicators:
        raise absent("IND-NONE", field="code", value=code[:20], zh="个指标", en="indicator")
    return pack().indicators[code]


def usual_year(today: date) -> int:
    """Until the last year has been judged, that one; then the one that runs."""
    until = date.fromisoformat(f"{today.year}-{value_on(HERE, 'judged_until', today)}")
    return today.year - (today <= until)


def sheet(year: int, *, today: date, known_at: datetime) -> promises.Sheet:
    """The year's figures, judged at the end of March of the next year, or today before that. Errors: `YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{LAST_YEAR}", zh="年度不在可查询的范围内。",
                      en="The year is out of range.")
    first, last = date(year, 1, 1), date(year, 12, 31)
    until = date.fromisoformat(f"{year + 1}-{value_on(HERE, 'judged_until', last)}")
    as_of = max(first, min(until, today))
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


def warned(found: promises.Sheet) -> list[Alarm]:
    """Warnings of the year: figures of areas beyond a bound, and single promises."""
    values = {key: figure.value for key, figure in found.figures.items() if key[1] != promises.CITY}
    due = [j for j in found.judged.values() if found.first <= j.due <= found.last]
    things = [Thing(j.uid, j.title, j.unit, j.kind, j.state, j.late_days) for j in due]
    return alarms(pack().rules, values, things)
