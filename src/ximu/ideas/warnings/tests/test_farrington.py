"""Farrington, original and flexible: windows, many series at once, gaps, too few cases, refusals."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from ximu.ideas.warnings.rules import windows
from ximu.ideas.warnings.rules.detectors import detect
from ximu.ideas.warnings.rules.farrington import farrington_flexible_many, farrington_many
from ximu.ideas.warnings.rules.series import Series
from ximu.kernel.refusal import Refusal

WEEKS = 300
DATES = tuple(date(2012, 1, 2) + timedelta(weeks=i) for i in range(WEEKS))


def matrix(rows: int = 12) -> np.ndarray:
    rng = np.random.default_rng(7)
    level = rng.uniform(0.3, 30, rows)[:, None]
    wave = 0.4 * np.cos(2 * np.pi * np.arange(WEEKS) / 52) + np.linspace(0, 0.8, WEEKS)
    return rng.poisson(level * np.exp(wave)).astype(float)


def test_the_original_window_is_the_same_weeks_of_earlier_years() -> None:
    window = windows.same_weeks(windows.Calendar(300, 52), {}, 290, b=2, w=1)
    assert window is not None
    assert [290 + d for d in window.distance] == [185, 186, 187, 237, 238, 239]


def test_the_flexible_window_fills_the_year_with_seasonal_blocks() -> None:
    window = windows.seasonal(windows.Calendar(300, 52), {}, 290, b=2, w=3, no_periods=10, past_not_included=26)
    assert window is not None
    assert set(window.group) == set(range(10))
    assert max(window.distance) == -27
    assert min(window.distance) == -2 * 52 - 3
    in_group_nine = [d for d, g in zip(window.distance, window.group, strict=True) if g == 9]
    assert in_group_nine == [*range(-107, -100), *range(-55, -48)]


def test_the_same_week_by_date_has_the_same_weekday() -> None:
    calendar = windows.Calendar(WEEKS, 52, DATES)
    points = windows.same_time_of_years(calendar, calendar.places(), 290, 5)
    assert points is not None
    days = [DATES[p - 1] for p in points]
    assert {d.weekday() for d in days} == {0}
    assert all(abs((windows.years_before(days[0], i) - day).days) <= 3 for i, day in enumerate(days))


def test_leap_days_and_short_months_overflow() -> None:
    assert windows.years_before(date(2016, 2, 29), 1) == date(2015, 3, 1)
    assert windows.months_after(date(2018, 1, 31), 1) == date(2018, 3, 3)
    assert windows.months_after(date(2018, 1, 31), -2) == date(2017, 12, 1)


@pytest.mark.parametrize("settings", [{"b": 4}, {"b": 4, "noPeriods": 10, "thresholdMethod": "nbPlugin"}])
@pytest.mark.parametrize("dates", [(), DATES])
def test_many_series_give_the_same_numbers_as_one_by_one(settings: dict[str, object], dates: tuple[date, ...]) -> None:
    counts = matrix()
    counts[2, 40:44] = np.nan
    times = range(280, 301)
    many = farrington_flexible_many(counts, dates=dates, times=times, **settings)
    for i, row in enumerate(counts):
        one = detect(Series(row, dates), "farrington-flexible", {**settings, "range": "280:300"})
        np.testing.assert_allclose(many.upperbound[i], one.upperbound[279:], rtol=1e-9)
        np.testing.assert_array_equal(many.alarm[i], one.alarm[279:])


def test_the_original_method_also_takes_many_series() -> None:
    counts = matrix(3)
    many = farrington_many(counts, times=[290, 300])
    assert many.upperbound[1, 1] == pytest.approx(detect(Series(counts[1]), "farrington").upperbound[299], rel=1e-9)


def test_missing_weeks_leave_the_reference_and_are_never_zero() -> None:
    counts = matrix(1)[0] + 20
    whole = detect(Series(counts), "farrington", {"b": 3}).upperbound[299]
    gap = counts.copy()
    gap[300 - 52 - 1] = math.nan
    zero = counts.copy()
    zero[300 - 52 - 1] = 0
    with_gap, with_zero = (detect(Series(c), "farrington", {"b": 3}).upperbound[299] for c in (gap, zero))
    assert abs(with_gap - whole) < abs(with_zero - whole)


def test_a_week_without_data_has_a_bound_but_no_verdict() -> None:
    counts = matrix(1)[0] + 5
    counts[295] = math.nan
    row = detect(Series(counts), "farrington-flexible", {"b": 3}).rows()[295]
    assert (row["alarm"], row["observed"], row["state"]) == (None, None, "DET-GAP")
    assert row["upperbound"] > 0


def test_too_few_cases_give_no_alarm_and_say_so() -> None:
    counts = np.zeros(WEEKS)
    counts[::9] = 1
    counts[-1] = 3
    row = detect(Series(counts), "farrington-flexible", {"b": 3}).rows()[-1]
    assert (row["state"], row["alarm"], row["upperbound"]) == ("DET-FEW", False, None)
    assert detect(Series(counts), "farrington-flexible", {"b": 3, "limit54": "0,4"}).rows()[-1]["alarm"] is True


def test_a_trend_stays_only_when_it_is_significant_and_three_years_long() -> None:
    counts = np.round(5 * np.exp(np.linspace(0, 2, WEEKS))) + np.resize([0, 1, 2], WEEKS)
    counts[247] = 60
    three = farrington_flexible_many(counts, b=3, times=[300])
    two = farrington_flexible_many(counts, b=2, times=[300])
    assert three.trend[0, 0] > 0
    assert math.isnan(two.trend[0, 0])


def test_times_before_the_first_full_history_are_null() -> None:
    found = detect(Series(matrix(1)[0]), "farrington-flexible", {"b": 3, "w": 2})
    assert [found.state[i] == "DET-SHORT" for i in (0, 157, 158)] == [True, True, False]


def test_too_short_a_series_is_refused() -> None:
    for method in ("farrington", "farrington-flexible"):
        with pytest.raises(Refusal) as refused:
            detect(Series(np.ones(100)), method)
        assert refused.value.code == "DET-SHORT"


@pytest.mark.parametrize("param", [
    {"b": 0}, {"w": -1}, {"alpha": 0}, {"noPeriods": 0}, {"noPeriods": 60, "b": 3}, {"limit54": "5"}, {"limit54": "5,0"},
    {"powertrans": "3/4"}, {"thresholdMethod": "exact"}, {"epochAsDate": True}, {"reweight": "maybe"}, {"weights_threshold": 0},
    {"fitFun": "glm.nb"}, {"past_weeks_not_included": -1}, {"p_threshold_trend": 2},
])
def test_a_wrong_parameter_is_refused_by_name(param: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        detect(Series(matrix(1)[0]), "farrington-flexible", param)
    assert refused.value.code == "DET-PARAM"
    assert refused.value.field in param


@pytest.mark.parametrize("spelling", ["c(0,4)", "0,4", "[0, 4]", "0;4"])
def test_pairs_may_be_written_in_several_ways(spelling: str) -> None:
    param = {"limit54": spelling, "power_transform": "none", "fit_fun": "algo.farrington.fitGLM"}
    found = detect(Series(matrix(1)[0]), "farrington", param)
    assert found.parameters["limit54"] == (0, 4)


def test_a_model_that_finds_no_level_gives_no_bound_and_says_so() -> None:
    counts = np.zeros(WEEKS)
    counts[-1] = 9
    found = detect(Series(counts), "farrington-flexible", {"b": 5, "noPeriods": 10})
    assert found.rows()[-1]["state"] == "DET-FIT"
    assert found.rows()[-1]["alarm"] is None
