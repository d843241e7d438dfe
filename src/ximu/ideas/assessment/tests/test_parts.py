"""A score by parts: the lines add up to it, what does not apply hands its weight on, what is missing makes no grade."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.assessment.rules.parts import Fact, method_on, rated

METHOD: dict[str, Any] = {
    "version": "1", "since": date(2018, 1, 1),
    "part": [{"code": "a", "zh": "甲", "en": "A", "weight": 40}, {"code": "b", "zh": "乙", "en": "B", "weight": 60}],
    "deduction": [{"code": "d", "zh": "扣", "en": "D", "each": 5, "cap": 12}],
    "grade": [{"label": "good", "lowest": 80}, {"label": "fair", "lowest": 60}, {"label": "poor", "lowest": 0}],
}


def test_weights_deductions_and_caps() -> None:
    found = rated(METHOD, {"a": Fact(1, 2), "b": Fact(3, 3)}, {"d": 9})
    assert (found.score, found.grade, [str(one.points) for one in found.lines]) == (Decimal("68.00"), "fair", ["20.00", "60.00", "-12"])


def test_a_part_that_does_not_apply_hands_its_weight_on_and_a_missing_one_rates_nobody() -> None:
    assert rated(METHOD, {"a": Fact(1, 2), "b": Fact(state="none")}, {}).score == Decimal("50.00")
    missing = rated(METHOD, {"a": Fact(1, 1), "b": Fact(state="missing")}, {})
    assert (missing.grade, missing.score) == ("NR", None) and "缺少数据" in missing.lines[1].words.zh
    assert rated(METHOD, {"a": Fact(state="none"), "b": Fact(state="none")}, {}).grade == "NR"


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30), st.integers(0, 50))
def test_the_lines_add_up_and_the_score_stays_in_its_bounds(a: int, m: int, b: int, n: int, d: int) -> None:
    found = rated(METHOD, {"a": Fact(min(a, m), m), "b": Fact(min(b, n), n)}, {"d": d})
    assert sum((one.points for one in found.lines), Decimal(0)) == found.score and 0 <= found.score <= 100
    assert found.plain()["score"] == str(found.score)


def test_the_method_is_that_of_the_day() -> None:
    older, newer = {**METHOD, "version": "0", "since": date(2017, 1, 1)}, METHOD
    assert [method_on([newer, older], on)["version"] for on in (date(2016, 1, 1), date(2017, 6, 1), date(2018, 1, 1))] == ["0", "0", "1"]
