"""Which cells of a published table are too small to show? Those of 1 to 9 people, and one more where a sum would tell.

Threshold and complementary suppression: Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 10


def withheld_table(table: Sequence[Sequence[int]], *, smallest: int = SMALLEST) -> list[list[bool]]:
    """Periods × parts with known sums both ways: no row and no column hides just one count."""
    hidden = [[0 < n < smallest for n in row] for row in table]
    changed = True
    while changed:
        changed = False
        for lines in (_rows(table), _columns(table)):
            for line in lines:
                lone = [at for at in line if hidden[at[0]][at[1]]]
                others = [at for at in line if table[at[0]][at[1]] and at not in lone]
                if len(lone) == 1 and others:
                    period, part = min(others, key=lambda at: (not _meets(hidden, lone[0], at), table[at[0]][at[1]]))
                    hidden[period][part] = changed = True
    return hidden


def _meets(hidden: Sequence[Sequence[bool]], lone: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the line that crosses at `other` hides something already: then one cell serves both."""
    return any(hidden[other[0]]) if lone[1] == other[1] else any(row[other[1]] for row in hidden)


def _rows(table: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    return [[(r, c) for c in range(len(row))] for r, row in enumerate(table)]


def _columns(table: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    return [[(r, c) for r in range(len(table))] for c in range(len(table[0]) if table else 0)]


def withheld_cells(counts: Sequence[int], *, smallest: int = SMALLEST) -> list[bool]:
    """True where a count may not be shown; where just one would be hidden under a known total, the next smallest too."""
    hidden = [0 < n < smallest for n in counts]
    if sum(hidden) == 1:
        others = [i for i, n in enumerate(counts) if n and not hidden[i]]
        if others:
            hidden[min(others, key=lambda i: counts[i])] = True
    return hidden
