"""Small counts of published tables: nobody gets one back from the sums, whatever the table."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.kernel import withholding
from ximu.kernel.withholding import Key, Sum

pytestmark = pytest.mark.row("M1.3")
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 14, 40])
SMALLEST = 5


def tables(rows: int, columns: int) -> st.SearchStrategy[list[list[int]]]:
    return st.integers(1, columns).flatmap(
        lambda c: st.lists(st.lists(COUNTS, min_size=c, max_size=c), min_size=1, max_size=rows))


@settings(max_examples=12, deadline=None)
@given(tables(4, 4))
def test_no_small_count_of_a_table_is_told_or_narrowed_down(table: list[list[int]]) -> None:
    cells, sums = withholding.cross(table)
    hidden = withholding.withhold(cells, sums, SMALLEST)
    assert {key for key, count in cells.items() if 0 < count < SMALLEST} <= hidden
    assert not withholding.too_narrow(cells, hidden, sums, SMALLEST)
    assert not {key for key in hidden if cells[key] == 0}, "zero is told"


def possible(shown: Mapping[Key, int | None], sums: list[Sum], most: int) -> dict[Key, set[int]]:
    """By trying every table whose withheld counts are at most `most`: what could each of them be?"""
    parts = [key for key, count in shown.items() if count is None and -1 not in key]  # type: ignore[operator]
    found: dict[Key, set[int]] = {key: set() for key in parts}
    for tried in product(range(1, most + 1), repeat=len(parts)):
        whole = {**{k: v for k, v in shown.items() if -1 not in k}, **dict(zip(parts, tried, strict=True))}  # type: ignore[operator]
        rows = {(r, -1): sum(v for k, v in whole.items() if k[0] == r) for r, c in shown if c == -1 and r >= 0}  # type: ignore[index, misc]
        columns = {(-1, c): sum(v for k, v in whole.items() if k[1] == c) for r, c in shown if r == -1 and c >= 0}  # type: ignore[index, misc]
        sums_then = {**rows, **columns, (-1, -1): sum(whole.values())}  # type: ignore[arg-type]
        if all(shown[key] in (None, value) for key, value in sums_then.items()):
            for key, value in zip(parts, tried, strict=True):
                found[key].add(value)
    return found


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.sampled_from([0, 1, 2, 3, 5]), min_size=2, max_size=2), min_size=2, max_size=2))
def test_whoever_tries_every_table_finds_nothing_out(table: list[list[int]]) -> None:
    """An oracle of another kind than the solver: all tables that agree with what is published."""
    cells, sums = withholding.cross(table)
    shown = withholding.published(cells, withholding.withhold(cells, sums, 4))
    for key, values in possible(shown, sums, 8).items():
        if cells[key] < 4:
            assert {1, 2, 3} <= values


@pytest.mark.parametrize(("hidden", "narrow"), [
    ({(0, 0)}, {(0, 0)}), ({(0, 0), (0, 1)}, {(0, 0)}), ({(0, 0), (0, 1), (1, 0), (1, 1)}, set()), (set(), {(0, 0)}),
])
def test_the_audit_finds_what_is_withheld_too_thinly(hidden: set[Key], narrow: set[Key]) -> None:
    cells, sums = withholding.cross([[3, 20, 30], [40, 50, 60], [25, 35, 45]])
    assert withholding.too_narrow(cells, hidden, sums, SMALLEST) == narrow


def test_the_audit_sees_a_bridge_between_two_blocks() -> None:
    """No row and no column withholds one count alone, and yet the one that joins the two blocks follows."""
    table = [[20, 20, 50, 50], [20, 20, 3, 50], [50, 50, 20, 20], [50, 50, 20, 20]]
    cells, sums = withholding.cross(table)
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)}
    for r in range(4):
        assert sum((r, c) in hidden for c in range(4)) != 1 and sum((c, r) in hidden for c in range(4)) != 1
    assert withholding.spans(withholding.published(cells, hidden), sums)[1, 2] == (3, 3)
    assert withholding.too_narrow(cells, hidden, sums, SMALLEST) == {(1, 2)}
    assert not withholding.too_narrow(cells, withholding.withhold(cells, sums, SMALLEST), sums, SMALLEST)


def test_months_within_years_beside_parts() -> None:
    """A table of three levels: months, quarters and years of each of two kinds, and the kinds together."""
    months = {("a", m): n for m, n in enumerate([2, 30, 30, 40, 1, 1])} | {("b", m): n for m, n in enumerate([20, 30, 30, 40, 50, 60])}
    cells: dict[Key, int] = dict(months)
    sums = []
    for kind in "ab":
        for quarter in (0, 1):
            part = tuple((kind, m) for m in range(3 * quarter, 3 * quarter + 3))
            cells[kind, f"q{quarter}"] = sum(cells[p] for p in part)
            sums.append(Sum((kind, f"q{quarter}"), part))
        cells[kind, "year"] = cells[kind, "q0"] + cells[kind, "q1"]
        sums.append(Sum((kind, "year"), ((kind, "q0"), (kind, "q1"))))
    for when in (*range(6), "q0", "q1", "year"):
        cells["all", when] = cells["a", when] + cells["b", when]
        sums.append(Sum(("all", when), (("a", when), ("b", when))))
    hidden = withholding.withhold(cells, sums, SMALLEST)
    assert not withholding.too_narrow(cells, hidden, sums, SMALLEST)
    assert ("all", "year") not in hidden, "what nobody needs to miss is told"
    assert withholding.too_narrow(cells, {key for key in hidden if cells[key] < SMALLEST}, sums, SMALLEST), "the small ones alone do not do"


@given(st.lists(COUNTS, max_size=9), st.integers(2, 12))
@settings(deadline=None, max_examples=60)
def test_one_line_under_its_total(counts: list[int], smallest: int) -> None:
    shown, total = withholding.shown_line(dict(enumerate(counts)), smallest)
    hidden: set[Key] = {key for key, count in shown.items() if count is None}
    cells: dict[Key, int] = {**dict(enumerate(counts)), "total": sum(counts)}
    hidden |= {"total"} if total is None else set()
    sums = [Sum("total", tuple(range(len(counts))))]
    small = withholding.too_narrow(cells, hidden, sums, smallest)
    assert not small - {"total"}, "a total that is small because the whole table is may be told with zeros only"
    assert all(shown[at] in (None, count) for at, count in enumerate(counts)) and total in (None, sum(counts))


def test_figures_that_contradict_each_other_are_no_table() -> None:
    with pytest.raises(ValueError, match="contradict"):
        withholding.spans({"a": None, "b": None, "total": 1}, [Sum("total", ("a", "b"))])
