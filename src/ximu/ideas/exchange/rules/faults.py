"""What can go wrong on the other side? Faults by rate, drawn from a seed, so that a bad day can be lived again."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal

FAULTS = ("late", "duplicate", "lost-receipt", "wrong-digest", "down")


@dataclass(slots=True)
class Faults:
    """`strikes(name)` is true at the given rate."""

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - a test's dice, not a secret

    def strikes(self, name: str) -> bool:
        rate = self.rates.get(name, 0.0)
        return rate > 0 and self._dice.random() < rate


def faults(words: Sequence[str], *, seed: int = 0) -> Faults:
    """From `late=0.2` and the like; a name alone is always. Errors: `FAULT-NAME`."""
    rates = {}
    for word in words:
        name, _, rate = word.partition("=")
        try:
            rates[name] = float(rate or 1)
        except ValueError:
            rates[name] = -1.0
        if name not in FAULTS or not 0 <= rates[name] <= 1:
            raise Refusal("FAULT-NAME", field="fault", value=word[:40], rule=" ".join(FAULTS), zh="没有这种故障，或比率不在0至1之间。",
                          en="There is no such fault, or its rate is not between 0 and 1.")
    return Faults(rates, seed)
