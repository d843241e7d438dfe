"""Which edition, which item, and may this be done? Editions are public: no view is needed to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db.models import Max

from ximu.ideas.catalogue import rules
from ximu.ideas.catalogue.models import Basis, Edition, ListItem
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

P = ParamSpec("P")
R = TypeVar("R")

CALLERS: dict[str, set[str]] = {use: set() for use in rules.USES}
"""use → dotted names of the functions that declared, by `asks_gate`, to pass the gate for it."""
_asked: ContextVar[frozenset[str]] = ContextVar("asked", default=frozenset())


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as everybody may see it; unpublished ones are shown on the lists desk only."""

    number: str
    state: str
    in_force: date
    until: date | None
    published_at: datetime | None
    backdated: str
    previous: str
    digest: str
    log_index: int | None
    uid: str

    @property
    def published(self) -> bool:
        return self.state == Edition.State.PUBLISHED


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last` (None: still) the item allows the use, as `item` says."""

    first: date
    last: date | None
    item: rules.Item


def gate(item: str, *, use: str, on: date, unit: str = "", receiver: str = "", behaviour: str = "") -> rules.Item:
    """The item as the edition in force `on` has it, if `use` is allowed.

    For measures `item` is the code of an application item; `unit` (implementer) and `behaviour` narrow the question.
    For sharing `receiver` is a code in the item's `share_with`.
    Errors: `LIST-NONE`, `LIST-APPLY`, `LIST-ULTRA`, `LIST-USE`.
    """
    number = edition_in_force_number(on)
    found = items_of(number).get(item) if number else None
    allowed = rules.decide(rules.Ask(item, use, on, unit, receiver, behaviour), edition=number, item=found)
    _asked.set(_asked.get() | {use})
    return allowed


def spans(item: str, *, use: str) -> list[Span]:
    """The gate for many rows at once: the days on which it would answer, with what; compare each row's day with these.

    Errors: none; a day outside every span is a day on which `gate` refuses.
    """
    found = []
    for edition in editions():
        try:
            found.append(Span(edition.in_force, edition.until, gate(item, use=use, on=edition.in_force)))
        except Refusal:
            continue
    _asked.set(_asked.get() | {use})
    return found


def asks_gate(use: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares that a function passes the gate for `use`; one that ends without having asked is stopped.

    Stands below `@transaction.atomic`, so that what such a function wrote is rolled back.
    """
    def declare(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"
        CALLERS[use].add(name)

        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            token = _asked.set(frozenset())
            try:
                answer = function(*args, **kwargs)
                if use not in _asked.get():
                    raise RuntimeError(f"{name} did not pass the gate for {use}")
                return answer
            finally:
                _asked.reset(token)
        return guarded
    return declare


def no_edition(number: str) -> Refusal:
    return absent("LIST-EDITION", field="number", value=number, zh="个清单版本", en="edition of the lists")


def edition_in_force_number(on: date) -> str | None:
    return (
        Edition.objects.filter(state=Edition.State.PUBLISHED, in_force__lte=on)
        .order_by("-in_force").values_list("number", flat=True).first()
    )


def edition_in_force(on: date) -> EditionView | None:
    """The edition that judges the events of that day, now and forever."""
    number = edition_in_force_number(on)
    return edition(number) if number else None


def editions(*, drafts: bool = False) -> list[EditionView]:
    """Published editions, the oldest first; with `drafts` also those in the making."""
    rows = list(Edition.objects.order_by("in_force", "number"))
    begun = [row.in_force for row in rows if row.state == Edition.State.PUBLISHED]
    return [_view(row, begun) for row in rows if drafts or row.state == Edition.State.PUBLISHED]


def edition(number: str, *, drafts: bool = False) -> EditionView:
    """Errors: `LIST-EDITION` when there is no such edition, or it is not published and `drafts` was not asked."""
    for found in editions(drafts=drafts):
        if found.number == number:
            return found
    raise no_edition(number)


def _view(row: Edition, begun: list[date]) -> EditionView:
    later = [day for day in begun if day > row.in_force]
    until = min(later) - timedelta(days=1) if later and row.state == Edition.State.PUBLISHED else None
    return EditionView(row.number, row.state, row.in_force, until, row.published_at, row.backdated, row.previous, row.digest,
                       row.log_index, row.uid)


def items_of(number: str) -> dict[str, rules.Item]:
    """Every item of a published edition, by code. Kept in memory: a published edition does not change."""
    uid = Edition.objects.filter(number=number, state=Edition.State.PUBLISHED).values_list("uid", flat=True).first()
    if uid is None:
        raise no_edition(number)
    return _items_of(uid)


@lru_cache(maxsize=64)
def _items_of(uid: str) -> dict[str, rules.Item]:
    rows = ListItem.objects.filter(edition__uid=uid, state=ListItem.State.ACCEPTED).select_related("edition").order_by("list", "code")
    return {row.code: as_item(row) for row in rows}


def as_item(row: ListItem) -> rules.Item:
    return rules.Item(row.list, row.code, row.owner, row.owner_name, row.edition.number, row.body)


def items(list_: str, *, on: date) -> list[rules.Item]:
    """The items of one list (`data`, `behaviour`, `application`) in force on a day. Errors: `LIST-NONE`."""
    number = edition_in_force_number(on)
    if number is None:
        return []
    return [item for item in items_of(number).values() if item.list == list_]


def item(code: str, *, on: date) -> rules.Item:
    """The item as the edition in force on that day has it. Reading only: to do something under it, ask `gate`.

    Errors: `LIST-NONE`.
    """
    number = edition_in_force_number(on)
    found = items_of(number).get(code) if number else None
    if found is None:
        raise Refusal("LIST-NONE", status=404, field="item", value=code, rule=number or on.isoformat(),
                      zh=f"“{code}”不在{on}生效的清单中。", en=f"“{code}” is not in the lists in force on {on}.")
    return found


def must_be_listed(code: str, number: str) -> rules.Item:
    """The item in a published edition. Errors: `LIST-EDITION`, `LIST-NONE`."""
    found = items_of(number).get(code)
    if found is None:
        raise Refusal("LIST-NONE", status=404, field="item", value=code, rule=number,
                      zh=f"“{code}”不在版本{number}中。", en=f"“{code}” is not in edition {number}.")
    return found


def called(code: str, number: str) -> Text:
    """A code as people read it: with its name in that edition; alone where the edition does not have it."""
    try:
        found = must_be_listed(code, number).name
    except Refusal:
        return Text(code, code)
    return Text(f"{code} {found.zh}", f"{code} {found.en}")


def history(code: str) -> list[rules.Item]:
    """The item in every published edition that has it, the oldest first."""
    return [found for e in editions() if (found := items_of(e.number).get(code))]


def canonical_edition(number: str) -> dict[str, Any]:
    """What the digest of a published edition covers, derived anew from the tables."""
    row = Edition.objects.filter(number=number, state=Edition.State.PUBLISHED).first()
    if row is None:
        raise no_edition(number)
    return canonical_of(row)


def canonical_of(row: Edition) -> dict[str, Any]:
    accepted = ListItem.objects.filter(edition=row, state=ListItem.State.ACCEPTED).order_by("list", "code")
    bases = [basis_value(b) for b in Basis.objects.filter(code__in=row.basis_versions).order_by("code", "version")
             if row.basis_versions[b.code] == b.version]
    return {
        "number": row.number, "in_force": row.in_force.isoformat(), "previous": row.previous, "bases": bases,
        "items": [{"list": i.list, "code": i.code, "owner": i.owner, "owner_name": i.owner_name, "body": i.body} for i in accepted],
    }


def basis_value(b: Basis) -> dict[str, Any]:
    return {"code": b.code, "version": b.version, "title": b.title, "title_en": b.title_en, "number": b.number, "level": b.level,
            "in_force_on": b.in_force_on.isoformat(), "repealed_on": b.repealed_on.isoformat() if b.repealed_on else None,
            "empowers": b.empowers, "to_be_confirmed": b.to_be_confirmed}


def compare(old: str, new: str) -> list[rules.Change]:
    """Item by item and field by field. Errors: `LIST-EDITION`."""
    return rules.compare(canonical_edition(old)["items"], canonical_edition(new)["items"])


def bases() -> dict[str, rules.Basis]:
    """The newest version of every registered legal text."""
    newest = dict(Basis.objects.values_list("code").annotate(Max("version")))
    return {b.code: as_basis(b) for b in Basis.objects.order_by("code") if newest[b.code] == b.version}


def basis_titles(language: str = "en") -> dict[str, str]:
    """Code → title of the newest version of every registered legal text."""
    return dict(Basis.objects.order_by("code", "version").values_list("code", "title_en" if language == "en" else "title"))


def as_basis(b: Basis) -> rules.Basis:
    return rules.Basis(b.code, b.version, b.title, b.number, b.level, b.in_force_on, b.repealed_on, tuple(b.empowers), b.to_be_confirmed)


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """This room's log entries with first ≤ index < last, derived anew from its tables: (index, entry, label)."""
    for row in Edition.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        body = published_body(row, rules.digest_of(canonical_of(row)))
        yield row.log_index, entry_bytes("list.published", body, row.published_at), row.number
    for basis in Basis.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        yield basis.log_index, entry_bytes("list.basis", basis_value(basis), basis.registered_at), f"{basis.code} v{basis.version}"


def published_body(row: Edition, digest: str) -> dict[str, Any]:
    """What the log says about a published edition."""
    return {"number": row.number, "in_force": row.in_force.isoformat(), "digest": digest, "previous": row.previous,
            "backdated": row.backdated}
