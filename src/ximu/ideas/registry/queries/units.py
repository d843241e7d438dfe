"""Units as they were on a day, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ximu.ideas.registry.queries.book import book
from ximu.ideas.registry.rules import reforms
from ximu.ideas.registry.rules.book import KINDS, Book, Edge, Name
from ximu.ideas.registry.rules.drawing import Drawing, draw
from ximu.ideas.registry.rules.reforms import Heir
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit under its names of a day. `ended` is the first day on which it was no more, as far as is known."""

    uid: str
    name: str
    short_name: str
    code: str
    kind: str
    level: str
    parent: str
    district: str
    started: date
    ended: date | None
    division: str = ""
    sure: bool = True
    living: bool = True


def view_of(known: Book, uid: str, as_of: date) -> UnitView:
    unit, place = known.units[uid], known.place_on(uid, as_of)
    return UnitView(
        uid, known.name_on(uid, as_of), known.name_on(uid, as_of, "short"), unit.code, unit.kind, place.level, place.parent,
        place.district, unit.since, known.ended.get(uid), unit.division, unit.sure, known.living(uid, as_of),
    )


def unit(uid: str, *, as_of: date, known_at: datetime | None = None) -> UnitView | None:
    """None for a uid that is not in the registry. A unit that does not live that day comes with `living` False."""
    known = book(known_at=known_at)
    return view_of(known, uid, as_of) if uid in known.units else None


def units(
    *, as_of: date, kind: str | None = None, level: str | None = None, parent: str | None = None, district: str | None = None,
    living: bool = True, known_at: datetime | None = None,
) -> list[UnitView]:
    """Units that live that day (all ever founded with `living=False`), in the order of kinds and of registration."""
    known = book(known_at=known_at)
    chosen = known.living_units(as_of) if living else list(known.units.values())
    views = [view_of(known, u.uid, as_of) for u in chosen if kind is None or u.kind == kind]
    order = {k: place for place, k in enumerate(KINDS)}
    return sorted(
        (v for v in views if (level is None or v.level == level) and (parent is None or v.parent == parent)
         and (district is None or district in {v.district, v.uid})),
        key=lambda v: order.get(v.kind, len(order)),
    )


def in_order(uids: Iterable[str]) -> list[str]:
    """Units as the register has them: by kind and by registration; what it does not know comes last."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    known = {unit.uid: (order.get(unit.kind, len(order)), place) for place, unit in enumerate(book().units.values())}
    return sorted(uids, key=lambda uid: (known.get(uid, (len(order), len(known))), uid))


def name(uid: str, *, as_of: date, short: bool = False) -> str:
    """The name that the unit bore that day; the uid itself when the registry does not know it."""
    return book().name_on(uid, as_of, "short" if short else "full")


def names_on(pairs: Iterable[tuple[str, date]]) -> dict[tuple[str, date], str]:
    """Set-wise `name`, each unit on its own day; the register is asked once."""
    known = book()
    return {(uid, day): known.name_on(uid, day, "full") for uid, day in pairs}


def names_of(uid: str, *, known_at: datetime | None = None) -> list[tuple[Name, date | None]]:
    """All names with the day from which they no longer hold, earliest first."""
    known = book(known_at=known_at)
    return [(n, known.name_until(n)) for n in known.names_of.get(uid, [])]


def owner_of(uid: str, on: date, *, known_at: datetime | None = None) -> str:
    """The one living unit that carries the duties of `uid` on that day. Errors: `ORG-UNKNOWN`, `ORG-EARLY`."""
    return reforms.owner_of(book(known_at=known_at), uid, on)


def must_live(unit: str, on: date) -> None:
    """Errors: `ORG-ENDED`."""
    if unit not in book().units or not book().living(unit, on):
        raise Refusal("ORG-ENDED", field="unit", value=unit[:40], rule="registry", zh="该单位在这一天不存续。",
                      en="The unit does not exist on that day.")


def owners(on: date, uids: Iterable[str] | None = None, *, known_at: datetime | None = None) -> dict[str, str]:
    """Set-wise `owner_of`; without `uids` for every unit founded by that day."""
    known = book(known_at=known_at)
    if uids is None:
        return reforms.owners(known, on)
    return {uid: reforms.owner_of(known, uid, on) for uid in set(uids)}


def forebears(uid: str, on: date, *, known_at: datetime | None = None) -> list[str]:
    """The units whose duties and records `uid` carries on that day, itself first. Over all living units a partition."""
    return sorted((u for u, o in owners(on, known_at=known_at).items() if o == uid), key=lambda u: u != uid)


def successors(uid: str, *, on: date, known_at: datetime | None = None) -> list[tuple[str, Heir]]:
    """(living unit, what and why it carries), the principal heir first; the unit itself while it lives."""
    return [(h.uid, h) for h in reforms.heirs(book(known_at=known_at), uid, on)]


def lineage(uid: str, *, known_at: datetime | None = None) -> list[Edge]:
    """All reforms that lead to or from the unit, earliest first."""
    return reforms.lineage(book(known_at=known_at), uid)


def drawing(uid: str, *, as_of: date) -> Drawing:
    """The succession of the unit, laid out for a picture."""
    return draw(book(), uid, lineage(uid), as_of=as_of)


def district_of_code(code: str, *, as_of: date) -> str:
    """The district government whose division code this is (310101 …); empty when there is none that day."""
    known = book()
    for found in known.living_units(as_of):
        if found.kind == "government" and found.division == code[:6] and known.place_on(found.uid, as_of).level == "district":
            return found.uid
    return ""
