"""Which class has what was measured? By a standard with a limit for each item and class: the worst item decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Values = Mapping[str, Decimal | None]
"""Item → value; None was not measured, and decides nothing."""
Limits = Mapping[str, Sequence[Decimal]]
"""Item → limits, from the best class to the worst (of degrees: from light to heavy)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured at a point; `whole` is what it stands for, `target` the class that it should have."""

    point: str
    whole: str
    unit: str
    on: date
    target: int
    values: Values


@dataclass(frozen=True, slots=True)
class Standard:
    """`limits` of the classes and `degrees` (two each) of what is worst of all; `needed` items; the shares that make a point so bad."""

    limits: Limits
    degrees: Limits
    falling: Collection[str]
    needed: Sequence[str]
    one: Decimal
    two: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """A point over a period: its class by the mean of each item, the items that make it, and the degree of its samples."""

    target: int
    samples: int
    place: int
    worst: tuple[str, ...]
    means: Values
    degree: int
    last: date
    missing: tuple[str, ...] = ()


def judged(samples: Sequence[Sample], by: Standard) -> Judged | None:
    """The samples of one point; the target is that of the last. None where nothing of the standard was measured."""
    ordered = sorted(samples, key=lambda sample: sample.on)
    mean = means([sample.values for sample in ordered], by.limits)
    found = classed(mean, by.limits, falling=by.falling)
    if found is None:
        return None
    degree = degree_of([degrees(sample.values, by.degrees, falling=by.falling) for sample in ordered], one=by.one, two=by.two, worst=2)
    return Judged(ordered[-1].target, len(ordered), *found, mean, degree, ordered[-1].on,
                  tuple(item for item in by.needed if mean.get(item) is None))


def class_of(value: Decimal, limits: Sequence[Decimal], *, falling: bool) -> int:
    """0 for the best class; as many as there are limits for worse than the last. `falling`: of this item more is better."""
    return next((place for place, limit in enumerate(limits) if (value >= limit if falling else value <= limit)), len(limits))


def classed(values: Values, limits: Limits, *, falling: Collection[str] = ()) -> tuple[int, tuple[str, ...]] | None:
    """The class and the items that make it; None where nothing was measured."""
    each = {item: class_of(value, limits[item], falling=item in falling) for item, value in values.items()
            if item in limits and value is not None}
    if not each:
        return None
    worst = max(each.values())
    return worst, tuple(item for item in limits if each.get(item) == worst)


def means(samples: Sequence[Values], items: Iterable[str]) -> dict[str, Decimal | None]:
    """Item → arithmetic mean of what was measured."""
    found: dict[str, Decimal | None] = {}
    for item in items:
        known = [value for sample in samples if (value := sample.get(item)) is not None]
        found[item] = sum(known, Decimal(0)) / len(known) if known else None
    return found


def degrees(values: Values, limits: Limits, *, falling: Collection[str] = ()) -> dict[str, int]:
    """How bad each measured item is: 0 where the first limit is not reached, 1 from that limit on, 2 beyond the second, and so on."""
    found = {}
    for item, (first, *more) in limits.items():
        value = values.get(item)
        if value is not None:
            reached = value <= first if item in falling else value >= first
            found[item] = int(reached) + sum(value < limit if item in falling else value > limit for limit in more)
    return found


def degree_of(samples: Sequence[Mapping[str, int]], *, one: Decimal, two: Decimal, worst: int) -> int:
    """A point is as bad as one item in a share `one` of its samples, or two items each in a share `two`."""
    items = dict.fromkeys(item for sample in samples for item in sample)
    for degree in range(worst, 0, -1):
        shares = []
        for item in items:
            known = [sample[item] for sample in samples if item in sample]
            shares.append(Decimal(sum(value >= degree for value in known)) / len(known))
        if any(share >= one for share in shares) or sum(share >= two for share in shares) > 1:
            return degree
    return 0
