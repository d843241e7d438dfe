"""The figures of a period by unit, each open to the promises behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.queries import book

CITY = ""
"""The unit under which the whole city's figure stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """(indicator, unit) → figure; the units are those that carry the promises on `as_of`."""

    first: date
    last: date
    as_of: date
    known_at: datetime
    figures: Mapping[tuple[str, str], rules.Figure]
    judged: Mapping[str, rules.Judged]

    @property
    def units(self) -> list[str]:
        return sorted({unit for _, unit in self.figures} - {CITY})


def figures(
    specs: Mapping[str, rules.Spec], *, domain: str, first: date, last: date, as_of: date, known_at: datetime,
) -> Sheet:
    """Compute indicators over the promises of an area, for the city and for every unit that carries one."""
    judged = [book.with_owner(j, as_of) for j in book.judged(as_of=as_of, known_at=known_at, domain=domain)]
    found: dict[tuple[str, str], rules.Figure] = {}
    for code, spec in specs.items():
        whole = rules.compute(spec, judged, first=first, last=last)
        found[(code, CITY)] = whole
        for unit in sorted({j.unit for j in judged}):
            found[(code, unit)] = _of_unit(spec, whole, [j for j in judged if j.unit == unit], first, last)
    return Sheet(first, last, as_of, known_at, found, {j.uid: j for j in judged})


def _of_unit(spec: rules.Spec, whole: rules.Figure, own: Iterable[rules.Judged], first: date, last: date) -> rules.Figure:
    """A share is computed anew; a count takes from the city's what belongs to the unit, since a repeated paper may cross units."""
    some = list(own)
    if spec.measure == "share":
        return rules.compute(spec, some, first=first, last=last)
    mine = {j.uid for j in some}
    found = tuple(uid for uid in whole.counted if uid in mine)
    return rules.Figure(Decimal(len(found)), found, found, {u: w for u, w in whole.excluded.items() if u in mine})
