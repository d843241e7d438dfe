"""Golden cases of heaps and masses: honest intervals pass, invented ones are asked about, too few are not judged."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from ximu.ideas.warnings.rules import piling

MONDAY = date(2018, 4, 2)
DAYS = [MONDAY + timedelta(days=7 * week + day) for week in range(12) for day in range(5)]


def spread(values: np.ndarray) -> Counter[int]:
    return Counter(values.tolist())


def test_the_worked_example_by_hand() -> None:
    """Neighbours 100, 100 and 100, 100: the cubic says 100; 196 lies log(1.96) above, by hand over the root of the variances."""
    found = piling.heaped({3: 100, 4: 100, 5: 196, 6: 100, 7: 100})
    z = math.log(1.96) / math.sqrt(1 / 196 + 16 / 36 * 2 / 100 + 1 / 36 * 2 / 100)
    assert found.statistic == pytest.approx(z, rel=1e-12)
    assert (found.suspicious, found.facts["value"], found.facts["beside"], found.facts["judged"]) == (True, 5, [100, 100], 1)
    assert found.p_value == pytest.approx(0.5 * math.erfc(z / math.sqrt(2)), rel=1e-9)
    assert "恰为5个工作日的196件" in found.reason.zh
    assert found.facts["expected"] == 100.0
    again = piling.heaped({3: 100, 4: 100, 5: math.ceil(found.facts["bound"]), 6: 100, 7: 100})
    assert again.suspicious is True
    assert piling.heaped({3: 100, 4: 100, 5: math.floor(found.facts["bound"]), 6: 100, 7: 100}).suspicious is False


@pytest.mark.parametrize("draw", [
    lambda r: r.geometric(0.2, 3000), lambda r: r.poisson(4, 3000), lambda r: r.poisson(12, 3000), lambda r: r.negative_binomial(3, 0.3, 3000),
], ids=["falling", "narrow", "wide", "skewed"])
def test_a_smooth_distribution_is_not_a_heap(draw: object) -> None:
    rung = sum(bool(piling.heaped(spread(draw(np.random.default_rng(seed)))).suspicious) for seed in range(200))  # type: ignore[operator]
    assert rung <= 2


def test_estimates_in_round_days_are_a_heap() -> None:
    values = np.random.default_rng(1).poisson(9, 1000)
    values[::4] = 10
    found = piling.heaped(spread(values))
    assert (found.suspicious, found.facts["value"]) == (True, 10)


def test_few_or_edge_values_are_not_judged() -> None:
    assert piling.heaped({1: 20, 2: 20}).suspicious is None
    assert piling.heaped({0: 900, 1: 3}).suspicious is None
    assert piling.heaped({}).suspicious is None


def test_the_mass_of_one_day_by_hand() -> None:
    """Nine days with 9 (no spread, so phi is 1) and one with 36."""
    found = piling.massed(dict(zip(DAYS[:10], [9] * 9 + [36], strict=True)), DAYS[:10])
    score = 1.5 * (36 ** (2 / 3) * 9 ** (-1 / 6) - 3)
    assert found.statistic == pytest.approx(score, rel=1e-12)
    assert (found.suspicious, found.facts["day"], found.facts["count"]) == (True, DAYS[9].isoformat(), 36)
    for count, doubt in ((math.ceil(found.facts["bound"]), True), (math.floor(found.facts["bound"]), False)):
        assert piling.massed(dict(zip(DAYS[:10], [9] * 9 + [count], strict=True)), DAYS[:10]).suspicious is doubt


def test_honest_days_are_not_a_mass() -> None:
    for spread_of, most in ((lambda r: r.poisson(6, 60), 2), (lambda r: r.negative_binomial(4, 0.4, 60), 6)):
        rung = sum(bool(piling.massed(dict(zip(DAYS, spread_of(np.random.default_rng(s)).tolist(), strict=True)), DAYS).suspicious)
                   for s in range(200))
        assert rung <= most


def test_all_on_one_day_is_a_mass_and_few_are_not_judged() -> None:
    assert piling.massed({DAYS[30]: 80}, DAYS).suspicious is True
    assert piling.massed({DAYS[30]: 49}, DAYS).suspicious is None
    assert piling.massed({DAYS[1]: 80}, DAYS[:5]).suspicious is None
