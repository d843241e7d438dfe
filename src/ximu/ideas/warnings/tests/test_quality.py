"""Checks of deliveries: honest figures pass, invented ones are asked about, and too few are not judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from ximu.ideas.warnings.rules import quality


def honest(n: int = 2000) -> list[float]:
    return np.random.default_rng(3).lognormal(8, 2, n).tolist()


def test_amounts_that_grew_naturally_follow_benford() -> None:
    found = quality.benford(honest())
    assert found.suspicious is False
    assert found.facts["mean_absolute_deviation"] < 0.015


def test_amounts_drawn_evenly_do_not() -> None:
    found = quality.benford(np.random.default_rng(3).uniform(1, 10_000, 2000).tolist())
    assert found.suspicious is True
    assert "首位" in found.reason.zh


def test_what_lies_just_under_a_limit_begins_with_nine() -> None:
    """It was rounded to seven figures first: a hundred prices of 9,999,999.99 began with 1, as the law likes it."""
    found = quality.benford([9_999_999.99] * 60 + [0.3] * 30 + [1e-5] * 20 + [1e22] * 10)
    assert [round(share * 120) for share in found.facts["shares"]] == [30, 0, 30, 0, 0, 0, 0, 0, 60]


def test_benford_does_not_apply_to_few_or_narrow_figures() -> None:
    assert quality.benford([1.0] * 20).suspicious is None
    assert quality.benford(np.linspace(50, 80, 300).tolist()).suspicious is None


def test_last_digits_of_counts_spread_evenly() -> None:
    counts = np.random.default_rng(4).integers(10, 5000, 1000)
    assert quality.last_digit(counts).suspicious is False
    assert quality.last_digit([c - c % 10 + 7 if c % 3 else c for c in counts.tolist()]).suspicious is True


def test_prices_that_end_in_zero_are_no_sign_of_invention() -> None:
    prices = np.random.default_rng(6).integers(100, 90_000, 2000)
    prices[::2] -= prices[::2] % 10
    assert quality.last_digit(prices).suspicious is True
    found = quality.last_digit(prices, rounded=False)
    assert (found.suspicious, found.facts["counts"][0]) == (False, 0)
    liked = quality.last_digit([p - p % 10 + 8 if p % 3 else p for p in prices.tolist()], rounded=False)
    assert liked.suspicious is True and "末位 8" in liked.reason.zh


def test_heaping_counts_round_numbers() -> None:
    counts = np.random.default_rng(5).integers(10, 999, 600).tolist()
    assert quality.heaping(counts).suspicious is False
    rounded = [c - c % 10 if i % 3 == 0 else c for i, c in enumerate(counts)]
    found = quality.heaping(rounded)
    assert found.suspicious is True
    assert found.statistic > 0.3


def test_equal_lines_are_named_together() -> None:
    assert [f.lines for f in quality.duplicates([("a", 1), ("b", 2), ("a", 1), ("a", 1)])] == [(1, 3, 4)]
    assert quality.duplicates(["a", "b"]) == []


def test_sums_that_do_not_tie_name_line_and_difference() -> None:
    d = Decimal
    found = quality.sums_tie([(d("0.1"), d("0.2")), (d(1), d(2)), (d(1), None)], [d("0.3"), d(4), d(9)])
    assert [(f.lines, f.suspicious, f.statistic) for f in found] == [((2,), True, -1.0), ((3,), None, None)]
    assert quality.sums_tie([(d(1), d(2))], [d(4)], tolerance=d(1)) == []


def test_a_change_after_the_deadline_is_found() -> None:
    deadline = datetime(2018, 3, 1, tzinfo=UTC)
    found = quality.late_revisions([(deadline, deadline), (deadline + timedelta(days=2), deadline)])
    assert [(f.lines, f.statistic) for f in found] == [((2,), 2.0)]
