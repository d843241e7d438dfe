"""What does the book of units say about a day? Facts are spans of days; `until` is the first day after."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from ximu.kernel.words import Text

T = TypeVar("T")

KINDS = {
    "government": Text("政府", "government"), "department": Text("部门", "department"), "street": Text("街道", "subdistrict"),
    "town": Text("镇", "town"), "township": Text("乡", "township"), "institution": Text("事业单位", "public institution"),
    "coordination": Text("议事协调机构", "coordinating body"), "court": Text("法院（协作）", "court (cooperates)"),
    "other": Text("其他", "other"),
}
LEVELS = {
    "municipal": Text("市级", "municipal"), "district": Text("区级", "district"), "street": Text("街镇级", "street and town"),
}
REFORMS = {
    "found": Text("设立", "founding"), "rename": Text("更名", "renaming"), "replace": Text("改组", "replacement"),
    "merge": Text("合并", "merger"), "split": Text("分立", "split"), "part": Text("职能划转", "transfer of part"),
    "abolish": Text("撤销", "abolition"),
}
ENDING = frozenset({"replace", "merge", "split", "abolish"})
"""After a reform of these kinds the predecessor is no more."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An identity. `sure` is False where the day of founding is not known (待核实)."""

    uid: str
    kind: str
    since: date
    code: str = ""
    division: str = ""
    sure: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """`role`: `full` 全称, `short` 简称, `alias` 别称. A full or short name lasts until the next one of its role."""

    unit: str
    role: str
    text: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands from a day on, until the next place."""

    unit: str
    since: date
    level: str
    parent: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One line of a reform: what passes from whom to whom. A founding has no predecessor; an abolition may have no heir."""

    reform: str
    kind: str
    on: date
    predecessor: str = ""
    successor: str = ""
    principal: bool = True
    scope: str = ""
    sure: bool = True
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    uid: str
    unit: str
    title: str
    role: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Official:
    uid: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Holding:
    """An official in a post, from a day until (not including) a day."""

    uid: str
    post: str
    official: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    group: str
    unit: str
    since: date
    until: date | None = None


def spans(since: date, until: date | None, on: date) -> bool:
    return since <= on and (until is None or on < until)


@dataclass(frozen=True)
class Book:
    """Everything that is known, as plain values; the questions that need an index are answered from one built once."""

    city: str = ""
    units: dict[str, Unit] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    places: tuple[Place, ...] = ()
    edges: tuple[Edge, ...] = ()
    posts: dict[str, Post] = field(default_factory=dict)
    officials: dict[str, Official] = field(default_factory=dict)
    holdings: tuple[Holding, ...] = ()
    members: tuple[Member, ...] = ()

    @cached_property
    def names_of(self) -> dict[str, list[Name]]:
        return _grouped(sorted(self.names, key=lambda n: n.since), "unit")

    @cached_property
    def places_of(self) -> dict[str, list[Place]]:
        return _grouped(sorted(self.places, key=lambda p: p.since), "unit")

    @cached_property
    def edges_from(self) -> dict[str, list[Edge]]:
        return _grouped(sorted(self.edges, key=lambda e: e.on), "predecessor")

    @cached_property
    def edges_to(self) -> dict[str, list[Edge]]:
        return _grouped(sorted(self.edges, key=lambda e: e.on), "successor")

    @cached_property
    def posts_of(self) -> dict[str, list[Post]]:
        return _grouped(sorted(self.posts.values(), key=lambda p: (p.since, p.title)), "unit")

    @cached_property
    def holdings_of(self) -> dict[str, list[Holding]]:
        return _grouped(sorted(self.holdings, key=lambda h: h.since), "post")

    @cached_property
    def ended(self) -> dict[str, date]:
        """The first day on which each ended unit is no more."""
        return {e.predecessor: e.on for e in sorted(self.edges, key=lambda e: e.on, reverse=True) if e.kind in ENDING}

    @cached_property
    def turning_days(self) -> list[date]:
        """Every day on which anything known begins or ends, and the day after it."""
        spanned = (*self.names, *self.posts.values(), *self.holdings, *self.members)
        days = {u.since for u in self.units.values()} | {p.since for p in self.places} | {e.on for e in self.edges}
        days |= {s.since for s in spanned} | {s.until for s in spanned if s.until is not None}
        return sorted(days | {day + timedelta(days=1) for day in days if day < date.max})

    def epoch(self, on: date) -> int:
        """Two days of the same epoch see the same registry: what is asked of one is answered for both."""
        return bisect_right(self.turning_days, on)

    def living(self, uid: str, on: date) -> bool:
        unit = self.units.get(uid)
        return unit is not None and spans(unit.since, self.ended.get(uid), on)

    def living_units(self, on: date) -> list[Unit]:
        return [u for u in self.units.values() if spans(u.since, self.ended.get(u.uid), on)]

    @cached_property
    def _levels(self) -> dict[int, list[tuple[Unit, str]]]:
        return {}

    def living_levels(self, on: date) -> list[tuple[Unit, str]]:
        """Each living unit with the level of its place that day: found once an epoch, not to be changed."""
        epoch = self.epoch(on)
        if epoch not in self._levels:
            self._levels[epoch] = [(u, self.place_on(u.uid, on).level) for u in self.living_units(on)]
        return self._levels[epoch]

    def place_on(self, uid: str, on: date) -> Place:
        """The place on that day; before the first one known, the first."""
        places = self.places_of.get(uid, [])
        known = [p for p in places if p.since <= on] or places[:1]
        return known[-1] if known else Place(uid, on, "municipal")

    def name_until(self, name: Name) -> date | None:
        """The first day on which this name no longer holds: its own end, the next of its role, or the unit's end."""
        role = "full" if name.role == "alias" else name.role
        later = [n.since for n in self.names_of.get(name.unit, []) if n.role == role and n.since > name.since]
        ends = [d for d in (name.until, *later[:1], self.ended.get(name.unit)) if d is not None]
        return min(ends) if ends else None

    def name_on(self, uid: str, on: date, role: str = "full") -> str:
        """The name of that role on that day; outside the unit's life the nearest one; without a short name the full one."""
        names = [n for n in self.names_of.get(uid, []) if n.role == role]
        if not names:
            return self.name_on(uid, on) if role != "full" else uid
        known = [n for n in names if n.since <= on] or names[:1]
        return known[-1].text

    def root_on(self, on: date) -> str:
        """The city's own government."""
        for unit in self.units.values():
            if unit.kind == "government" and self.living(unit.uid, on) and self.place_on(unit.uid, on).level == "municipal":
                return unit.uid
        return ""


def _grouped(rows: Iterable[T], by: str) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, by)].append(row)
    return dict(groups)


def named_for_its_city(book: Book) -> Book:
    """The same book under the city's name, read off its government: 上海市人民政府 → 上海市."""
    for unit in book.units.values():
        if unit.kind == "government" and book.place_on(unit.uid, unit.since).level == "municipal":
            return replace(book, city=book.name_on(unit.uid, unit.since).removesuffix("人民政府"))
    return book
