"""The lines behind the figures of a year, and each warning rule tried over the past."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.urls import reverse

from ximu.foundation import clock, packs
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import Area, Line, Period
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import STATES, Judged, Spec, read_spec
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text

HERE = Path(__file__).parent
SEE = "d04.see"
ONE, NONE = Decimal(1), Decimal(0)


def pack() -> packs.Pack:
    return packs.load(HERE)


def lines(period: Period) -> dict[str, list[Line]]:
    """Each promise that an indicator looks at, as judged on the day; the unit is who carries it then."""
    specs = {code: read_spec(one.params) for code, one in pack().indicators.items()}
    found = promises.figures(specs, domain=pack().manifest.row, first=period.first, last=date(period.year, 12, 31), as_of=period.as_of,
                             known_at=period.known_at)
    told: dict[str, list[Line]] = {}
    for code, spec in specs.items():
        figure = found.figures[code, promises.CITY]
        counted = set(figure.counted)
        told[code] = [_line(found.judged[uid], spec, "", uid in counted) for uid in figure.base]
        told[code] += [_line(found.judged[uid], spec, why, counted=False) for uid, why in figure.excluded.items()]
    return told


def _line(one: Judged, spec: Spec, why: str, counted: bool) -> Line:
    weight = one.amount or NONE if spec.by == "amount" else ONE
    return Line(one.uid, one.title, one.unit, one.kind, one.state, weight if counted else NONE, weight, why, one.late_days, one.due,
                link=reverse("commitments:one", args=[one.uid]))


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


def back_test(year: int, by: Actor, *, today: date, known_at: datetime) -> list[Tried]:
    """Each rule at each month end that is over, with what was known that day against what is known now of the same day, for the units
    that this person may see. Errors: `YEAR`."""
    areas.sheet(AREA, year, today=today, known_at=known_at)
    then, now = set[tuple[date, str, str, str]](), set[tuple[date, str, str, str]]()
    for month in range(1, 13):
        day = date(year, month, monthrange(year, month)[1])
        if day >= today:
            break
        for found, known in ((then, clock.end_of(day)), (now, known_at)):
            found.update((day, a.rule, a.about, a.unit) for a in areas.sheet(AREA, year, today=day, known_at=known).warned
                         if areas.sees(AREA, by, a.unit))
    sorts = (then, then - now, now - then)
    return [Tried(rule.code, *(sum(one[1] == rule.code for one in some) for some in sorts)) for rule in pack().rules]


AREA = Area(HERE, SEE, lines, STATES, open_to_all=tuple(pack().indicators),
            tabs=(("d04:tried", Text("预警回测", "Back-test"), SEE), ("commitments:index", Text("承诺", "Promises"), "commitments.see")))
