"""What was delivered, as plain values: reaches with their lines, appointments, patrols with their tracks, samples, located reports."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ximu.foundation import city, clock
from ximu.foundation.parameters import value_on
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules.standards import Sample, Standard
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules import charges
from ximu.ideas.registry.rules.charges import Charge
from ximu.ideas.warnings.rules.witnesses import Report, Settings
from ximu.kernel import wgs84
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text
from ximu.notice.domains.d06_rivers.rules import water
from ximu.notice.domains.d06_rivers.rules.measures import Patrol

HERE = Path(__file__).parents[1]
REACHES, CHARGES, PATROLS, WATER, REPORTS = "river_reaches", "river_charges", "river_patrols", "river_water", "river_reports"
DATASETS = {PATROLS: Text("巡河记录", "patrols"), REACHES: Text("河段名录", "reaches"), CHARGES: Text("河长任命", "appointments"),
            WATER: Text("断面水质", "water quality"), REPORTS: Text("群众反映的河道问题", "citizens' reports")}
STATES = {code: Text(*words) for code, words in tomllib.loads((HERE / "states.toml").read_text("utf-8")).items()}


def setting(name: str, on: date) -> Any:
    return value_on(HERE, name if name.isupper() else f"river.{name}", on)


def sees(by: Actor, unit: str, right: str = "d06.see") -> bool:
    """One's own unit, what belongs to it, whose duties it carries today, and in a district all of its units."""
    heir = registry.owner_of(unit, clock.today()) if unit in registry.book().units else unit
    return registry.may(by, right, unit, on=date.max) or by.can(right, heir)


def bureau(on: date) -> str:
    """The water bureau as the profile names it, or what carries its duties that day; empty when it names none."""
    uid = city.office("water")
    return registry.owner_of(uid, on) if uid in registry.book().units else ""


@dataclass(frozen=True, slots=True)
class Reach:
    code: str
    name: str
    unit: str
    lake: bool
    since: date
    until: date | None
    line: tuple[wgs84.Point, ...]
    width: float
    document: str

    def corridor(self, on: date) -> float:
        return self.width / 2 + float(setting("corridor_m", on))


@lru_cache(maxsize=2048)
def _line(text: str) -> tuple[wgs84.Point, ...]:
    return wgs84.line_of(text)


@lru_cache(maxsize=8192)
def track(text: str) -> tuple[wgs84.Fix, ...]:
    return wgs84.track_of(text)


def known_reaches(on: date, *, known_at: datetime | None, rows: list[dict[str, Any]] | None = None) -> dict[str, Reach]:
    """The reaches of a day: of each the last entry that had begun (`rows` are these, if at hand); one that has ended is not there."""
    found: dict[str, Reach] = {}
    for row in sorted(rows or events.rows_of(REACHES, known_at=known_at, as_of=on), key=lambda one: one["since"]):
        found[row["reach"]] = Reach(row["reach"], row["name"], row["unit"], row["kind"] == "湖泊", row["since"], row["until"],
                                    _line(row["course"]), float(row["width_m"]), row["document"])
    return {code: one for code, one in sorted(found.items()) if not one.until or one.until > on}


def known_charges(on: date, *, known_at: datetime | None) -> list[Charge]:
    """All appointments that had begun by a day."""
    return [Charge(row["reach"], row["level"], row["unit"], row["post"], row["since"], row["until"], row["document"],
                          row["_known"].isoformat()) for row in events.rows_of(CHARGES, known_at=known_at, as_of=on)]


def known_patrols(first: date, last: date, held: list[Charge], *, known_at: datetime | None
                  ) -> tuple[list[Patrol], dict[str, Mapping[str, Any]]]:
    """Patrols of a span with the chief of their day and what is doubted of them, and the rows by number."""
    rows = {row["patrol"]: row for row in events.rows_of(PATROLS, known_at=known_at, as_of=last) if row["patrolled_on"] >= first}
    places = charges.by_place(held)
    who = {uid: charge_of(places, row) for uid, row in rows.items()}
    walks = [wgs84.Walk(uid, charge.holder if (charge := who[uid]) else "", row["patrolled_on"], track(row["track"]))
             for uid, row in rows.items()]
    flags = wgs84.flagged(walks, fastest=setting("fastest_kmh", last), travelling=setting("travelling_kmh", last))
    return [Patrol(uid, row["reach"], row["level"], who[uid], row["patrolled_on"], row["kind"] or "", frozenset(flags.get(uid, ())),
                   row["explained"] or "") for uid, row in rows.items()], rows


def charge_of(places: Mapping[tuple[str, str], list[Charge]], row: Mapping[str, Any]) -> Charge | None:
    """By whose appointment a patrol was made: the chief of the reach on its day, if the patrol's unit carries his unit's duties then."""
    found = charges.charge_on(places.get((row["reach"], row["level"]), ()), row["patrolled_on"])
    return found if found and row["unit"] in (found.unit, registry.owner_of(found.unit, row["patrolled_on"])) else None


def samples(last: date, *, known_at: datetime | None) -> list[Sample]:
    return [Sample(row["section"], row["reach"], row["unit"], row["sampled_on"], water.CLASSES.index(row["target"]),
                   {item: row[item] for item in water.MEASURED}) for row in events.rows_of(WATER, known_at=known_at, as_of=last)]


def standard(on: date, *, lake: bool) -> Standard:
    """As it held on a day; a lake has limits of its own for phosphorus."""
    named = {item: "phosphorus_lake" if lake and item == "phosphorus" else item for item in water.ITEMS}

    def numbers(name: str) -> list[Decimal]:
        return [Decimal(one) for one in setting(name, on)]

    return Standard({item: numbers(f"limit.{name}") for item, name in named.items()},
                    {item: numbers(f"odour.{item}") for item in water.ODOUR}, water.FALLING, setting("needed_items", on),
                    Decimal(setting("odour.share_one", on)), Decimal(setting("odour.share_two", on)))


def reports(last: date, *, known_at: datetime | None) -> tuple[list[Report], list[dict[str, Any]]]:
    rows = events.rows_of(REPORTS, known_at=known_at, as_of=last)
    return [Report(row["ticket"], row["reach"], row["called_on"]) for row in rows], rows


def test_settings(on: date) -> Settings:
    return Settings(*(setting(f"test.{name}", on) for name in ("near", "least", "reports", "others")),
                    float(setting("test.false_discovery", on)), setting("test.days", on), setting("test.shuffles", on))
