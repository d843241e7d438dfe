"""Deadlines follow the State Council's calendar and say how they were counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED, Calendar, YearTable

DAYS = st.dates(date(2005, 1, 1), date(2025, 6, 30))


@pytest.mark.parametrize(("start", "term", "due"), [
    (date(2018, 2, 13), 1, date(2018, 2, 14)),
    (date(2018, 2, 13), 2, date(2018, 2, 22)),    # 15-21 Feb Spring Festival
    (date(2018, 2, 13), 4, date(2018, 2, 24)),    # Saturday worked in lieu
    (date(2018, 6, 15), 1, date(2018, 6, 19)),    # Dragon Boat Festival
    (date(2018, 9, 28), 2, date(2018, 9, 30)),    # Saturday and Sunday worked in lieu
    (date(2026, 2, 13), 1, date(2026, 2, 14)),    # make-up Saturday
    (date(2025, 1, 27), 1, date(2025, 2, 5)),
])
def test_known_terms(start: date, term: int, due: date) -> None:
    assert BUNDLED.due(start, term).day == due


def test_the_way_is_shown() -> None:
    way = BUNDLED.due(date(2018, 2, 13), 5).envelope()
    assert way["due"] == "2018-02-26"
    assert [h["date"] for h in way["holidays"]] == [f"2018-02-{d}" for d in range(15, 22)]
    assert way["make_up_days"][0]["date"] == "2018-02-24"


def test_calendar_days_roll_forward_to_a_working_day() -> None:
    due = BUNDLED.due_calendar_days(date(2018, 9, 20), 14)
    assert (due.day, due.rolled_from) == (date(2018, 10, 8), date(2018, 10, 4))


@pytest.mark.parametrize("start", [date(2026, 12, 30), date(2030, 5, 1), date(1999, 1, 4)])
def test_it_refuses_a_year_without_a_calendar(start: date) -> None:
    with pytest.raises(Refusal) as refused:
        BUNDLED.due(start, 5)
    assert refused.value.code == "CAL-NONE"


@pytest.mark.parametrize("term", [-1, 100_000])
def test_it_refuses_an_absurd_term(term: int) -> None:
    with pytest.raises(Refusal) as refused:
        BUNDLED.due(date(2018, 1, 2), term)
    assert refused.value.code == "DUE-TERM"


def test_a_loaded_year_opens_it() -> None:
    year = YearTable(2027, {date(2027, 1, 1): "元旦"}, {}, "测试用")
    assert BUNDLED.with_years([year]).due(date(2026, 12, 31), 1).day == date(2027, 1, 4)


@given(DAYS, st.integers(1, 60))
def test_a_term_ends_on_a_working_day_and_counts_back(start: date, term: int) -> None:
    due = BUNDLED.due(start, term).day
    assert BUNDLED.is_working(due)
    assert BUNDLED.count(start, due) == term


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_a_longer_term_never_ends_earlier(start: date, one: int, more: int) -> None:
    assert BUNDLED.due(start, one).day <= BUNDLED.due(start, one + more).day


@given(DAYS, st.integers(0, 60))
def test_calendar_days_never_end_before_their_number(start: date, term: int) -> None:
    due = BUNDLED.due_calendar_days(start, term).day
    assert due >= start + timedelta(days=term)
    assert BUNDLED.is_working(due)


def test_an_empty_calendar_refuses_everything() -> None:
    with pytest.raises(Refusal):
        Calendar().is_working(date(2018, 1, 2))


@given(st.dates(date(2003, 6, 1), date(2027, 6, 30)), st.dates(date(2003, 6, 1), date(2027, 6, 30)))
def test_working_days_between_two_days_are_those_that_work_one_by_one(start: date, end: date) -> None:
    first, last = sorted((start, end))

    def answer(count: Callable[[], int]) -> tuple[object, ...]:
        try:
            return (count(),)
        except Refusal as refusal:
            return (refusal.code, refusal.value)

    one_by_one = answer(lambda: sum(BUNDLED.is_working(first + timedelta(days=n + 1)) for n in range((last - first).days)))
    assert answer(lambda: BUNDLED.count(first, last)) == one_by_one
    assert answer(lambda: -BUNDLED.count(last, first)) == one_by_one
