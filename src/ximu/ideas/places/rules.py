"""Whose duty is a place on a day? An address is read by the names of the register and of the duty list, never guessed.

Competence comes before territory: a row that names the kind of matter goes before one for every kind; among those the narrowest place.
Two units at the same height are a border: both have it until one accepts. None is said, and kept for people to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.given import must_be_readable
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = {
    "hazard": Text("安全隐患", "safety hazard"), "illegal": Text("违法建筑", "illegal structure"),
    "disorder": Text("脏乱", "dirt and disorder"), "quasi": Text("类住宅", "quasi-residential building"),
    "estate": Text("住宅小区", "residential estate"), "other": Text("其他", "other"),
}
SIDES = {"": Text("两侧", "both sides"), "odd": Text("单号", "odd numbers"), "even": Text("双号", "even numbers")}
NUMBER = re.compile(r"(\d{1,5})")
HIGHEST, LONGEST = 99_999, 3660
"""House number, and days between two inspections."""
SITE, NUMBERED, ROAD, STREET, DISTRICT = 4, 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the duty list. `until` is the first day on which it no longer holds; no `kinds`: every kind."""

    uid: str
    unit: str
    district: str
    since: date
    until: date | None = None
    street: str = ""
    road: str = ""
    low: int | None = None
    high: int | None = None
    side: str = ""
    site: str = ""
    kinds: tuple[str, ...] = ()
    every: int | None = None

    @property
    def height(self) -> int:
        if self.site:
            return SITE
        if self.road:
            return ROAD if self.low is None and not self.side else NUMBERED
        return STREET if self.street else DISTRICT

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def place(self) -> tuple[object, ...]:
        return self.district, self.street, self.road, self.low, self.high, self.side, self.site


@dataclass(frozen=True, slots=True)
class Names:
    """Words of addresses: districts and streets (also those that ended) with their uid, the district of each street."""

    districts: Mapping[str, str]
    streets: Mapping[str, tuple[str, ...]]
    within: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address says. `said` is the part behind district and street."""

    district: str = ""
    street: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """`how`: one, border (several units) or none; `rows` are those that decided it."""

    how: str
    units: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).translate({ord(sign): None for sign in "，,。;；、"})


def read(address: str, names: Names, *, city: str = "") -> Spot:
    """District, street and the rest. A street name that two districts share is none until the district is said."""
    rest = plain(address).removeprefix(city)
    district, rest = _first(rest, names.districts)
    known = {name: [uid for uid in uids if not district or names.within.get(uid) == district] for name, uids in names.streets.items()}
    street, rest = _first(rest, {name: uids[0] for name, uids in known.items() if len(uids) == 1})
    return Spot(district or names.within.get(street, ""), street, rest)


def _first(text: str, words: Mapping[str, str]) -> tuple[str, str]:
    """The longest word with which the text begins, and what follows it."""
    found = max((word for word in words if word and text.startswith(word)), key=len, default="")
    return (words[found], text.removeprefix(found)) if found else ("", text)


def _number(said: str, road: str) -> int | None:
    found = NUMBER.match(said.removeprefix(road))
    return int(found[1]) if found else None


def _on_road(row: Row, said: str, roads: Iterable[str]) -> int | None:
    """How high the row stands for this road and number; None where it does not cover it."""
    if row.road != max((road for road in roads if said.startswith(road)), key=len, default=""):
        return None
    number = _number(said, row.road)
    if number is None:
        return ROAD
    wrong_side = row.side and (number % 2 == 1) != (row.side == "odd")
    outside = row.low is not None and not row.low <= number <= (row.high or row.low)
    return None if wrong_side or outside else row.height


def _at_site(site: str, said: str) -> bool:
    """The name stands in the address as a word of its own: behind the beginning, a number or a sign, not within another name."""
    return any(at == 0 or said[at - 1] in "号弄村" or not "\u4e00" <= said[at - 1] <= "\u9fff"
               for at in (found.start() for found in re.finditer(re.escape(site), said)))


def route(rows: Sequence[Row], spot: Spot, kind: str, on: date, owner: Callable[[str, date], str]) -> Routed:
    """Who answers for such a matter at that place on that day, by the unit that carries the duty then."""
    held = [row for row in rows if row.holds(on) and (not row.kinds or kind in row.kinds)]
    roads = {row.road for row in held if row.road}
    scored: list[tuple[tuple[bool, int], Row]] = []
    for row in held:
        height = _height(row, spot, roads, on, owner)
        if height is not None:
            scored.append(((bool(row.kinds), height), row))
    best = max((score for score, _ in scored), default=None)
    chosen = [row for score, row in scored if score == best]
    units = tuple(dict.fromkeys(owner(row.unit, on) for row in chosen))
    how = "none" if not units else "one" if len(units) == 1 else "border"
    return Routed(how, units, tuple(row.uid for row in chosen))


def _height(row: Row, spot: Spot, roads: Iterable[str], on: date, owner: Callable[[str, date], str]) -> int | None:
    if spot.district and row.district and owner(spot.district, on) != owner(row.district, on):
        return None
    if row.site:
        return SITE if _at_site(row.site, spot.said) else None
    if row.road:
        return _on_road(row, spot.said, roads)
    if row.street:
        return STREET if spot.street and owner(spot.street, on) == owner(row.street, on) else None
    return DISTRICT if spot.district else None


@dataclass(frozen=True, slots=True)
class Sign:
    """A fact from which a failure may follow, by the `code` of the pack that asks; people decide whether it does."""

    code: str
    unit: str
    about: str
    title: str
    on: date
    words: Text


def unwatched(code: str, lines: Iterable[Any], as_of: date) -> list[Sign]:
    """Lines of the duty list (`queries.inspected`) that were not inspected as often as they ask for."""
    return [Sign(code, one.unit, one.row.uid, one.title.zh, since, Text(
        f"{one.title.zh}自{since}起超过{one.row.every}天未巡查",
        f"{one.title.en} was not inspected for more than {one.row.every} days since {since}")) for one in lines
        if (since := max(one.last or one.row.since, one.row.since)) + timedelta(days=one.row.every) < as_of]


def unentered(code: str, visits: Iterable[Any], told: Counter[tuple[str, date]], as_of: date) -> list[Sign]:
    """Inspections that found more than was entered by the unit, or of what is the unit's, on that day."""
    found: dict[tuple[str, date], int] = {}
    for visit in visits:
        found[visit.unit, visit.on] = found.get((visit.unit, visit.on), 0) + visit.found
    return [Sign(code, unit, f"{unit}:{on}", str(on), on, Text(f"{on}巡查发现{count}件，登记{told[unit, on]}件",
                 f"the inspection of {on} found {count}, {told[unit, on]} were entered")) for (unit, on), count in sorted(found.items())
            if count > told[unit, on] and on < as_of]


def must_be_place(row: Row) -> None:
    """Errors: `PLACE-DUTY`, `DATE-ORDER`."""
    wrong = ("kinds" if set(row.kinds) - set(KINDS) else "side" if row.side not in SIDES or (row.side and not row.road)
             else "low" if (row.low is None) != (row.high is None) or (row.low is not None and not row.road)
             or (row.low is not None and row.high is not None and not 0 < row.low <= row.high <= HIGHEST)
             else "site" if row.site and row.road else "district" if not row.district
             else "every" if row.every is not None and not 0 < row.every <= LONGEST else "")
    if wrong:
        raise Refusal("PLACE-DUTY", field=wrong, value=str(getattr(row, wrong))[:40], rule="区；街镇；道路及号段、单双号，或者点位名称",
                      zh="责任范围应写明所在区，可写街镇、道路及号段（由小到大）和单双号，或者点位名称；事项须在清单之内，巡查周期至多3660天。",
                      en="A duty names its district, and may name a street, a road with numbers from low to high and a side, or a site; "
                         "its kinds are those of the list, and it is inspected at least every 3660 days.")
    if row.until is not None and row.until <= row.since:
        raise Refusal("DATE-ORDER", field="until", value=row.until.isoformat(), rule=f"> {row.since}", zh="终止日期应在起始日期之后。",
                      en="The day on which it ends lies after the one on which it begins.")


def must_say(field: str, text: str, *, most: int) -> str:
    """Errors: `FIELD-NEED` for nothing, `FIELD-LONG`, `INPUT-SIGN`."""
    said = text.strip()
    if not said:
        raise Refusal("FIELD-NEED", field=field, value="", rule="required", zh=f"缺少必填内容（{field}）。", en=f"“{field}” is needed.")
    if len(said) > most:
        raise Refusal("FIELD-LONG", field=field, value=str(len(said)), rule=f"≤ {most}", zh=f"内容过长（{field}），至多{most}字。",
                      en=f"“{field}” is too long: at most {most} characters.")
    must_be_readable(said, field)
    return said
