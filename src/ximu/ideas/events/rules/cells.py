"""Which cells of a table are too small to show? Those of 1 to 9 people, and others where a sum would tell.

Threshold and complementary suppression: Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ximu.kernel import withholding

SMALLEST = 10
SURE = 1e-7
MOST_SOLVED, MOST_CELLS = 20, 400
"""Up to here the best choice is looked for; beyond it would keep a page waiting."""
Place = tuple[int, int]


def withheld_table(table: Sequence[Sequence[int]], *, smallest: int = SMALLEST) -> list[list[bool]]:
    """Periods × parts with known sums both ways: no withheld small count follows from the sums.

    A small one keeps its whole span as far as the sums allow. In a table with many small ones no row and no column hides just one count,
    and where one still follows (it joins two blocks), its row and column go.
    """
    if sum(0 < n < smallest for row in table for n in row) <= MOST_SOLVED and sum(map(len, table)) <= MOST_CELLS:
        cells, sums = withholding.cross(table)
        known = {one.total for one in sums if cells[one.total] >= smallest and sum(cells[part] > 0 for part in one.parts) > 1}  # type: ignore[index]
        kept = withholding.withhold(cells, sums, smallest, known=known)
        return [[(r, c) in kept for c in range(len(row))] for r, row in enumerate(table)]
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
        changed = changed or _join(table, hidden, smallest)
    return hidden


def _join(table: Sequence[Sequence[int]], hidden: list[list[bool]], smallest: int) -> bool:
    """Withhold more where a small count follows; whether there was anything."""
    changed = False
    for period, part in _following(table, hidden, smallest):
        if table[period][part] < smallest:
            for r, c in [(period, c) for c in range(len(hidden[0]))] + [(r, part) for r in range(len(hidden))]:
                changed = changed or bool(table[r][c] and not hidden[r][c])
                hidden[r][c] = hidden[r][c] or table[r][c] > 0
    return changed


def _following(table: Sequence[Sequence[int]], hidden: Sequence[Sequence[bool]], smallest: int) -> list[Place]:
    """The withheld counts that the sums of rows and columns determine: their unit vectors lie in the row space of the sums.

    A sum that is small is shown nowhere, and one of a single count is that count.
    """
    places = [at for line in _rows(hidden) for at in line if hidden[at[0]][at[1]]]
    if not places:
        return []
    matrix = np.zeros((len(hidden) + len(hidden[0]), len(places)))
    for k, (r, c) in enumerate(places):
        matrix[r, k] = matrix[len(hidden) + c, k] = 1
    told = [sum(counts) >= smallest and sum(map(bool, counts)) > 1 for counts in (*table, *zip(*table, strict=True))]
    matrix = matrix[told]
    own = np.einsum("ij,ji->i", np.linalg.pinv(matrix), matrix)
    return [at for at, share in zip(places, own, strict=True) if share > 1 - SURE]


def _meets(hidden: Sequence[Sequence[bool]], lone: Place, other: Place) -> bool:
    """Whether the line that crosses at `other` hides something already: then one cell serves both."""
    return any(hidden[other[0]]) if lone[1] == other[1] else any(row[other[1]] for row in hidden)


def _rows(table: Sequence[Sequence[int]]) -> list[list[Place]]:
    return [[(r, c) for c in range(len(row))] for r, row in enumerate(table)]


def _columns(table: Sequence[Sequence[int]]) -> list[list[Place]]:
    return [[(r, c) for r in range(len(table))] for c in range(len(table[0]) if table else 0)]


def withheld_cells(counts: Sequence[int], *, smallest: int = SMALLEST) -> list[bool]:
    """True where a count may not be shown under a known total: the small ones, and as many others as hide them from the sum."""
    return withholding.line(counts, smallest)
