"""The figures of a year, what is warned of, and what the public reads."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ximu.foundation import clock, packs
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import read_spec
from ximu.ideas.registry import queries as registry
from ximu.kernel.pack import Alarm, Thing, alarms
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.view import View

HERE = Path(__file__).parent
FIRST_YEAR, LAST_YEAR = 2000, 2100


def pack() -> packs.Pack:
    return packs.load(HERE)


def sheet(year: int, *, today: date, known_at: datetime) -> promises.Sheet:
    """The year's figures, judged on its last day, or today while it runs. Errors: `YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{LAST_YEAR}", zh="年度不在可查询的范围内。",
                      en="The year is out of range.")
    return _sheet(year, as_of=max(date(year, 1, 1), min(date(year, 12, 31), today)), known_at=known_at)


def _sheet(year: int, *, as_of: date, known_at: datetime) -> promises.Sheet:
    specs = {code: read_spec(one.params) for code, one in pack().indicators.items()}
    return promises.figures(specs, domain=pack().manifest.row, first=date(year, 1, 1), last=date(year, 12, 31), as_of=as_of,
                            known_at=known_at)


def warned(found: promises.Sheet) -> list[Alarm]:
    """Warnings of the year: figures of units beyond a bound, and single promises that are late for too long."""
    values = {key: figure.value for key, figure in found.figures.items() if key[1] != promises.CITY}
    things = [Thing(j.uid, j.title, j.unit, j.kind, j.state, j.late_days) for j in found.judged.values() if j.due <= found.last]
    return alarms(pack().rules, values, things)


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule over the past: alarms of all month ends as known then, those that what is known now takes back, those that it adds."""

    rule: str
    alarms: int
    unfounded: int
    missed: int

    @property
    def false_share(self) -> Decimal | None:
        """Per cent; not known where the rule never warned."""
        return Decimal(100 * self.unfounded / self.alarms).quantize(Decimal("0.1")) if self.alarms else None


def back_test(year: int, *, today: date, known_at: datetime) -> list[Tried]:
    """Each rule at each month end that is over, with what was known that day against what is known now of the same day. Errors: `YEAR`."""
    sheet(year, today=today, known_at=known_at)
    then, now = set[tuple[date, str, str, str]](), set[tuple[date, str, str, str]]()
    for month in range(1, 13):
        day = date(year, month, monthrange(year, month)[1])
        if day >= today:
            break
        for found, known in ((then, clock.end_of(day)), (now, known_at)):
            found.update((day, a.rule, a.about, a.unit) for a in warned(_sheet(year, as_of=day, known_at=known)))
    sorts = (then, then - now, now - then)
    return [Tried(rule.code, *(sum(one[1] == rule.code for one in some) for some in sorts)) for rule in pack().rules]


def indicator(code: str) -> Any:
    """Errors: `IND-NONE`."""
    if code not in pack().indicators:
        raise absent("IND-NONE", field="code", value=code[:20], zh="个指标", en="indicator")
    return pack().indicators[code]


def public_figures(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d04`: figures with their method; no promise, no enterprise."""
    now = clock.now()
    found = sheet(year or clock.city_day(now).year, today=clock.city_day(now), known_at=now)
    return {
        "view": view.name, "year": found.first.year, "as_of": found.as_of, "name": pack().manifest.name,
        "indicators": [
            {"code": code, "name": one.name, "unit": one.unit, "direction": one.direction, "veto": one.veto, "method": one.method,
             "source": one.source, "city": found.figures[(code, promises.CITY)].value,
             "units": [{"name": registry.name(unit, as_of=found.as_of), "value": found.figures[(code, unit)].value}
                       for unit in found.units]}
            for code, one in pack().indicators.items()
        ],
    }


PUBLIC = {"d04": public_figures}
"""Connected by `config/wiring.py`, which looks into every pack."""
