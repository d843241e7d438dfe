"""What can one source do to a share? Nothing beyond a stated bound, however often it speaks; and where did it speak too often at once?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

CENT = Decimal("0.01")


def bursts(times: Sequence[datetime], *, most: int, span: timedelta) -> set[int]:
    """The places of those that lie with `most` or more, themselves included, within one span of time."""
    order, found, first = sorted(range(len(times)), key=lambda place: times[place]), set[int](), 0
    for last, place in enumerate(order):
        while times[place] - times[order[first]] > span:
            first += 1
        if last - first + 1 >= most:
            found.update(order[first:last + 1])
    return found


def weights(sources: Iterable[str], cap: int) -> dict[str, Decimal]:
    """What one voice of each source weighs: 1 up to the cap, beyond it the cap shared among all of them."""
    return {source: min(Decimal(1), Decimal(cap) / n) for source, n in Counter(sources).items()}


def bound(held: Iterable[Decimal], cap: int) -> Decimal | None:
    """By how many points of a hundred any one source can move the share at most. `held`: what each source weighs now.

    A source weighs w ≤ cap and all others W together, so the share lies between M/(W+w) and (M+w)/(W+w), where M is what the others
    say yes to; both widen with w, so that before and after lie within cap ÷ (W + cap). The smallest W leaves out the heaviest source.
    """
    some = list(held)
    return Decimal(100 * cap) / (sum(some) - max(some) + cap) if some else None


@dataclass(frozen=True, slots=True)
class Capped:
    """`each` voice's weight in order; the share of those that say yes in per cent, and the bound, or None where nobody spoke."""

    each: tuple[Decimal, ...]
    share: Decimal | None
    bound: Decimal | None


def capped(voices: Sequence[tuple[str, bool]], cap: int) -> Capped:
    """The share of (source, yes) in which no source weighs more than the cap."""
    heavy = weights((source for source, _ in voices), cap)
    each = tuple(heavy[source] for source, _ in voices)
    return Capped(each, *_summed(voices, each, cap))


def part_of(voices: Sequence[tuple[str, bool]], each: Sequence[Decimal], cap: int) -> Capped:
    """The same over some of the voices with the weights that they have among all."""
    return Capped(tuple(each), *_summed(voices, each, cap))


def _summed(voices: Sequence[tuple[str, bool]], each: Sequence[Decimal], cap: int) -> tuple[Decimal | None, Decimal | None]:
    held, yes = dict[str, Decimal](), Decimal(0)
    for (source, good), weight in zip(voices, each, strict=True):
        held[source] = held.get(source, Decimal(0)) + weight
        yes += weight if good else 0
    whole, most = sum(held.values(), Decimal(0)), bound(held.values(), cap)
    if not whole or most is None:
        return None, None
    return (100 * yes / whole).quantize(CENT, ROUND_HALF_UP), most.quantize(CENT, ROUND_UP)
