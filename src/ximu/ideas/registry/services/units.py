"""Units, their names and their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ximu.foundation.uid import new_uid
from ximu.ideas.registry import models as m
from ximu.ideas.registry.rules import book as rules
from ximu.ideas.registry.rules.codes import findings
from ximu.ideas.registry.rules.reforms import unknown
from ximu.ideas.registry.services.turns import Turn, turn
from ximu.kernel import uscc
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

NAME_ROLES = ("full", "short", "alias")


@dataclass(frozen=True, slots=True)
class NewName:
    unit: str
    role: str
    text: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is known of a unit when it is entered. `parent` and `district` are uids, perhaps of the same call."""

    kind: str
    level: str
    full: str
    since: date
    short: str = ""
    aliases: tuple[str, ...] = ()
    code: str = ""
    division: str = ""
    sure: bool = True
    parent: str = ""
    district: str = ""
    key: str = ""
    basis: str = ""
    uid: str = ""


def register(units: Sequence[NewUnit], *, by: Actor, at: datetime) -> list[str]:
    """Enter units with their first names and place; their uids.

    Errors: `PERM-DENIED`, `ORG-KIND`, `ORG-NAME`, `ORG-UNKNOWN`, `ORG-CODE-TAKEN`, `ID-USCC`, `ID-USCC-KIND`.
    """
    by.must("registry.edit")
    with turn("register", by=by, at=at) as mine:
        return enter(mine, units, by=by, at=at)


def enter(mine: Turn, units: Sequence[NewUnit], *, by: Actor, at: datetime) -> list[str]:
    """Within a turn: `register` and the founding in a reform."""
    made = [replace(u, uid=u.uid or new_uid(), code=uscc.normalise(u.code)) for u in units]
    _check(mine.book, made)
    clock = mine.clock
    rows = m.Unit.objects.bulk_create([
        m.Unit(uid=u.uid, kind=u.kind, code=u.code, division=u.division, since=u.since, sure=u.sure, key=u.key, basis=u.basis,
               **clock)
        for u in made
    ])
    m.UnitName.objects.bulk_create([
        m.UnitName(unit=row, role=role, text=text, since=u.since, **clock)
        for row, u in zip(rows, made, strict=True) for role, text in _names(u)
    ])
    m.Place.objects.bulk_create([
        m.Place(unit=row, since=u.since, level=u.level, parent=u.parent, district=u.district, **clock)
        for row, u in zip(rows, made, strict=True)
    ])
    mine.wrote(len(made))
    mine.book = with_units(mine.book, made)
    return [u.uid for u in made]


def with_units(book: rules.Book, made: Sequence[NewUnit]) -> rules.Book:
    """The book as it is after these were entered, so that a rule can be asked within the same turn."""
    return replace(
        book,
        units={**book.units, **{u.uid: rules.Unit(u.uid, u.kind, u.since, u.code, u.division, u.sure, u.key) for u in made}},
        names=(*book.names, *(rules.Name(u.uid, role, text, u.since) for u in made for role, text in _names(u))),
        places=(*book.places, *(rules.Place(u.uid, u.since, u.level, u.parent, u.district) for u in made)),
    )


def _names(unit: NewUnit) -> list[tuple[str, str]]:
    short = [("short", unit.short)] if unit.short else []
    return [("full", unit.full), *short, *(("alias", alias) for alias in unit.aliases)]


def _check(book: rules.Book, made: Sequence[NewUnit]) -> None:
    uids = {u.uid for u in made} | book.units.keys()
    taken = {u.code: u.uid for u in book.units.values() if u.code}
    for u in made:
        if u.kind not in rules.KINDS or u.level not in rules.LEVELS:
            raise Refusal("ORG-KIND", field="kind", value=f"{u.kind} {u.level}", rule=" ".join((*rules.KINDS, *rules.LEVELS)),
                          zh="单位类别或层级不正确。", en="The kind or level of unit is not known.")
        if not u.full.strip():
            raise Refusal("ORG-NAME", field="full", value=u.full, rule="required", zh="单位全称不能为空。",
                          en="A unit needs a full name.")
        for other in filter(None, (u.parent, u.district)):
            if other not in uids:
                raise unknown(other)
        check_code(u.code, u.kind)
        if u.code and u.code in taken:
            raise Refusal("ORG-CODE-TAKEN", status=409, field="code", value=u.code, rule=taken[u.code],
                          zh=f"代码{u.code}已登记在另一单位。", en=f"The code {u.code} is on record for another unit.")
        taken[u.code] = u.uid


def check_code(code: str, kind: str) -> None:
    """Errors: `ID-USCC` with the expected digit, `ID-USCC-KIND`; warnings pass."""
    for found in findings(code, kind):
        if found.severity != "error":
            continue
        if found.code == "ID-USCC":
            raise Refusal("ID-USCC", field="code", value=code, rule=found.expected, extra={"expected": found.expected},
                          zh=f"{found.words.zh}。", en=f"{found.words.en}.")
        raise Refusal("ID-USCC-KIND", field="code", value=code, rule=found.expected, zh=f"{found.words.zh}。",
                      en=f"{found.words.en}.")


def add_names(names: Sequence[NewName], *, by: Actor, at: datetime) -> int:
    """Further names, say aliases or a former name learned later; the number added.

    Errors: `PERM-DENIED`, `ORG-NAME`, `ORG-UNKNOWN`.
    """
    by.must("registry.edit")
    with turn("names", by=by, at=at) as mine:
        return enter_names(mine, names, by=by, at=at)


def enter_names(mine: Turn, names: Sequence[NewName], *, by: Actor, at: datetime) -> int:
    rows = {row.uid: row for row in m.Unit.objects.filter(uid__in={n.unit for n in names}, retracted_at__isnull=True)}
    for n in names:
        if n.unit not in rows:
            raise unknown(n.unit)
        if n.role not in NAME_ROLES or not n.text.strip() or (n.until is not None and n.until <= n.since):
            raise Refusal("ORG-NAME", field="text", value=n.text, rule=" ".join(NAME_ROLES),
                          zh="名称、名称类别或起止日期不正确。", en="The name, its role or its span is not acceptable.")
    m.UnitName.objects.bulk_create([
        m.UnitName(unit=rows[n.unit], role=n.role, text=n.text, since=n.since, until=n.until, **mine.clock)
        for n in names
    ])
    mine.wrote(len(names))
    mine.book = replace(
        mine.book, names=(*mine.book.names, *(rules.Name(n.unit, n.role, n.text, n.since, n.until) for n in names)))
    return len(names)


def retract_name(uid: str, *, by: Actor, at: datetime) -> None:
    """A name entered in error is taken back; what was known before stays readable. Errors: `PERM-DENIED`, `NAME-NONE`."""
    by.must("registry.edit")
    with turn("names", by=by, at=at) as mine:
        standing = m.UnitName.objects.filter(uid=uid, retracted_at__isnull=True)
        if not standing.update(retracted_at=at, retracted_by=by.uid, retracted_in=mine.number):
            raise absent("NAME-NONE", field="uid", value=uid, zh="个名称", en="name")
        mine.wrote()


def move(unit: str, *, since: date, level: str, parent: str, district: str, by: Actor, at: datetime) -> None:
    """From a day on the unit stands elsewhere. Errors: `PERM-DENIED`, `ORG-UNKNOWN`, `ORG-KIND`, `PLACE-LOOP`."""
    by.must("registry.edit")
    with turn("move", by=by, at=at) as mine:
        for uid in filter(None, (unit, parent, district)):
            if uid not in mine.book.units:
                raise unknown(uid)
        if level not in rules.LEVELS:
            raise Refusal("ORG-KIND", field="level", value=level, rule=" ".join(rules.LEVELS), zh="层级不正确。",
                          en="The level is not known.")
        above, seen = parent, {unit}
        while above:
            if above in seen:
                raise Refusal("PLACE-LOOP", field="parent", value=parent, rule="tree", zh="上级单位不能是其自身或其下级。",
                              en="A unit cannot stand beneath itself.")
            seen.add(above)
            above = mine.book.place_on(above, since).parent
        row = m.Unit.objects.get(uid=unit)
        m.Place.objects.create(unit=row, since=since, level=level, parent=parent, district=district, **mine.clock)
        mine.wrote()
