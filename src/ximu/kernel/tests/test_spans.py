"""Whole spans between two days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.spans import SPANS, intervals, months_back, months_on


@given(st.sampled_from(list(SPANS)), st.dates(date(2016, 1, 1), date(2019, 1, 1)), st.integers(0, 800))
def test_spans_are_whole_and_leave_no_hole(span: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = list(intervals(span, first, last))
    assert all(first <= start <= end <= last for start, end in found)
    assert all(one[1] + timedelta(days=1) == other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(("span", "count"), [("week", 52), ("half-month", 24), ("month", 12), ("quarter", 4)])
def test_a_year_has_so_many(span: str, count: int) -> None:
    assert len(list(intervals(span, date(2018, 1, 1), date(2018, 12, 31)))) == count


@pytest.mark.parametrize(("day", "months", "wanted"), [
    ("2018-01-31", 12, "2019-01-31"), ("2018-01-31", 1, "2018-02-28"), ("2019-12-30", 2, "2020-02-29"), ("2016-02-29", 48, "2020-02-29"),
    ("2016-02-29", 12, "2017-02-28"), ("2018-03-31", -1, "2018-02-28"), ("2018-01-15", -13, "2016-12-15"),
])
def test_so_many_months_on_is_the_same_day_or_the_last_of_the_month(day: str, months: int, wanted: str) -> None:
    """By the Civil Code, art. 202. Evidence of 31 January ran out on the 28th of the next one, and grades with it."""
    assert months_on(date.fromisoformat(day), months) == date.fromisoformat(wanted)


@given(st.dates(date(2015, 1, 1), date(2021, 12, 31)), st.integers(1, 60))
def test_months_back_is_the_earliest_day_that_still_reaches(day: date, months: int) -> None:
    """A problem of 31 March came back as a relapse of one closed on 28 March of the year before."""
    first = months_back(day, months)
    assert months_on(first, months) >= day > months_on(first - timedelta(days=1), months)

