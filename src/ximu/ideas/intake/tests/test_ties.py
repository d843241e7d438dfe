"""Totals that tie to their parts, to the last place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.intake.rules.ties import must_tie, untied
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = pytest.mark.row("D5")
TIES = [{"total": "t", "parts": ["a", "-b"]}, {"total": "a", "parts": ["b"], "least": True}]
money = st.decimals(0, 10**9, places=4)


@given(money, money, money)
def test_a_difference_is_found_exactly_and_only_there(a: Decimal, b: Decimal, off: Decimal) -> None:
    a, b = max(a, b), min(a, b)
    assert untied(TIES, {"t": a - b, "a": a, "b": b}) == []
    found = untied(TIES, {"t": a - b + off, "a": a, "b": b})
    assert [one.difference for one in found] == ([off] if off else [])


def test_what_was_not_delivered_ties_to_nothing_and_the_refusal_names_all() -> None:
    assert untied(TIES, {"t": None, "a": Decimal(1), "b": Decimal(1)}) == []
    rows = [(2, {"t": Decimal("1.5"), "a": Decimal(1), "b": Decimal(2)}), (3, {"t": Decimal(2), "a": Decimal(2), "b": Decimal(0)})]
    with pytest.raises(Refusal) as caught:
        must_tie(TIES, rows, {"t": Text("合计", "total"), "a": Text("甲", "a")})
    told = caught.value
    assert (told.code, told.field, told.extra["difference"]) == ("BAL-TIE", "t", "2.5")
    assert [(one["line"], one["field"], one["rule"]) for one in told.extra["faults"]] == [(2, "t", "t = a − b"), (2, "a", "a ≥ b")]
