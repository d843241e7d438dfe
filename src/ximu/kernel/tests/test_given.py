"""A day and a number have one spelling."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.given import EARLIEST, LATEST, day_of, day_or_none, hour_of, near_day, whole_of
from ximu.kernel.refusal import Refusal


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert day_of(day.isoformat(), "d") == day == day_of(f" {day.isoformat()} ", "d") == day_or_none(day.isoformat(), "d")


@given(st.dates().filter(lambda day: not 1900 <= day.year <= 2199))
def test_a_day_outside_every_reckoning_is_refused(day: date) -> None:
    with pytest.raises(Refusal) as refused:
        day_of(day.isoformat(), "since")
    assert (refused.value.code, refused.value.field) == ("DATE-RANGE", "since")


@pytest.mark.parametrize("text", ["", "20180507", "2018-W19-1", "2018-02-30", "2018-5-7", "２０１８-05-07", "2018-05-07T00:00", "0000-01-01"])
def test_other_spellings_are_refused_with_the_field(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        day_of(text, "since")
    assert (refused.value.code, refused.value.field) == ("DATE-FORM", "since")
    assert day_or_none("  ", "since") is None


@given(st.dates())
def test_a_day_too_far_to_count_from_is_refused_and_every_other_is_itself(day: date) -> None:
    if EARLIEST <= day <= LATEST:
        assert near_day(day, "on") == day
        return
    with pytest.raises(Refusal) as refused:
        near_day(day, "on")
    assert (refused.value.code, refused.value.field, refused.value.value) == ("DATE-RANGE", "on", day.isoformat())


@pytest.mark.parametrize("text", ["", "-1", "1.0", "１", "1" * 11, " 1", "x"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        whole_of(text, "n")
    assert refused.value.code == "NUM-FORM" and whole_of("007", "n") == 7


@pytest.mark.parametrize("text", ["", "25:00", "9", "九点", "09:60", "09:30+08:00", "９:30"])
def test_what_is_no_hour(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        hour_of(text, "hour")
    assert refused.value.code == "TIME-FORM" and hour_of(" 09:30 ", "hour") == time(9, 30)
