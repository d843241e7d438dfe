"""Posts, those who hold them, and where nobody does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ximu.ideas.registry.queries.book import book
from ximu.ideas.registry.queries.units import name
from ximu.ideas.registry.rules import posts as rules
from ximu.ideas.registry.rules import reforms, tracing
from ximu.ideas.registry.rules.book import Holding, Official, Post
from ximu.ideas.registry.rules.charges import Charge
from ximu.ideas.registry.rules.posts import Responsible
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text

APPOINT = "registry.appoint"


@dataclass(frozen=True, slots=True)
class Vacancy:
    unit: str
    name: str
    reason: Text


def posts(unit: str, *, as_of: date | None = None, known_at: datetime | None = None) -> list[Post]:
    """The unit's posts; with `as_of` only those that live that day."""
    known = book(known_at=known_at)
    return [p for p in known.posts_of.get(unit, []) if as_of is None or rules.post_lives(known, p, as_of)]


def holders(post: str, as_of: date, *, known_at: datetime | None = None) -> list[tuple[Holding, Official]]:
    """Who holds the post that day: one, or nobody."""
    known = book(known_at=known_at)
    return [(h, known.officials[h.official]) for h in rules.holders(known, post, as_of)]


def charged(charge: Charge, on: date) -> list[Official]:
    """Who holds the post that was put in charge that day, in its unit or in what carries its duties."""
    known = book()
    return [who for post in posts(reforms.owner_of(known, charge.unit, on), as_of=on) if post.title == charge.post
            for _, who in holders(post.uid, on)]


def terms(post: str) -> list[tuple[Holding, Official]]:
    """Everybody who ever held the post, earliest first."""
    known = book()
    return [(h, known.officials[h.official]) for h in known.holdings_of.get(post, [])]


def traced(acts: Iterable[tracing.Act], *, steps: Sequence[str], today: date, known_at: datetime | None = None) -> list[tracing.Traced]:
    """Who held which post on the day of each step, and who carries the unit's duties today; gaps are listed with `RETRACE-GAP`."""
    return tracing.trace(book(known_at=known_at), acts, steps=steps, today=today)


def plain(one: tracing.Traced) -> dict[str, Any]:
    """A step for programs: persons by their register's uid; what is not on record is a gap with `RETRACE-GAP`."""
    return {"step": one.step, "act": asdict(one.act) if one.act else None, "holders": list(one.holders), "today": one.today, "gap": one.gap,
            "code": one.code}


def shown(one: tracing.Traced, *, today: date) -> dict[str, Any]:
    """A step as a page shows it: units under the names of their days, those in office by name, a gap in words."""
    act = one.act
    return {"one": one, "gap": tracing.GAPS.get(one.gap), "unit": name(act.unit, as_of=act.on, short=True) if act else "",
            "today": name(one.today, as_of=today, short=True) if one.today else "",
            "holders": [who.name for uid in one.holders if (who := official(uid))]}


def may(by: Actor, permission: str, unit: str, *, on: date) -> bool:
    """Is the right held for the unit, for what it belongs to, or for its district?"""
    return any(by.can(permission, one) for one in _above(unit, on))


def must_may(by: Actor, permission: str, unit: str, *, on: date) -> None:
    """Errors: `PERM-DENIED`."""
    if not may(by, permission, unit, on=on):
        by.must(permission, unit)


def official(uid: str) -> Official | None:
    return book().officials.get(uid)


def may_appoint(by: Actor, unit: str, *, on: date) -> bool:
    """For a unit, for what belongs to it, and in a district for all of its units."""
    return may(by, APPOINT, unit, on=on)


def must_appoint(by: Actor, unit: str, *, on: date) -> None:
    """Errors: `PERM-DENIED`."""
    must_may(by, APPOINT, unit, on=on)


def _above(uid: str, on: date) -> list[str]:
    known = book()
    if uid not in known.units:
        return [uid]
    place = known.place_on(uid, max(on, known.units[uid].since))
    return [one for one in (uid, place.parent, place.district) if one]


def called(uid: str, *, as_of: date, whole: bool = False) -> str:
    """The subject of a case: a unit by its name that day, a civil servant by the internal number, by name only with `whole`."""
    servant = official(uid)
    if servant is None:
        return name(uid, as_of=as_of)
    return servant.name if whole else f"公务员（{servant.number}）"


def officials() -> list[Official]:
    return list(book().officials.values())


def in_office(on: date, *, known_at: datetime | None = None) -> list[tuple[Official, str, date]]:
    """Everybody who holds a post that day: (who, in which unit, since when); somebody with two posts in one unit once."""
    known, found = book(known_at=known_at), dict[tuple[str, str], tuple[Official, str, date]]()
    for post in known.posts.values():
        for one in rules.holders(known, post.uid, on):
            before = found.get((one.official, post.unit))
            since = min(one.since, before[2]) if before else one.since
            found[one.official, post.unit] = (known.officials[one.official], post.unit, since)
    return list(found.values())


def official_of(number: str) -> Official | None:
    """By internal number."""
    return next((o for o in book().officials.values() if o.number == number), None)


def responsible(unit: str, on: date, *, known_at: datetime | None = None) -> Responsible:
    """Who answers for the unit that day; the superior's, with code and reason, where nobody is in office."""
    return rules.responsible(book(known_at=known_at), unit, on)


def vacancies(on: date, *, known_at: datetime | None = None) -> list[Vacancy]:
    """Units without a first responsible person that day."""
    known = book(known_at=known_at)
    return [Vacancy(uid, known.name_on(uid, on), reason) for uid, reason in rules.vacancies(known, on)]
