"""Detectors: published values, states instead of zeros, parameters under both spellings, refusals that name the fault."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ximu.ideas.warnings.rules import reading
from ximu.ideas.warnings.rules.detectors import detect
from ximu.ideas.warnings.rules.series import Series
from ximu.kernel.refusal import Refusal

STEADY = Series(np.array([3, 5, 4, 6, 5, 4, 5, 20, 4, 5, 6, 5, 4, 30, 5, 6], float))


def with_gap(at: int) -> Series:
    counts = STEADY.observed.copy()
    counts[at - 1] = math.nan
    return Series(counts)


def test_c1_bound_is_mean_plus_z_times_sd() -> None:
    found = detect(STEADY, "ears-c1", {"alpha": 0.025})
    base = STEADY.observed[:7]
    assert found.upperbound[7] == pytest.approx(base.mean() + 1.959963984540054 * base.std(ddof=1))
    assert found.alarm[7] == 1
    assert math.isnan(found.upperbound[6])
    assert found.state[6] == "DET-SHORT"


def test_c2_keeps_two_days_between_today_and_its_baseline() -> None:
    found = detect(STEADY, "ears-c2")
    assert found.expected[9] == pytest.approx(STEADY.observed[:7].mean())


def test_c3_derived_bound_judges_today_while_the_reference_bound_judges_the_days_before() -> None:
    assert detect(STEADY, "ears-c3", {"c3bound": "derived"}).expected[13] == pytest.approx(STEADY.observed[4:11].mean())
    jump = Series(np.array([3, 5, 4, 6, 5, 4, 5, 4, 5, 4, 6, 5, 40], float))
    assert detect(jump, "ears-c3", {"c3bound": "derived"}).alarm[12] == 1
    assert detect(jump, "ears-c3").alarm[12] == 0


def test_cusum_adds_up_small_excesses() -> None:
    found = detect(Series(np.full(6, 6.0)), "cusum", {"m": 4, "k": 0.5, "h": 1.2, "trans": "standard"})
    assert found.score.tolist() == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
    assert found.alarm.tolist() == [0, 0, 1, 1, 1, 1]


def test_cusum_knows_the_negative_binomial_anscombe_transformation() -> None:
    found = detect(Series(np.array([4.0, 9.0])), "cusum", {"m": 4, "k": 0, "h": 5, "trans": "anscombeNegBin", "alpha": 1e-9})
    poisson = detect(Series(np.array([4.0, 9.0])), "cusum", {"m": 4, "k": 0, "h": 5, "trans": "anscombe"})
    assert found.score == pytest.approx(poisson.score, rel=1e-6)


def test_ewma_level_follows_the_published_recursion() -> None:
    found = detect(Series(np.array([5.0, 9.0])), "ewma", {"m": 5, "lambda": 0.2, "L": 2, "overdispersed": False})
    assert found.score.tolist() == pytest.approx([5.0, 5.8])
    limit = 5 + 2 * math.sqrt(0.2 / 1.8 * (1 - 0.8**4) * 5)
    assert found.upperbound[1] == pytest.approx((limit - 0.8 * 5) / 0.2)


@pytest.mark.parametrize("method", ["cusum", "ewma"])
def test_a_week_without_data_is_null_and_leaves_the_sum(method: str) -> None:
    found = detect(with_gap(8), method, {"m": 5})
    row = found.rows()[7]
    assert (row["observed"], row["alarm"], row["score"], row["state"]) == (None, None, None, "DET-GAP")
    shorter = Series(np.delete(STEADY.observed, 7))
    if method == "cusum":
        assert found.score[8:].tolist() == detect(shorter, method, {"m": 5}).score[7:].tolist()


@pytest.mark.parametrize("trans", ["standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin"])
def test_a_history_without_a_case_gives_cusum_no_score(trans: str) -> None:
    series = Series(np.array([0.0] * 20 + [0, 2, 0, 1]))
    rows = detect(series, "cusum", {"trans": trans, "from": 21}).rows()[20:]
    assert {(row["state"], row["alarm"], row["score"]) for row in rows} == {("DET-FIT", None, None)}
    own = detect(series, "cusum", {"trans": trans, "from": 21, "m": 0.5}).rows()[20:]
    assert all(row["alarm"] is not None for row in own), "a mean that was given stands"
    assert detect(series, "cusum", {"trans": "none", "from": 21, "k": 0.5, "h": 1}).rows()[21]["alarm"] is True


def test_a_baseline_with_a_gap_gives_no_bound() -> None:
    found = detect(with_gap(5), "ears-c1")
    assert found.state[7:12] == ("DET-GAP",) * 5
    assert found.state[12] in {"DET-QUIET", "DET-ALARM"}


def test_every_row_has_a_reason_in_both_languages() -> None:
    rows = detect(with_gap(5), "ears-c1", {"range": "10:14"}).rows()
    assert all(row["reason_zh"] and row["reason_en"] for row in rows)
    assert {row["state"] for row in rows} == {"DET-RANGE", "DET-GAP", "DET-QUIET", "DET-ALARM"}


@pytest.mark.parametrize(("one", "other"), [("min_sigma", "minSigma"), ("MINSIGMA", "min.sigma")])
def test_both_spellings_are_one_parameter(one: str, other: str) -> None:
    assert detect(STEADY, "ears-c1", {one: 1}).upperbound[7] == detect(STEADY, "ears-c1", {other: 1}).upperbound[7]


@pytest.mark.parametrize(("method", "param"), [
    ("ears-c1", {"baseline": 2}), ("ears-c1", {"min_sigma": -1}), ("ears-c1", {"k": 1}), ("ears-c4", {}),
    ("ears-c1", {"alpha": 1}), ("ears-c1", {"range": "5:99"}), ("cusum", {"h": 0, "m": 1}), ("cusum", {"trans": "log", "m": 1}),
    ("cusum", {"k": "many", "m": 1}), ("ewma", {"lambda": 2}), ("ears-c1", {"range": "9:2"}), ("ears-c1", {"alpha": "nan"}),
])
def test_a_wrong_parameter_is_refused_by_name(method: str, param: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        detect(STEADY, method, param)
    assert refused.value.code == "DET-PARAM"
    assert refused.value.field in {*param, "method"}
    assert "whole number" not in refused.value.zh


def test_a_series_without_enough_history_is_refused() -> None:
    for method, param in (("ears-c2", {"baseline": 15}), ("cusum", {}), ("ewma", {})):
        with pytest.raises(Refusal) as refused:
            detect(STEADY, method, param)
        assert refused.value.code == "DET-SHORT"


def test_a_time_left_out_of_the_table_is_missing_and_keeps_its_place() -> None:
    series = reading.series_of(["t,date,observed", "3,2018-01-01,4", "4,2018-01-08,NA", "7,2018-01-29,5"])
    assert [None if math.isnan(v) else v for v in series.observed] == [4, None, None, None, 5]
    assert [d.isoformat() for d in series.dates][2:4] == ["2018-01-15", "2018-01-22"]
    assert (series.first_t, series.freq) == (3, 52)


def test_the_frequency_is_told_by_the_dates() -> None:
    months = [f"{i + 1},2018-{i + 1:02d}-01,1" for i in range(6)]
    days = [f"{i + 1},2018-01-{i + 1:02d},1" for i in range(6)]
    assert [reading.series_of(["t,date,observed", *rows]).freq for rows in (months, days)] == [12, 365]


@pytest.mark.parametrize(("lines", "line", "field"), [
    (["t,date"], 1, "observed"), (["t,observed"], 2, "observed"), (["t,observed", "1,x"], 2, "observed"),
    (["t,observed", "1,2", "1,3"], 3, "t"), (["t,observed", "1,-2"], 2, "observed"), (["t,observed", "0,2"], 2, "t"),
    (["t,date,observed", "1,2018-02-30,2"], 2, "date"), (["t,date,observed", "1,2018-01-01,2", "2,,2"], 3, "date"),
    (["t,date,observed", "1,2018-01-08,2", "2,2018-01-01,2"], 3, "date"), (["t,observed", "1,2,3"], 2, "row"),
    (["t,observed", "1,inf"], 2, "observed"), (["t,observed,population", "1,2,0"], 2, "population"),
    (["t,observed", "1,1", "999999999,1"], 3, "t"), (["t,observed", "1,1.5"], 2, "observed"),
])
def test_a_fault_in_the_table_names_line_and_field(lines: list[str], line: int, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        reading.series_of(lines)
    assert refused.value.code == "DET-INPUT"
    assert (refused.value.extra["line"], refused.value.field) == (line, field)


def test_a_range_is_asked_in_the_t_of_the_table() -> None:
    lines = ["t,observed", *(f"{t + 100},{v:g}" for t, v in enumerate(STEADY.observed, start=1))]
    rows = detect(reading.series_of(lines), "ears-c1", {"range": "110:112"}).rows()
    assert [row["t"] for row in rows if row["state"] != "DET-RANGE"] == [110, 111, 112]
    with pytest.raises(Refusal) as refused:
        detect(reading.series_of(lines), "ears-c1", {"range": "10:12"})
    assert (refused.value.code, refused.value.value) == ("DET-PARAM", "10:12")
    until = detect(reading.series_of(lines), "ears-c1", {"to": 112}).rows()
    assert [row["t"] for row in until if row["alarm"] is not None] == [108, 109, 110, 111, 112]


@pytest.mark.parametrize("method", ["ears-c1", "ears-c2", "ears-c3", "farrington", "farrington-flexible"])
def test_a_series_of_nothing_but_gaps_is_no_data_and_never_a_failed_model(method: str) -> None:
    rows = detect(reading.series_of(["t,observed", *(f"{t},NA" for t in range(1, 331))]), method, {}).rows()
    assert {row["state"] for row in rows} == {"DET-SHORT", "DET-GAP"}
    assert all(row["alarm"] is None and row["observed"] is None for row in rows)


@pytest.mark.parametrize("method", ["ears-c1", "ears-c2", "ears-c3", "farrington", "farrington-flexible", "cusum"])
def test_a_series_of_nothing_but_zeros_raises_no_alarm(method: str) -> None:
    rows = detect(reading.series_of(["t,observed", *(f"{t},0" for t in range(1, 331))]), method, {}).rows()
    assert not any(row["alarm"] for row in rows)


def test_a_count_may_be_written_with_a_point() -> None:
    assert reading.series_of(["t,observed", "1,2.0", "2,3"]).observed.tolist() == [2, 3]
