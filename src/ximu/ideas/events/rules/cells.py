"""Which cells of a published table are too small to show? Those of 1 to 9 people, and one more where a sum would tell.

Threshold and complementary suppression: Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 10


def withheld_cells(counts: Sequence[int], *, smallest: int = SMALLEST) -> list[bool]:
    """True where a count may not be shown; where just one would be hidden under a known total, the next smallest too."""
    hidden = [0 < n < smallest for n in counts]
    if sum(hidden) == 1:
        others = [i for i, n in enumerate(counts) if n and not hidden[i]]
        if others:
            hidden[min(others, key=lambda i: counts[i])] = True
    return hidden
