"""Which counts of a published table are withheld, so that no small one can be read or narrowed down from the sums beside it?

A count from 1 to `smallest` - 1 is withheld (primary), with as many others as it takes (secondary) that whoever solves the published
sums learns no more of it than that it is withheld: its span still holds everything from 1 to `smallest` - 1. Zero is told: nothing is no
secret. Sums are cells as well: a row's total that is small is withheld like any other.

Linear perturbation for the choice and bounds by integer programming for the audit: Hundepool et al., Statistical Disclosure Control
(2012), ch. 4; Kelly, Golden and Assad, Cell suppression (1992). The audit is given what is published and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy  # a part of it is loaded when it is first asked: most commands solve nothing

Key = Hashable
SUM_COST = 1000.0
"""A total serves more readers than a part of it: it is withheld when nothing else helps."""
NEAR = 1e-6


class Sum(NamedTuple):
    """`total` is known to be the sum of `parts`."""

    total: Key
    parts: tuple[Key, ...]


def highest(smallest: int) -> int:
    """Up to here the span of a withheld small count must reach; it never has just one member."""
    return max(2, smallest - 1)


def line(counts: Sequence[int], smallest: int) -> list[bool]:
    """True where a count is withheld; the total of all of them is known. Where no choice protects them, all but the zeros are withheld."""
    hidden = {at for at, count in enumerate(counts) if 0 < count < smallest}
    others = sorted((at for at, count in enumerate(counts) if count >= smallest), key=lambda at: (counts[at], at))
    while hidden and others and not _wide([counts[at] for at in hidden], smallest):
        hidden.add(others.pop(0))
    return [at in hidden for at in range(len(counts))]


def _wide(hidden: Sequence[int], smallest: int) -> bool:
    """Each of them may be anything from 1 to `highest`: the others, which are at least 1 each, leave room for that."""
    return len(hidden) > 1 and sum(hidden) - (len(hidden) - 1) >= highest(smallest)


def shown_line(cells: Mapping[Any, int], smallest: int) -> tuple[dict[Any, int | None], int | None]:
    """(cells, total), None is withheld: a table of one dimension. What cannot be protected under its total is withheld with it."""
    hidden = dict(zip(cells, line(list(cells.values()), smallest), strict=True))
    kept = [count for name, count in cells.items() if hidden[name]]
    total = sum(cells.values()) if not kept or _wide(kept, smallest) else None
    return {name: None if hidden[name] else count for name, count in cells.items()}, total


def cross(table: Sequence[Sequence[int]]) -> tuple[dict[tuple[int, int], int], list[Sum]]:
    """A table of two dimensions with the sums of its rows and columns and of all: cells (row, column), -1 stands for a sum."""
    rows, columns = range(len(table)), range(len(table[0]) if table else 0)
    cells = {(r, c): table[r][c] for r in rows for c in columns}
    cells |= {(r, -1): sum(table[r]) for r in rows} | {(-1, c): sum(line[c] for line in table) for c in columns}
    cells[-1, -1] = sum(map(sum, table))
    sums = [Sum((r, -1), tuple((r, c) for c in columns)) for r in rows] + [Sum((-1, c), tuple((r, c) for r in rows)) for c in columns]
    return cells, [*sums, Sum((-1, -1), tuple((r, -1) for r in rows)), Sum((-1, -1), tuple((-1, c) for c in columns))]


def withhold(cells: Mapping[Any, int], sums: Sequence[Sum], smallest: int, *, known: Collection[Key] = ()) -> set[Key]:
    """The keys of `cells` that are withheld. `known` are told elsewhere and cannot be; under them a cell may stay narrower than it should.

    Any pattern of sums: rows and columns, months within years, totals of totals.
    """
    hidden = {key for key, count in cells.items() if 0 < count < smallest and key not in known}
    model = _Model(cells, sums, known)
    for key in sorted(hidden, key=lambda k: (-cells[k], str(k))):
        for level in (highest(smallest), least_of(cells, sums, key)):
            hidden |= model.reach(key, level, hidden)
    while not known and (narrow := too_narrow(cells, hidden, sums, smallest)):
        beside = {k for one in sums for k in (one.total, *one.parts) if narrow & {one.total, *one.parts} and cells[k]}
        every = {k for k in cells if cells[k]}
        if hidden >= every:
            break
        hidden |= every if beside <= hidden else beside
    return hidden


def least_of(cells: Mapping[Any, int], sums: Sequence[Sum], key: Key) -> int:
    """What everybody knows of a withheld figure: as zeros are told, a sum is at least as large as the number of its other parts."""
    return max([1, *(sum(least_of(cells, sums, part) for part in one.parts if cells[part]) for one in sums if one.total == key)])


def published(cells: Mapping[Any, int], hidden: Collection[Key]) -> dict[Any, int | None]:
    return {key: None if key in hidden else count for key, count in cells.items()}


class _Model:
    """Other tables with the same sums: the differences to the true one, as a linear program."""

    def __init__(self, cells: Mapping[Any, int], sums: Sequence[Sum], known: Collection[Key]) -> None:
        self.cells, self.free = cells, [key for key, count in cells.items() if count and key not in known]
        self.place = {key: at for at, key in enumerate(self.free)}
        totals = {one.total for one in sums}
        self.cost = {key: SUM_COST if key in totals else 1.0 + min(cells[key], 1000) / 100 for key in self.free}
        self.rows = _rows(sums, self.place)
        self.low, self.high = dict.fromkeys(self.free, 10**9), dict.fromkeys(self.free, 0)

    def reach(self, key: Key, level: int, hidden: Collection[Key]) -> set[Key]:
        """What must be withheld for `key` to be possibly `level`: the cheapest cells that could make up for it."""
        if key not in self.place or self.low[key] <= level <= max(self.high[key], self.cells[key]) or level == self.cells[key]:
            return set()
        n, at = len(self.free), self.place[key]
        costs = [0.0 if one in hidden else self.cost[one] for one in self.free]
        up: list[tuple[float, float | None]] = [(0, None)] * n
        down: list[tuple[float, float | None]] = [(0, self.cells[one] - 1) for one in self.free]
        change = level - self.cells[key]
        up[at], down[at] = (max(0, change),) * 2, (max(0, -change),) * 2
        if not self.rows:
            return set()
        matrix = _matrix(self.rows, n)
        both = scipy.sparse.hstack([matrix, -matrix]).tocsr()
        found = scipy.optimize.linprog(costs + costs, A_eq=both, b_eq=[0.0] * len(self.rows), bounds=up + down)
        if found.status:
            return self._beside(key)
        moves = found.x[:n] - found.x[n:]
        for one, move in zip(self.free, moves, strict=True):
            value = self.cells[one] + move
            self.low[one], self.high[one] = min(self.low[one], value + NEAR), max(self.high[one], value + NEAR)
        return {one for one, move in zip(self.free, moves, strict=True) if abs(move) > NEAR}

    def _beside(self, key: Key) -> set[Key]:
        """No other table has these sums: all that stands in a line with it."""
        at = self.place[key]
        return {self.free[k] for row in self.rows if any(k == at for k, _ in row) for k, _ in row}


def _rows(sums: Sequence[Sum], place: Mapping[Key, int]) -> list[list[tuple[int, float]]]:
    rows = [[(place[part], 1.0) for part in one.parts if part in place] + ([(place[one.total], -1.0)] if one.total in place else [])
            for one in sums]
    return [row for row in rows if row]


def _matrix(rows: Sequence[Sequence[tuple[int, float]]], width: int) -> Any:
    places = [(at, k, value) for at, row in enumerate(rows) for k, value in row]
    where = ([at for at, _, _ in places], [k for _, k, _ in places])
    return scipy.sparse.csr_matrix(([v for _, _, v in places], where), shape=(len(rows), width))


def spans(shown: Mapping[Any, int | None], sums: Sequence[Sum], of: Collection[Key] | None = None) -> dict[Any, tuple[int, int | None]]:
    """The audit: what the published figures leave possible for each withheld one (or those `of`), as (least, most); None: without end.

    A withheld count is a whole number of at least 1. Errors: `ValueError` for figures that contradict each other.
    """
    hidden = [key for key, count in shown.items() if count is None]
    place = {key: at for at, key in enumerate(hidden)}
    told = [(_rows([one], place), (shown[one.total] or 0) - sum(shown[part] or 0 for part in one.parts)) for one in sums]
    rows = [(row[0], rest) for row, rest in told if row]
    ends_at = [v for _, v in rows]
    limits = [scipy.optimize.LinearConstraint(_matrix([r for r, _ in rows], len(hidden)), ends_at, ends_at)] if rows else []
    found: dict[Any, tuple[int, int | None]] = {}
    for key, at in ((k, a) for k, a in place.items() if of is None or k in of):
        ends: list[int | None] = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(hidden))
            aim[at] = sign
            solved = scipy.optimize.milp(aim, constraints=limits, integrality=np.ones(len(hidden)), bounds=scipy.optimize.Bounds(1, np.inf))
            if solved.x is None and solved.status == 2:
                raise ValueError("the published figures contradict each other")
            ends.append(None if solved.x is None else round(solved.x[at]))
        found[key] = (ends[0] or 1, ends[1])
    return found


def too_narrow(cells: Mapping[Any, int], hidden: Collection[Key], sums: Sequence[Sum], smallest: int) -> set[Key]:
    """Small counts of which the figures that are published tell more than that they are small. Nothing: the table may go out."""
    small = {key for key, count in cells.items() if 0 < count < smallest}
    top, found = highest(smallest), spans(published(cells, hidden), sums, of=small)
    told = {key for key in small if key not in found}
    return told | {key for key in small & set(found) if found[key][0] > least_of(cells, sums, key) or (found[key][1] or top) < top}
