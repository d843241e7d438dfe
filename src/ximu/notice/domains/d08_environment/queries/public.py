"""What everybody reads: targets with every wording, figures with their method, stations, the credit evaluation."""

from __future__ import annotations

from typing import Any

from ximu.foundation import clock
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.commitments import queries as promises
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.kernel.view import View
from ximu.notice.domains.d08_environment.queries import air
from ximu.notice.domains.d08_environment.queries.figures import pack, sheet, usual_year
from ximu.notice.domains.d08_environment.queries.targets import targets

METHOD = "d08"
"""The code of the method of assessment by which districts are rated in this area."""


def credit(view: View, *, year: int) -> dict[str, Any] | None:
    """The published credit evaluation of the year; None where there is none."""
    try:
        return assessment.public_ranking(view, period=str(year), method=METHOD)
    except Refusal as refusal:
        if refusal.code != "SCORE-NONE":
            raise
        return None


def public_figures(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d08`. Without a year the newest one whose targets are due."""
    now = clock.now()
    today = clock.city_day(now)
    found = sheet(usual_year(today) if year is None else year, today=today, known_at=now)
    day = found.as_of
    measured = air.months(found.first, found.last, known_at=now)
    return {
        "view": view.name, "year": found.first.year, "as_of": day, "name": pack().manifest.name,
        "indicators": [
            {"code": code, "name": one.name, "unit": one.unit, "direction": one.direction, "method": one.method, "source": one.source,
             "city": found.figures[code, promises.CITY].value} for code, one in pack().indicators.items()],
        "units": [{"unit": unit, "name": registry.name(unit, as_of=day),
                   "values": [found.figures[code, unit].value for code in pack().indicators],
                   "gaps": sum(row["gaps"] for (area, _), row in measured.items() if area == unit)} for unit in found.units],
        "targets": [{"line": line, "unit": registry.name(line.judged.unit, as_of=day)} for line in targets(found)],
        "credit": credit(view, year=found.first.year),
    }


PUBLIC = {"d08": public_figures}
"""Connected by `config/wiring.py`, which looks into every pack."""
