"""Whole spans between two days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.spans import SPANS, intervals


@given(st.sampled_from(list(SPANS)), st.dates(date(2016, 1, 1), date(2019, 1, 1)), st.integers(0, 800))
def test_spans_are_whole_and_leave_no_hole(span: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = list(intervals(span, first, last))
    assert all(first <= start <= end <= last for start, end in found)
    assert all(one[1] + timedelta(days=1) == other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(("span", "count"), [("week", 52), ("half-month", 24), ("month", 12), ("quarter", 4)])
def test_a_year_has_so_many(span: str, count: int) -> None:
    assert len(list(intervals(span, date(2018, 1, 1), date(2018, 12, 31)))) == count
