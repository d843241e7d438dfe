"""Who may handle a report? Nobody who is complained of, nobody beneath them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

Parent = Callable[[str], str]


def chain(unit: str, parent: Parent) -> list[str]:
    """The unit and its superiors, nearest first; a ring in the data ends the walk."""
    found: list[str] = []
    while unit and unit not in found:
        found.append(unit)
        unit = parent(unit)
    return found


def in_conflict(unit: str, about: Collection[str], parent: Parent) -> bool:
    """Is the unit complained of, or beneath one that is?"""
    return any(one in about for one in chain(unit, parent))


def route(offices: Iterable[str], about: Collection[str], parent: Parent) -> str:
    """The first of the offices, then of the superiors of those complained of, that is in no conflict; empty when there is none."""
    candidates = [*offices, *(one for unit in sorted(about) for one in chain(unit, parent)[1:])]
    return next((one for one in candidates if one and not in_conflict(one, about, parent)), "")
