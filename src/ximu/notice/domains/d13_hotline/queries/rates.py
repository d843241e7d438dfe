"""The five rates per unit and month, for the units one may see; for the public with small cells withheld."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import withheld_cells
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import near_day
from ximu.notice.domains.d13_hotline import rules
from ximu.notice.domains.d13_hotline.rules.rates import COUNTS, RATES

DATASET = "hotline"


@dataclass(frozen=True, slots=True)
class Kpi:
    """`rows` unit × month; `units`, `months` and `city` their sums; `ran` what made them."""

    rows: list[dict[str, Any]]
    units: list[dict[str, Any]]
    months: list[dict[str, Any]]
    city: dict[str, Any]
    missing: list[date]
    ran: events.Ran

    def envelope(self) -> dict[str, Any]:
        pinned = self.ran.manifest.envelope()
        return {"rows": self.rows, "units": self.units, "months": self.months, "city": self.city, "missing_days": self.missing,
                "pinned": pinned, "method": self.ran.definition.method}


def kpi(
    first: date, last: date, *, judged_on: date, known_at: datetime | None, units: Collection[str] | None = None,
) -> Kpi:
    """`judged_on` is the day by which a term must have come to count. Errors: `EVT-PARAM`, `DATE-RANGE`."""
    for field, day in (("first", first), ("last", last), ("judged_on", judged_on)):
        near_day(day, field)
    ran = events.run("d13_kpi", {"first": first, "last": last, "judged_on": judged_on}, known_at=known_at, units=units)
    rows = [{"unit_name": unit_name(r["unit"], last), **r} for r in ran.frame.to_dicts()]
    by_unit = [{"unit_name": unit_name(r["unit"], last), **r} for r in rules.city_rows(rows, "unit")]
    missing = events.missing_days(DATASET, first, last, known_at=known_at)
    return Kpi(rows, by_unit, rules.city_rows(rows, "month"), rules.total(rows), missing, ran)


def unit_name(uid: str, on: date) -> str:
    found = registry.unit(uid, as_of=on)
    return found.name if found else uid


def public_kpi(view: Any, *, year: int | None = None) -> dict[str, Any]:
    """City and units in a calendar year (default: the newest with data); rates over few tickets are withheld.

    Calendar years only: spans that overlap would tell by subtraction what each of them withholds. `view` is not asked further: what is
    made here is for everyone.
    """
    known = events.span(DATASET)
    if known is None:
        return {"year": year, "first": None, "last": None, "city": None, "units": [], "method": "", "missing_days": 0}
    year = year or known[1].year
    first, last = date(year, 1, 1), known[1] if year == known[1].year else date(year, 12, 31)
    found = kpi(first, last, judged_on=last, known_at=clock.now())
    return {
        "year": year,
        "first": first, "last": last, "city": _public(found.city),
        "units": sorted(_withheld(found.units), key=_busiest), "missing_days": len(found.missing),
        "method": found.ran.definition.method, "manifest": found.ran.manifest.digest,
    }


def _busiest(row: dict[str, Any]) -> tuple[int, str]:
    """Where there is most to read comes first; what is withheld comes last and by name, so that its place tells nothing."""
    return -(row["tickets"] or 0), row["unit_name"]


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {"tickets": row["tickets"], **{rate: row[rate] for rate, *_ in RATES.values()}}


def _withheld(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A unit's count and rates are null where they rest on fewer than ten tickets, or would tell one that does."""
    hidden = {name: withheld_cells([r[name] for r in rows]) for name in COUNTS}
    told = []
    for at, row in enumerate(rows):
        rates = {rate: None if hidden[whole][at] else row[rate] for rate, _, whole, _ in RATES.values()}
        shown = None if hidden["tickets"][at] else row["tickets"]
        told.append({"unit": row["unit"], "unit_name": row["unit_name"], "tickets": shown, **rates})
    return told
