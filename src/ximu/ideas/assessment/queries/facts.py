"""Which of the facts beneath a score may this person open? Each fact is asked of its own room; the rest is a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as commitments
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

Opener = Callable[[Collection[str], Actor, datetime], set[str]]
PURPOSES = ("assessment", "")
"""The purpose for which a score is opened; an audience that does not hold it looks in its own capacity."""


def records_open(numbers: Collection[str], by: Actor, at: datetime) -> set[str]:
    """Records that the disclosure policy lets this person know of."""
    for purpose in PURPOSES:
        try:
            view = disclosure.view_for(by, purpose=purpose, at=at)
        except Refusal:
            continue
        return records.known_of(numbers, view=view, known_at=at)
    return set()


def promises_open(uids: Collection[str], by: Actor, at: datetime) -> set[str]:
    """Promises that the public may read, or all with the right to see the register."""
    return set(uids) if by.can("commitments.see") else commitments.public_among(uids)


def cases_open(uids: Collection[str], by: Actor, at: datetime) -> set[str]:
    return cases.known_of(uids, actor=by)


def pages_open(addresses: Collection[str], by: Actor, at: datetime) -> set[str]:
    """Pages of key areas, for who sees the area in the whole city; the page itself asks again."""
    return {one for one in addresses if by.can(right := f"{one.split('/')[2]}.see") and by.units_with(right) is None}


OPENERS: Mapping[str, Opener] = {"record": records_open, "promise": promises_open, "case": cases_open, "page": pages_open}
ADDRESSES = {"/console/disclosure/records/": "record", "/console/commitments/": "promise", "/console/casework/": "case"}
"""Key areas name a fact by the address of its page; of these pages the room behind decides."""


def _kind(ref: str) -> tuple[str, str]:
    """(whose fact, by which name): `promise:uid`, the address of a promise, or another page of the console."""
    for start, kind in ADDRESSES.items():
        if ref.startswith(start):
            return kind, ref.removeprefix(start)
    kind, _, name = ref.partition(":")
    return ("page", ref) if ref.startswith("/console/") else (kind, name)


def seen(refs: Iterable[str], *, by: Actor, at: datetime) -> tuple[list[str], int]:
    """(facts that may be opened, how many may not), in the order given; what no room answers for stays closed."""
    wanted, by_kind = list(refs), dict[str, list[str]]()
    for kind, name in map(_kind, wanted):
        by_kind.setdefault(kind, []).append(name)
    found = {(kind, name) for kind, names in by_kind.items() if kind in OPENERS for name in OPENERS[kind](names, by, at)}
    return [ref for ref in wanted if _kind(ref) in found], sum(_kind(ref) not in found for ref in wanted)


def opened(facts: Mapping[str, Iterable[str]], *, by: Actor, at: datetime) -> dict[str, dict[str, Any]]:
    """Column → what may be opened and how many facts may not. The count is what the value itself already tells."""
    return {column: dict(zip(("refs", "hidden"), seen(refs, by=by, at=at), strict=True)) for column, refs in facts.items()}


def causes_opened(told: dict[str, Any], *, by: Actor, at: datetime) -> dict[str, Any]:
    """The answer of `changed` with its facts opened as far as this person may."""
    made = []
    for cause in told["causes"]:
        sides = {name: dict(zip(("refs", "hidden"), seen(cause[name], by=by, at=at), strict=True)) for name in ("facts_new", "facts_gone")}
        made.append({**cause, **sides})
    return {**told, "causes": made}
