"""A year of a key area as known at a time; which areas there are; what assessment, alarms and the public read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from ximu.foundation import clock, packs
from ximu.foundation.rooms import short_name, toml_of
from ximu.ideas.areas.rules import (
    CITY,
    FIRST_YEAR,
    LAST_YEAR,
    UNKNOWN,
    Area,
    Line,
    Period,
    Section,
    asked_on,
    figure,
    figures,
    period_of,
    warned,
)
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.commitments.rules.figures import Figure
from ximu.ideas.events.rules import SMALLEST, withheld_cells
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.services import Raised
from ximu.kernel.actor import Actor
from ximu.kernel.pack import Alarm, Indicator
from ximu.kernel.refusal import absent
from ximu.kernel.view import View
from ximu.kernel.words import Text

__all__ = [
    "CITY", "Sheet", "area", "areas", "asked", "indicator", "links", "measured", "names", "others", "provider_of", "public_areas", "raised",
    "register", "seen", "sees", "sees_whole", "sheet", "told",
]

SOURCE = "area"
MOST_DRAWN = 60
"""More units than this are a table only."""
_areas: dict[str, Area] = {}
NOTHING = Figure(None, (), ())
FEW = Text("不公布", "withheld")


def register(area: Area) -> None:
    """Called by `config/packed.py` only."""
    _areas[pack(area).manifest.code] = area


def areas() -> dict[str, Area]:
    """Code → area, in the order of the notice."""
    return dict(sorted(_areas.items()))


def area(code: str) -> Area:
    """By code (`d11`) or row (`D11`). Errors: `AREA-NONE`."""
    found = _areas.get(code.lower()) or next((one for one in _areas.values() if pack(one).manifest.row == code.upper()), None)
    if found is None:
        raise absent("AREA-NONE", field="area", value=code[:20], zh="个重点领域", en="key area")
    return found


def others() -> list[tuple[str, Text, str, str]]:
    """Key areas of the notice that are no packs: code, name, named address, permission, as their menu says."""
    rooms = [(short_name(path), told["page"][0]) for path, told in toml_of("menu.toml") if path.parent.name == "domains"]
    return [(code, Text(page["zh"], page["en"]), page["url"], page["permission"]) for code, page in rooms if code not in _areas]


def pack(of: Area) -> packs.Pack:
    return packs.load(of.here)


def indicator(of: Area, code: str) -> Indicator:
    """Errors: `IND-NONE`."""
    found = pack(of).indicators.get(code)
    if found is None:
        raise absent("IND-NONE", field="code", value=code[:20], zh="个指标", en="indicator")
    return found


@dataclass(frozen=True)
class Sheet:
    """The year of one area: lines behind each indicator, figures of the city and of each unit, warnings."""

    area: Area
    period: Period
    lines: Mapping[str, Sequence[Line]]

    @property
    def year(self) -> int:
        return self.period.year

    @property
    def as_of(self) -> date:
        return self.period.as_of

    @cached_property
    def figures(self) -> dict[tuple[str, str], Figure]:
        given = self.area.figures
        return dict(given(self.period)) if given else figures(pack(self.area).indicators, self.lines)

    @cached_property
    def units(self) -> list[str]:
        """In the order of the register."""
        named = {unit for _, unit in self.figures if unit}
        return registry.in_order(named)

    @cached_property
    def things(self) -> Sequence[Line]:
        return self.area.things(self.period)

    @cached_property
    def warned(self) -> list[Alarm]:
        listed, known = [one for some in self.lines.values() for one in some], pack(self.area).indicators
        return warned(pack(self.area).rules, self.figures, [*listed, *self.things], units={code: one.unit for code, one in known.items()})


def sheet(of: Area, year: int, *, today: date, known_at: Any) -> Sheet:
    """The year, judged on its last day, or today while it runs; every indicator of the manifest has its lines. Errors: `YEAR`."""
    period = period_of(year, today=today, known_at=known_at, until=of.until(year) if FIRST_YEAR <= year <= LAST_YEAR else None)
    lines = of.lines(period)
    if set(lines) != set(pack(of).indicators):
        raise ValueError(f"{of.here.name} answers {sorted(lines)}, its manifest names {sorted(pack(of).indicators)}")
    return Sheet(of, period, lines)


def asked(of: Area, year: int | None, *, known_at: datetime) -> Sheet:
    """A year as it was known at a time; without a year the usual one. Errors: `YEAR`."""
    today = clock.city_day(known_at)
    return sheet(of, of.usual(today) if year is None else year, today=today, known_at=known_at)


def sees(of: Area, by: Actor, unit: str) -> bool:
    """What concerns a unit for which the right is held; lines of nobody are for those who see the whole city."""
    return by.can(of.see, unit) or of.whole(by)


def seen(found: Sheet, code: str, by: Actor, unit: str = "") -> tuple[list[Line], Figure]:
    """The lines behind a figure that this person may see, of one unit or of all, and what they make."""
    may = [line for line in found.lines[code] if unit in ("", line.unit) and sees(found.area, by, line.unit)]
    if found.area.figures is None:
        return may, figure(indicator(found.area, code).params["form"], may)
    own = sees(found.area, by, unit) if unit else sees_whole(found.area, by)
    return may, found.figures.get((code, unit), NOTHING) if own else NOTHING


def sees_whole(of: Area, by: Actor) -> bool:
    """Whether the figures of the city are for this person."""
    return by.units_with(of.see) is None or of.whole(by)


def told_of(found: Sheet, by: Actor, *, most: int | None = None) -> list[dict[str, Any]]:
    """Warnings of the units that this person may see, with the page of what each is about; `figure` where that is a figure."""
    known = links(found)
    mine = [one for one in found.warned if sees(found.area, by, one.unit)][:most]
    called = names((one.unit for one in mine), found.as_of)
    return [{"alarm": one, "unit": called.get(one.unit, one.unit), "link": known.get(one.about, ""),
             "figure": one.about in pack(found.area).indicators} for one in mine]


def links(found: Sheet) -> dict[str, str]:
    """Thing → its page, of every thing that a warning may be about."""
    return {one.uid: one.link for some in (*found.lines.values(), found.things) for one in some if one.link}


def names(uids: Iterable[str], on: date) -> dict[str, str]:
    """Short names on a day, the register asked once; a text that is no unit is not in it."""
    known = registry.book()
    return {uid: known.name_on(uid, on, "short") for uid in uids if uid in known.units}


def told(sections: Iterable[Section], on: date, *, most: int | None = None) -> list[Section]:
    """Tables with units by their names, each with at most so many rows; `left` says how many more there are."""
    shown = [replace(one, rows=one.rows[:most], left=len(one.rows) - len(one.rows[:most])) for one in sections]
    return [one if one.unit_column < 0 else replace(one, rows=_by_name(one, on)) for one in shown]


def _by_name(one: Section, on: date) -> list[list[Any]]:
    called = names((row[one.unit_column] for row in one.rows), on)
    return [[called.get(cell, cell) if place == one.unit_column else cell for place, cell in enumerate(row)] for row in one.rows]


def measured(argument: str, ask: Asked) -> dict[str, Value]:
    """Source `area:D11-1`: the figure of the year in which the period begins, as it was on the day asked; nothing to divide by is 不适用,
    nothing delivered missing."""
    of, year = area(argument.split("-")[0]), ask.first.year
    indicator(of, argument)
    day = asked_on(year, as_of=ask.as_of, known_on=clock.city_day(ask.known_at))
    found = sheet(of, year, today=day, known_at=ask.known_at)
    lines: dict[str, list[Line]] = {}
    for one in found.lines[argument]:
        lines.setdefault(one.unit, []).append(one)
    return {unit: _value(found.figures.get((argument, unit), NOTHING), lines.get(unit, ())) for unit in ask.units}


def _value(figure: Figure, lines: Sequence[Line]) -> Value:
    if figure.value is None:
        return Value("NA" if any(one.why in UNKNOWN for one in lines) else "N/A")
    return Value(str(figure.value), tuple(one.link or f"{one.kind}:{one.uid}" for one in lines if not one.why)[:50])


def raised(of: Area, year: int, *, today: date, known_at: Any) -> list[Raised]:
    """The warnings of a year as alarms; one about a single thing is raised once, one about a figure once a year."""
    row, codes = pack(of).manifest.row, pack(of).indicators
    return [Raised(row, one.rule, one.level, one.unit, one.about, str(year) if one.about in codes else "", one.reason)
            for one in sheet(of, year, today=today, known_at=known_at).warned if one.unit]


def provider_of(of: Area) -> Callable[..., dict[str, Any]]:
    """What everybody may read: figures with their method, by unit where the area says so, and its public tables."""

    def public(view: View, *, year: int | None = None) -> dict[str, Any]:
        now = clock.now()
        found = asked(of, year, known_at=now)
        before = sheet(of, found.year - 1, today=clock.city_day(now), known_at=now) if found.year > FIRST_YEAR else None
        called = names(found.units, found.as_of)
        shown = {code: one for code, one in pack(of).indicators.items() if code in of.open_to_all}
        few = _few(found, shown)
        return {
            "view": view.name, "code": pack(of).manifest.code, "name": pack(of).manifest.name, "year": found.year, "as_of": found.as_of,
            "last_year": found.year - 1, "indicators": [{
                "code": code, "name": one.name, "unit": one.unit, "method": one.method, "why": one.why, "source": one.source,
                "city": found.figures[code, CITY].value, "before": before.figures[code, CITY].value if before else None,
                "counted": len(found.figures[code, CITY].counted), "base": len(found.figures[code, CITY].base)}
                for code, one in shown.items()],
            "units": [{"unit": unit, "name": called.get(unit, unit),
                       "values": [(FEW if (code, unit) in few else found.figures[code, unit].value, one.unit)
                                  for code, one in shown.items()]}
                      for unit in found.units if any(found.figures[code, unit].value is not None for code in shown)] if of.by_unit else [],
            "few": SMALLEST if few and of.by_unit else 0,
            "chart": len(found.units) <= MOST_DRAWN and any(one.unit == "%" for one in shown.values()),
            "sections": told(of.public_sections(found.period), found.as_of),
        }

    return public


def _few(found: Sheet, shown: Iterable[str]) -> set[tuple[str, str]]:
    """(indicator, unit) whose share rests on few matters of people, with as many others as keep it from being told from the city's."""
    hidden: set[tuple[str, str]] = set()
    for code in shown:
        if code in found.area.of_people:
            counts = [len(found.figures[code, unit].base) for unit in found.units]
            hidden |= {(code, unit) for unit, out in zip(found.units, withheld_cells(counts), strict=True) if out}
    return hidden


def public_areas(view: View) -> list[dict[str, Any]]:
    """The provider `areas`: what each area is called and which of its figures everybody may read."""
    return [{"code": code, "row": pack(one).manifest.row, "name": pack(one).manifest.name,
             "indicators": [pack(one).indicators[name].name for name in one.open_to_all]}
            for code, one in areas().items() if code in pack(one).manifest.public and one.open_to_all]


def method_text(of: Area) -> str:
    return (of.here / of.method).read_text("utf-8")


def methods_of(of: Area) -> list[Any]:
    """The versions of the area's method that assessment keeps, the newest first."""
    return [one for one in assessment.methods() if one.code == pack(of).manifest.code]


def filed(of: Area) -> bool:
    """Does assessment have the pack's own text?"""
    text = method_text(of)
    return any(one.text == text for one in methods_of(of))


def appraised_units(of: Sheet) -> list[str]:
    """Units that live on the day and of which something is known."""
    known = {unit for (_, unit), figure in of.figures.items() if unit and figure.value is not None}
    return [unit for unit in of.units if unit in known and (told := registry.unit(unit, as_of=of.as_of)) is not None and told.living]


def results(of: Area, by: Actor) -> list[dict[str, Any]]:
    """Runs of the area's method as far as this person may see them; by unit with leading posts of the day and the extracts there are."""
    found = []
    for run in assessment.runs():
        if run.method.code != pack(of).manifest.code or not (assessment.ranks_open(run, by)):
            continue
        kept = {one.unit: one for one in assessment.extracts(run)}
        found.append({"run": run, "settled": run.state in ("final", "published"),
                      "rows": [{**row, "extract": kept.get(row["unit"]), "posts": _leading(row["unit"], run.as_of)}
                               for row in assessment.ranking(run)]})
    return found


def _leading(unit: str, on: date) -> str:
    held = [one for one in registry.posts(unit, as_of=on) if one.role in ("first", "charge")]
    return "、".join(one.title for one in sorted(held, key=lambda one: one.role != "first"))
