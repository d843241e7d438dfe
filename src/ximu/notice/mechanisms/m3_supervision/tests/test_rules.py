"""Draws that anyone can repeat; lists read line by line; findings that say everything."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import rules
from ximu.notice.mechanisms.m3_supervision.tests.factories import row

pytestmark = pytest.mark.row("M3.2", "M3.3")
TODAY = date(2018, 3, 5)


@given(st.sets(st.text("abcdef", min_size=1, max_size=6), min_size=1, max_size=30), st.binary(min_size=32, max_size=32), st.data())
def test_a_sample_follows_from_list_and_seed_alone(units: set[str], seed: bytes, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(units)))
    drawn = rules.sample(units, size, seed)
    assert len(set(drawn)) == size and set(drawn) <= units
    assert rules.sample(sorted(units, reverse=True), size, seed) == drawn
    assert rules.sample(units, len(units), seed)[:size] == drawn, "a larger sample begins with the smaller one"
    assert rules.commitment_of(seed, units) == rules.commitment_of(seed, sorted(units))
    assert rules.commitment_of(seed, units) != rules.commitment_of(seed, units | {"zz"})


def test_every_unit_is_drawn_about_equally_often() -> None:
    units = [f"u{n}" for n in range(10)]
    counts = dict.fromkeys(units, 0)
    for n in range(2000):
        for unit in rules.sample(units, 3, n.to_bytes(32, "big")):
            counts[unit] += 1
    assert all(500 < count < 700 for count in counts.values()), "600 expected, five standard deviations are about 100"


@pytest.mark.parametrize(("code", "change"), [
    ("FIELD-NEED", {"title": ""}), ("FIELD-NEED", {"lead": " "}), ("FIELD-LONG", {"title": "长" * 201}), ("PROP-KIND", {"kind": "议案"}),
    ("DATE-FORM", {"assigned_on": "三月二日"}), ("TIME-FUTURE", {"assigned_on": "2018-03-06"}), ("DATE-ORDER", {"received_on": "2018-03-03"}),
    ("OFFICIAL-NUMBER", {"delegate": "310101199001011234"}), ("DATE-FORM", {"assigned_on": "2018-02-30"}),
])
def test_a_bad_line_names_field_value_and_rule(code: str, change: dict[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        rules.read(row(**change), line=3, today=TODAY)
    assert caught.value.code == code and caught.value.field


def test_a_line_is_read_as_written() -> None:
    found = rules.read(row(assisting="甲局；乙局，甲局", assigned_on="2018/03/02", kind="提案"), line=3, today=TODAY)
    assert (found.assisting, found.assigned_on, found.kind) == (("甲局", "乙局"), date(2018, 3, 2), "proposal")


def test_a_finding_says_all_four_parts() -> None:
    with pytest.raises(Refusal) as caught:
        rules.must_be_whole({"criterion": "x", "condition": " ", "cause": "x"})
    assert caught.value.code == "FIND-PART" and caught.value.extra["missing"] == ["condition", "effect"]
