"""Beside the detectors: many alarms at once, false alarms on quiet history, late reports, clusters of streets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ximu.ideas.warnings.rules.backtest import back_test, wilson
from ximu.ideas.warnings.rules.lateness import delays, nowcast, withheld
from ximu.ideas.warnings.rules.multiplicity import benjamini_hochberg
from ximu.ideas.warnings.rules.scan import scan
from ximu.ideas.warnings.rules.series import Series
from ximu.kernel.refusal import Refusal

# The fifteen p-values of Benjamini and Hochberg (1995), §4: four discoveries at q = 0.05 (Bonferroni: three).
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]


def test_the_published_example_has_four_discoveries() -> None:
    found = benjamini_hochberg(PUBLISHED, q=0.05)
    assert found.stands.tolist() == [True] * 4 + [False] * 11
    assert found.adjusted[0] == pytest.approx(0.0015)


def test_a_series_without_a_p_value_is_not_a_test() -> None:
    found = benjamini_hochberg([0.01, math.nan, 0.9])
    assert (found.tests, found.stands.tolist()) == (2, [True, False, False])
    assert math.isnan(found.adjusted[1])


def test_quiet_history_tells_the_false_alarm_rate() -> None:
    rng = np.random.default_rng(1)
    quiet = [Series(rng.poisson(20, 300).astype(float)) for _ in range(10)]
    found = back_test(quiet, "cusum", {"m": 20, "k": 0.5, "h": 8})
    assert found.judged == 3000
    assert found.low <= found.rate <= found.high < 0.02


def test_times_that_were_not_quiet_do_not_count() -> None:
    loud = np.full(30, 5.0)
    loud[20] = 90
    loud[::2] += 1
    whole = back_test([Series(loud)], "ears-c1", {})
    without = back_test([Series(loud)], "ears-c1", {}, outbreaks=[[21]])
    assert (whole.alarms, without.alarms, whole.judged - without.judged) == (1, 0, 1)


def test_nothing_judged_means_not_known_instead_of_zero() -> None:
    found = back_test([], "ears-c1", {})
    assert found.rate is None


def test_wilson_interval_of_a_known_case() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def triangle() -> np.ndarray:
    return np.tile([60.0, 30.0, 10.0], (8, 1))


def test_delays_and_withheld_times_follow_the_triangle() -> None:
    assert delays(triangle()).reported == pytest.approx([0.6, 0.9, 1.0])
    assert [withheld(triangle(), share=s) for s in (0.5, 0.8, 0.95)] == [0, 1, 2]


def test_late_reports_do_not_look_like_calm() -> None:
    found = nowcast(triangle())
    assert found.so_far[-2:].tolist() == [90, 60]
    assert found.estimate == pytest.approx(np.full(8, 100.0))
    assert (found.low[-1] < 100 < found.high[-1], found.complete.tolist()[-3:]) == (True, [True, False, False])
    assert "60%" in found.reason(7).zh


def test_a_street_with_too_many_complaints_is_found() -> None:
    places = [(x, y) for x in range(5) for y in range(5)]
    cases = np.full(25, 10.0)
    cases[[0, 1, 5]] = 30
    clusters = scan(cases, np.full(25, 1000.0), places)
    assert set(clusters[0].members) >= {0, 1, 5}
    assert clusters[0].p_value == pytest.approx(0.001)
    inside, expected, total = clusters[0].cases, clusters[0].expected, cases.sum()
    by_hand = inside * math.log(inside / expected) + (total - inside) * math.log((total - inside) / (total - expected))
    assert clusters[0].ratio == pytest.approx(by_hand)
    assert scan(cases, np.full(25, 1000.0), places) == clusters


def test_an_even_city_has_no_significant_cluster() -> None:
    places = [(x, y) for x in range(5) for y in range(5)]
    cases = np.random.default_rng(8).poisson(10, 25)
    assert all(c.p_value > 0.05 for c in scan(cases, np.full(25, 1000.0), places))
    assert scan(np.zeros(25), np.ones(25), places) == []


@pytest.mark.parametrize("call", [
    lambda: benjamini_hochberg([0.1], q=0), lambda: benjamini_hochberg([1.2]), lambda: withheld(triangle(), share=0),
    lambda: nowcast([1, 2]), lambda: nowcast([[-1]]), lambda: scan([1, 2], [1, 0], [(0, 0), (1, 1)]),
    lambda: scan([1], [1], [(0, 0)]), lambda: scan([1, math.nan], [1, 1], [(0, 0), (1, 1)]),
    lambda: scan([1, 2], [1, 1], [(0, 0), (1, 1)], largest_share=2),
])
def test_what_makes_no_sense_is_refused(call) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert refused.value.code == "DET-PARAM"
