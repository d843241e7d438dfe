"""Is each duty carried by a living unit with somebody in office? Counted by unit, so that a million duties are one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ximu.kernel.canonical import digest

Owner = Callable[[str], tuple[str, str, str]]
"""Unit → (unit that carries its duties, unit whose first responsible person answers, code when that is not the unit itself)."""


@dataclass(frozen=True, slots=True)
class Held:
    """`count` duties of one kind entered for `unit` (its uid; empty where no unit could be read) and who carries them."""

    kind: str
    unit: str
    count: int
    owner: str
    answering: str
    code: str

    @property
    def ownerless(self) -> bool:
        return not self.owner


@dataclass(frozen=True, slots=True)
class Proof:
    """The count of a day: `carried_up` duties answer at a superior because a post is vacant or ended."""

    duties: int
    units: int
    ownerless: int
    carried_up: int
    digest: str
    exceptions: tuple[Held, ...]


def carried(kinds: Mapping[str, Mapping[str, int]], owner: Owner) -> list[Held]:
    """Each (kind, unit) with its owner; units are asked once."""
    known = {unit: owner(unit) if unit else ("", "", "ORG-NONE") for counts in kinds.values() for unit in counts}
    return [Held(kind, unit, count, *known[unit]) for kind in sorted(kinds) for unit, count in sorted(kinds[kind].items()) if count]


def prove(held: Iterable[Held]) -> Proof:
    lines = list(held)
    exceptions = tuple(one for one in lines if one.ownerless or one.code)
    return Proof(
        sum(one.count for one in lines), len({one.owner for one in lines if one.owner}),
        sum(one.count for one in lines if one.ownerless),
        sum(one.count for one in lines if one.owner and one.code in {"APPT-VACANT", "APPT-ENDED"}),
        digest([[one.kind, one.unit, one.count, one.owner, one.answering, one.code] for one in lines]), exceptions)
