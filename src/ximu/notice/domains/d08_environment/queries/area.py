"""Environment as a key area: promises and months behind each figure, what is warned of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from ximu.ideas.areas.rules import CITY, Area, Line, Period
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import STATES
from ximu.kernel.words import Text
from ximu.notice.domains.d08_environment.queries import air
from ximu.notice.domains.d08_environment.queries.figures import HERE, of_period, pack, until, usual_year
from ximu.notice.domains.d08_environment.rules import end_of, month_of

SEE = "d08.see"
MEASURED, GAP = "measured", "gap"


def lines(period: Period) -> dict[str, list[Line]]:
    found = of_period(period)
    months = air.months(found.first, found.last, known_at=found.known_at)
    return {code: list(_months(found, code, one.params["column"], months) if one.over == "events" else _promises(found, code))
            for code, one in pack().indicators.items()}


def _promises(found: promises.Sheet, code: str) -> Iterator[Line]:
    figure = found.figures[code, CITY]
    for uid in (*figure.base, *figure.excluded):
        one = found.judged[uid]
        yield Line(uid, one.title, one.unit, "promise", one.state, Decimal(uid in figure.counted), why=figure.excluded.get(uid, ""),
                   on=one.due_asked or one.due, link=reverse("commitments:one", args=[uid]))


def _months(found: promises.Sheet, code: str, column: str, told: Mapping[Any, Mapping[str, Any]]) -> Iterator[Line]:
    """The mean of each month, weighted by its days."""
    for unit in found.units:
        figure = found.figures[code, unit]
        for name in sorted({*figure.counted, *figure.excluded}):
            month, why = month_of(name), figure.excluded.get(name, "")
            value = Decimal(0) if why else Decimal(str(told[unit, month][column])).quantize(Decimal("0.1"))
            yield Line(f"{unit}-{name}", f"{month.year}年{month.month}月", unit, "month", GAP if why else MEASURED, value,
                       Decimal(end_of(month).day), why, on=end_of(month), link=reverse("d08:months") + f"?year={month.year}&unit={unit}")


def things(period: Period) -> list[Line]:
    """Promises that are due in the year, as warning rules see them: those without data, too."""
    found = of_period(period)
    return [Line(one.uid, one.title, one.unit, one.kind, one.state, late_days=one.late_days,
                 link=reverse("commitments:one", args=[one.uid]))
            for one in found.judged.values() if found.first <= one.due <= found.last]


AREA = Area(
    here=HERE, see=SEE, lines=lines, things=things, figures=lambda period: of_period(period).figures, until=until, usual=usual_year,
    states=STATES | {MEASURED: Text("有效", "valid"), GAP: Text("数据不足", "insufficient")},
    tabs=(("d08:months", Text("逐月浓度", "Month by month"), SEE), ("d08:stations", Text("监测点位与月值", "Stations and values"), SEE)))
