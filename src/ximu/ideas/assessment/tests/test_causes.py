"""The difference of two scores splits into causes that add up to it exactly, and names what was changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.causes import Side, causes, mixed, parts
from ximu.ideas.assessment.rules.explain import explain
from ximu.ideas.assessment.rules.frozen import rescored

pytestmark = pytest.mark.row("M3.1")
METHOD = """
[method]
name = "M"
decimals = 2
[missing]
rule = "RULE"
minimum = 0
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "S"
[[indicator]]
code = "a"
parent = "S"
weight = WA
goalposts = [0, 100]
accept = ["METH-CLIP"]
source = "file"
owner = "o"
[[indicator]]
code = "b"
parent = "S"
weight = WB
goalposts = [0, TOP]
accept = ["METH-CLIP"]
source = "file"
owner = "o"
[[deduction]]
column = "off"
each = 2
cap = 10
"""


def method(wa: str = "0.5", wb: str = "0.5", rule: str = "mean", top: str = "10"):
    return loading.load(METHOD.replace("WA", wa).replace("WB", wb).replace("RULE", rule).replace("TOP", top))


def data(*rows: tuple[str, str, str, str]) -> str:
    return "unit,a,b,off\n" + "".join(",".join(row) + "\n" for row in rows)


OLD = data(("u1", "50", "5", "0"), ("u2", "80", "2", "1"))


def only(found, unit: str = "u1") -> list[tuple[str, str, Decimal]]:
    return [(c.kind, c.column, c.points) for c in found[unit].causes]


def test_each_planted_change_is_named_alone() -> None:
    side = Side(method(), OLD)
    assert only(causes(side, Side(method(), data(("u1", "70", "5", "0"), ("u2", "80", "2", "1"))))) == [("records", "a", Decimal("10.00"))]
    assert only(causes(side, Side(method(), data(("u1", "50", "5", "3"), ("u2", "80", "2", "1"))))) == [("records", "off", Decimal("-6.00"))]
    heavier = causes(Side(method(), data(("u1", "50", "10", "0"))), Side(method("0.8", "0.2"), data(("u1", "50", "10", "0"))))
    assert only(heavier) == [("weights", "", Decimal("-15.00"))]
    assert only(causes(side, Side(method(top="20"), OLD))) == [("method", "", Decimal("-12.50"))]
    gaps = data(("u1", "50", "", "0"), ("u2", "80", "2", "1"))
    assert only(causes(Side(method(), gaps), Side(method(rule="worst"), gaps))) == [("missing", "", Decimal("-10.00"))]


def test_the_same_scoring_has_no_causes() -> None:
    assert causes(Side(method(), OLD), Side(method(), OLD))["u1"].causes == ()


def test_a_unit_rated_on_one_side_only_is_not_compared() -> None:
    found = causes(Side(method(), OLD), Side(method(), data(("u1", "50", "5", "0"), ("u3", "1", "1", "0"))))
    assert set(found) == {"u1"}


def test_the_method_of_the_middle_takes_each_part_from_its_side() -> None:
    before, after = method(), method("0.8", "0.2", "worst", "20")
    middle = mixed(before, after, {"weights"})
    assert [float(i.weight) for i in middle.indicators] == [0.8, 0.2]
    assert middle.missing.rule == before.missing.rule
    assert middle.indicators[1].goalposts == (0, 10)


NUMBERS = st.integers(0, 100).map(str)
ROWS = st.tuples(NUMBERS, st.one_of(st.integers(0, 12).map(str), st.just("")), st.integers(0, 7).map(str))


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, min_size=3, max_size=3), st.lists(ROWS, min_size=3, max_size=3), st.integers(1, 9), st.sampled_from(["mean", "worst"]))
def test_causes_add_up_to_the_published_change(old: list, new: list, weight: int, rule: str) -> None:
    sides = [Side(method(), data(*((f"u{n}", *row) for n, row in enumerate(old)))),
             Side(method(f"0.{weight}", f"0.{10 - weight}", rule, "12"), data(*((f"u{n}", *row) for n, row in enumerate(new))))]
    for found in causes(*sides).values():
        assert found.before + sum((c.points for c in found.causes), Decimal(0)) == found.after
    told = [{r.table.units[k]: explain(r, r.table.units[k]) for k in range(3)} for r in (rescored(s.method, s.data) for s in sides)]
    for unit in ("u0", "u1", "u2"):
        if told[0][unit]["score"] and told[1][unit]["score"]:
            total = sum((Decimal(p["change"]) for p in parts(told[0][unit], told[1][unit])), Decimal(0))
            assert total == Decimal(told[1][unit]["score"]) - Decimal(told[0][unit]["score"])
