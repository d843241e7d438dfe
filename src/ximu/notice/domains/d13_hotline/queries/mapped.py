"""The five rates by district and street, laid over the register: what a street's name on a ticket means is told by the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import near_day
from ximu.notice.domains.d13_hotline import rules
from ximu.notice.domains.d13_hotline.queries.rates import DATASET

TICKETS = """
SELECT ticket, called_on, topic FROM hotline
WHERE called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报') AND excluded IS NOT TRUE
  AND coalesce(district, '') = $district AND coalesce(street, '') = $street
ORDER BY called_on DESC, ticket LIMIT 20
"""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Street:
    """`total` the counts and rates of the span; None where no ticket names it."""

    uid: str
    name: str
    total: Row | None


@dataclass(frozen=True, slots=True)
class District:
    uid: str
    name: str
    total: Row | None
    streets: tuple[Street, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """`unplaced` tickets that name no street of the register for sure."""

    districts: tuple[District, ...]
    unplaced: int
    missing: int
    ran: events.Ran
    rows: Mapping[str, list[Row]]

    def opened(self, uid: str) -> list[Row]:
        """One line per month of a street, or of a district with its streets."""
        return rules.city_rows(self.rows.get(uid, []), "month")

    def envelope(self) -> Row:
        return {"districts": [{"unit": d.uid, "name": d.name, "total": d.total,
                               "streets": [{"unit": s.uid, "name": s.name, "total": s.total} for s in d.streets]} for d in self.districts],
                "unplaced": self.unplaced, "missing_days": self.missing, "pinned": self.ran.manifest.envelope(),
                "method": self.ran.definition.method}


def mapped(first: date, last: date, *, known_at: datetime | None, units: Collection[str] | None = None) -> Mapped:
    """Districts and streets that live on the last day, each with what its tickets say. Errors: `DATE-RANGE`."""
    near_day(first, "first")
    near_day(last, "last")
    ran = events.run("d13_streets", {"first": first, "last": last, "judged_on": last}, known_at=known_at, units=units)
    found = ran.frame.to_dicts()
    places = _places(found, last)
    rows: dict[str, list[Row]] = defaultdict(list)
    unplaced = 0
    for row in found:
        district, street = places[row["district"], row["street"]]
        for uid in {district, street} - {""}:
            rows[uid].append(row)
        unplaced += 0 if street else row["tickets"]

    def total(uid: str) -> Row | None:
        return rules.total(rows[uid]) if uid in rows else None

    streets: dict[str, list[Street]] = defaultdict(list)
    for one in registry.units(as_of=last, level="street"):
        streets[one.district].append(Street(one.uid, one.short_name, total(one.uid)))
    districts = tuple(District(d.uid, d.short_name, total(d.uid), tuple(streets.get(d.uid, ())))
                      for d in registry.units(as_of=last, level="district", kind="government"))
    missing = len(events.missing_days(DATASET, first, last, known_at=known_at))
    return Mapped(districts, unplaced, missing, ran, rows)


def tickets_of(rows: Collection[Row], first: date, last: date, *, known_at: datetime | None, units: Collection[str] | None) -> list[Row]:
    """The newest tickets of a street, by the names that it bears on them."""
    told: list[Row] = []
    for district, street in sorted({(r["district"] or "", r["street"] or "") for r in rows}):
        given = {"first": first, "last": last, "district": district, "street": street}
        told += events.ask(TICKETS, given, dataset=DATASET, known_at=known_at, units=units).to_dicts()
    return sorted(told, key=lambda row: (row["called_on"], row["ticket"]), reverse=True)[:20]


def _places(rows: Collection[Row], on: date) -> dict[tuple[str | None, str | None], tuple[str, str]]:
    """(district, street) as written → their uids, empty where the register is not sure; a street within its district first."""
    pairs = {(row["district"], row["street"]) for row in rows}
    texts = {f"{d}{s}" for d, s in pairs if d and s} | {t for pair in pairs for t in pair if t}
    known, _ = registry.find_many(sorted(texts), as_of=on)
    told = {}
    for district, street in pairs:
        at = known.get(f"{district}{street}", "") or known.get(street or "", "") if street else ""
        view = registry.unit(at, as_of=on) if at else None
        sure = view is not None and view.level == "street"
        told[district, street] = (view.district if sure and view else known.get(district or "", ""), at if sure else "")
    return told
