"""Scores keep their promises: order does not matter, better is not worse, nothing is gained by silence, parts add up."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.ideas.assessment.rules import aggregate, impute, loading, normalise, treat, weights
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.explain import explain
from ximu.ideas.assessment.rules.report import as_json
from ximu.ideas.assessment.rules.score import Result, score
from ximu.kernel.refusal import Refusal

NAN = float("nan")


def method(indicators: str = "abc", head: str = "", root: str = "", each: str = "") -> str:
    leaves = "".join(f'[[indicator]]\ncode="{c}"\nparent="I"\n{each}\n' for c in indicators)
    return f'{head}\n{leaves}[[node]]\ncode="I"\n{root}\n'


def run(text: str, data: str) -> Result:
    return score(loading.load(text), read(data))


def csv_of(rows: list[list[object]], names: str = "abc") -> str:
    return "\n".join(["unit," + ",".join(names), *(f"u{n}," + ",".join(map(str, r)) for n, r in enumerate(rows))]) + "\n"


numbers = st.integers(1, 1000)
tables = st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=4, max_size=9)
rules = st.sampled_from(["arithmetic", "geometric", "harmonic", "median", "copeland", "a_copeland", "minimum", "maximum", "copeland-net"])
RANGE = '[normalisation]\nmethod="minmax"\nrange=[1,100]\n'


@settings(max_examples=60, deadline=None)
@given(tables, rules, st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(rows: list[list[int]], rule: str, dice: random.Random) -> None:
    text = method(head=RANGE, root=f'aggregate="{rule}"')
    lines = csv_of(rows).splitlines()
    mixed = lines[1:]
    dice.shuffle(mixed)
    one, other = as_json(run(text, "\n".join(lines))), as_json(run(text, "\n".join([lines[0], *mixed])))
    assert {u: one["ranks"][u] for u in one["units"]} == {u: other["ranks"][u] for u in one["units"]}
    assert {u: one["scores"][u] for u in one["units"]} == {u: pytest.approx(other["scores"][u], nan_ok=True) for u in one["units"]}


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(1, 500), st.sampled_from(["arithmetic", "geometric", "harmonic", "median", "minimum", "maximum"]))
def test_doing_better_on_fixed_goalposts_never_scores_worse(rows: list[list[int]], gain: int, rule: str) -> None:
    text = method(head='[normalisation]\nmethod="goalposts"\nrange=[1,100]\n', root=f'aggregate="{rule}"', each="goalposts=[0,1000]")
    better = [[rows[0][0] + gain, *rows[0][1:]], *rows[1:]]
    before, after = (run(text, csv_of(t)).scores["I"] for t in (rows, better))
    assert after[0] >= before[0] - 1e-9
    assert after[1:] == pytest.approx(before[1:])


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(["minmax", "zscore", "rank", "prank", "borda"]), st.sampled_from(["incomplete", "worst", "omit"]))
def test_not_delivering_is_never_better_than_delivering(rows: list[list[int]], name: str, rule: str) -> None:
    """A value that was owed counts as the worst, under every rule for what is merely missing."""
    text = method(head=f'[normalisation]\nmethod="{name}"\n[missing]\nrule="{rule}"\n')
    silent = [["ND", *rows[0][1:]], *rows[1:]]
    told, kept = run(text, csv_of(silent)), run(text, csv_of(rows))
    column = told.normalised[:, 0]
    assert column[0] == np.nanmin(column) or np.isnan(column[1:]).all()
    if np.isfinite(column[0]) and np.isfinite(kept.normalised[:, 0]).all():
        assert told.ranks["a"][0] >= told.ranks["a"][1:].max() or name != "rank"


def test_by_default_a_gap_is_not_rated_and_said_so() -> None:
    result = run(method(), csv_of([[1, 2, 3], ["", 9, 9], [4, 5, 6]]))
    assert result.rated.tolist() == [True, False, True]
    assert np.isnan(result.scores["I"][1])
    assert "METH-MISS" in [w.code for w in result.warnings]
    assert as_json(result)["published"]["u1"] == {"score": None, "rank": None, "grade": None, "rated": False}


def test_missing_not_applicable_not_delivered_and_zero_are_four_things() -> None:
    text = method("ab", head='[normalisation]\nmethod="goalposts"\nrange=[0,100]\n[missing]\nrule="omit"\nminimum=0.5\n', each="goalposts=[-10,10]")
    result = run(text, "unit,a,b\nzero,0,10\nmissing,,10\nna,N/A,10\nnd,ND,10\ngone,,\n")
    assert result.scores["I"][:4] == pytest.approx([75, 100, 100, 50])
    assert [result.prepared.states["a"][n] for n in range(4)] == ["delivered", "missing", "not-applicable", "not-delivered"]
    assert result.rated.tolist() == [True, True, True, True, False]
    few = run(text.replace("minimum=0.5", "minimum=0.9"), "unit,a,b\nmissing,,10\nna,N/A,10\n")
    assert few.rated.tolist() == [False, True]


POINTS = """
[method]
decimals = 1
maximum = 100
minimum = 0
[missing]
rule = "omit"
[[node]]
code = "I"
aggregate = "sum"
[[indicator]]
code = "late"
parent = "I"
normalise = "deduction"
full = 40
each = 0.5
cap = 20
[[indicator]]
code = "share"
parent = "I"
weight = 60
goalposts = [0, 1]
[[deduction]]
column = "cases"
each = 2
cap = 5
[[bonus]]
column = "praise"
each = 0.3
cap = 1
[[veto]]
column = "fraud"
limit = 59
[[grade]]
label = "A"
lowest = 90
[[grade]]
label = "B"
lowest = 60
[[grade]]
label = "C"
"""
CITY = "unit,late,share,cases,praise,fraud\nx,3,0.901,1,2,0\ny,99,0.5,9,99,0\nz,0,1,0,9,1\nw,0,1,0,9,0\nv,,0.5,0,0,0\n"


def test_points_add_up_exactly_with_deductions_bonus_veto_and_grade() -> None:
    result = run(POINTS, CITY)
    shown = as_json(result)["published"]
    assert [shown[u]["score"] for u in "xyzwv"] == ["91.2", "46.0", "59.0", "100.0", "50.0"]
    assert [shown[u]["grade"] for u in "xyzwv"] == ["A", "C", "C", "A", "C"]
    for unit in "xyzwv":
        told = explain(result, unit)
        parts = sum((Decimal(p["contribution"]) for p in told["parts"]), Decimal(0))
        moved = sum((Decimal(a["points"]) for a in told["adjustments"]), Decimal(0))
        assert parts + moved == Decimal(told["score"]), unit
    assert [(a["kind"], a["points"]) for a in explain(result, "z")["adjustments"]] == [("bonus", "1"), ("veto", "-42.0")]


@settings(max_examples=50, deadline=None)
@given(tables, st.lists(st.integers(1, 9), min_size=3, max_size=3), st.integers(0, 4))
def test_parts_of_a_mean_add_up_to_the_published_score_exactly(rows: list[list[int]], share: list[int], decimals: int) -> None:
    leaves = "".join(f'[[indicator]]\ncode="{c}"\nparent="I"\nweight={w}\n' for c, w in zip("abc", share, strict=True))
    text = f'[method]\ndecimals={decimals}\n[weights]\nmethod="relative"\n[[node]]\ncode="I"\n' + leaves
    result = run(text, csv_of(rows))
    for unit in result.table.units:
        told = explain(result, unit)
        if told["score"] is not None:
            assert sum((Decimal(p["contribution"]) for p in told["parts"]), Decimal(0)) == Decimal(told["score"])


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        explain(run(POINTS, CITY), "q")
    assert refused.value.code == "INDEX-UNIT"


X = np.array([3.0, 1.0, 4.0, 1.0, NAN, 9.0])


@pytest.mark.parametrize(("name", "direction", "params", "wanted"), [
    ("minmax", 1, {}, [25, 0, 37.5, 0, NAN, 100]), ("minmax", -1, {"range": [1, 9]}, [7, 9, 6, 9, NAN, 1]),
    ("rank", 1, {}, [3, 1, 4, 1, NAN, 5]), ("rank", 1, {"ties": "average"}, [3, 1.5, 4, 1.5, NAN, 5]),
    ("rank", -1, {}, [3, 4, 2, 4, NAN, 1]), ("prank", 1, {}, [0.5, 0, 0.75, 0, NAN, 1]), ("borda", 1, {}, [2, 0, 3, 0, NAN, 4]),
    ("dist2max", 1, {}, [0.25, 0, 0.375, 0, NAN, 1]), ("dist2ref", 1, {"reference": 3}, [2 / 3, 0, 1, 0, NAN, 8 / 3]),
    ("dist2ref", 1, {"reference": 3, "cap": True}, [2 / 3, 0, 1, 0, NAN, 1]), ("dist2targ", 1, {"target": 5}, [0.5, 0, 0.75, 0, NAN, 2]),
    ("dist2targ", -1, {"target": 1}, [0.75, 1, 0.625, 1, NAN, 0]), ("fracmax", 1, {}, [3 / 9, 1 / 9, 4 / 9, 1 / 9, NAN, 1]),
    ("scaled", 1, {"bounds": [1, 5]}, [50, 0, 75, 0, NAN, 200]),
    ("goalposts", 1, {"goalposts": [2, 6], "range": [0, 10]}, [2.5, 0, 5, 0, NAN, 10]), ("goalposts", -1, {"goalposts": [2, 6]}, [0.75, 1, 0.5, 1, NAN, 0]),
    ("goalposts", 1, {"goalposts": [2, 6], "clip": False}, [0.25, -0.25, 0.5, -0.25, NAN, 1.75]),
    ("bands", 1, {"bands": [[0, 10], [3, 20], [9, 30]]}, [20, 10, 20, 10, NAN, 30]), ("yesno", 1, {"range": [0, 5]}, [5, 5, 5, 5, NAN, 5]),
    ("deduction", 1, {"full": 10, "each": 2, "cap": 7}, [4, 8, 3, 8, NAN, 3]),
    ("zscore", 1, {"mean_sd": [10, 2], "sd": "population"}, (X - 3.6) / np.sqrt(8.64) * 2 + 10),
])
def test_normalisations_by_hand(name: str, direction: int, params: dict, wanted: list[float]) -> None:
    got = normalise.apply(name, normalise.Column(X, direction, "abcdef"), params)
    assert got == pytest.approx(np.array(wanted), nan_ok=True)


@pytest.mark.parametrize("name", ["n_minmax", "min-max", "MinMax", "Percentile rank", "z-score", "n_dist2targ", "distance to target"])
def test_methods_answer_to_their_published_names(name: str) -> None:
    assert normalise.known(name)


@pytest.mark.parametrize(("rule", "wanted"), [
    ("arithmetic", 2.25), ("geometric", 1 * 2 ** (1 / 4) * 4 ** (2 / 4)), ("harmonic", 4 / (1 + 1 / 2 + 2 / 4)), ("median", 3.0), ("minimum", 1), ("maximum", 4),
])
def test_means_by_hand_and_without_what_is_missing(rule: str, wanted: float) -> None:
    values, share = np.array([[[1.0, 2, 4, NAN]]]), np.array([[1.0, 1, 2, 9]])
    if rule == "arithmetic":
        wanted = (1 + 2 + 8) / 4
    assert aggregate.combine(rule, values, share)[0, 0] == pytest.approx(wanted)


def test_winsorising_and_logarithm_as_coinr_documents() -> None:
    """COINr's documented example 1…10 with two outliers, 30 and 100: one point or two go to their neighbour."""
    x = np.array([*range(1, 11), 30.0, 100.0])
    assert not treat.passes(x, treat.DEFAULTS)
    pulled, moved = treat.winsorise(x, {"winmax": 5, "skew": 2.0, "kurtosis": 3.5})
    assert (moved, pulled.max()) == (1, 30.0)
    low, count = treat.winsorise(-x, {"winmax": 3, "skew": 0.5, "kurtosis": -9})
    assert (count, low.min()) == (2, -10.0)
    logged, note = treat.treat(x, {"winmax": 1, "skew": 0.5, "kurtosis": -9})
    assert note["transform"] == "log_ct"
    assert logged == pytest.approx(np.log(x - 1 + 0.99))


def test_gaps_are_filled_by_column_and_by_group() -> None:
    x, holes = np.array([1.0, 3, NAN, 10, NAN, NAN]), np.array([0, 0, 1, 0, 1, 1], dtype=bool)
    group = ["p", "p", "p", "q", "q", ""]
    assert impute.fill(x, holes, "mean", group) == pytest.approx([1, 3, 14 / 3, 10, 14 / 3, 14 / 3])
    assert impute.fill(x, holes, "median-group", group) == pytest.approx([1, 3, 2, 10, 10, NAN], nan_ok=True)
    assert impute.fill(x, holes, "omit", group) is x


def test_pairwise_comparisons_of_the_handbook() -> None:
    """OECD/JRC Handbook (2008), Table 20: a consistent matrix; patents and schooling lead."""
    third = 1 / 3
    table = np.array([
        [1, 2, 3, 2, 5, 5, 1, 3], [0.5, 1, 2, 0.5, 4, 4, 0.5, 3], [third, 0.5, 1, 0.25, 2, 2, 0.2, 0.5], [0.5, 2, 4, 1, 4, 4, 0.5, 3],
        [0.2, 0.25, 0.5, 0.25, 1, 1, 0.2, 0.5], [0.2, 0.25, 0.5, 0.25, 1, 1, 0.2, 0.5], [1, 2, 5, 2, 5, 5, 1, 4],
        [third, third, 2, third, 2, 2, 0.25, 1]])
    share, ratio = weights.ahp(table)
    assert ratio < 0.1
    assert sorted(range(8), key=lambda k: -share[k])[:2] == [6, 0]
    perfect, none = weights.ahp(np.array([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]))
    assert perfect == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert none == pytest.approx(0, abs=1e-12)


def test_entropy_gives_no_weight_to_what_does_not_tell_units_apart() -> None:
    x = np.array([[1.0, 5, 1], [2.0, 5, 1], [3.0, 5, 9]])
    share = weights.entropy(x)
    assert share[1] == 0
    assert share[2] > share[0] > 0


def test_budgets_are_averaged_over_experts() -> None:
    assert weights.budget({"a": [60, 1], "b": [40, 3]}, ["b", "a"]) == pytest.approx([0.575, 0.425])


PANEL = "unit,year,a,b,c\nx,2017,1,2,3\ny,2017,2,3,4\nx,2018,3,4,5\ny,2018,9,8,7\n"


@pytest.mark.parametrize(("panel", "wanted"), [("global", [0, 12.5, 25, 100]), ("each", [0, 100, 0, 100])])
def test_several_years_share_one_scale_unless_told(panel: str, wanted: list[float]) -> None:
    loaded = loading.load(method(head=f'[columns]\ntime="year"\npanel="{panel}"\n'))
    result = score(loaded, read(PANEL, time="year"))
    assert result.normalised[:, 0] == pytest.approx(wanted)
    assert as_json(result)["units"] == ["x@2017", "y@2017", "x@2018", "y@2018"]
    assert result.ranks["I"].tolist() == [2, 1, 2, 1]


def test_levels_may_aggregate_differently_and_thresholds_blank_what_is_too_thin() -> None:
    text = ('[missing]\nrule="omit"\n[aggregation]\nlevels=["arithmetic", "geometric"]\nthreshold=0.6\n[normalisation]\nmethod="none"\n'
            '[[node]]\ncode="I"\n' + "".join(f'[[node]]\ncode="{p}"\nparent="I"\n[[indicator]]\ncode="{p}1"\nparent="{p}"\n'
                                             f'[[indicator]]\ncode="{p}2"\nparent="{p}"\n' for p in "pq"))
    result = run(text, "unit,p1,p2,q1,q2\nx,1,3,8,8\ny,1,,4,4\n")
    assert result.scores["I"][0] == pytest.approx(4)
    assert np.isnan([result.scores["p"][1], result.scores["I"][1]]).all()


def test_copeland_of_coinr_keeps_to_its_letter_where_values_are_missing() -> None:
    """COINr counts comparable pairs above the diagonal only; our own rule splits what cannot be compared."""
    x, share = np.array([[[1.0, NAN], [2.0, 5.0], [NAN, 6.0]]]), np.ones((1, 2))
    assert aggregate.combine("copeland-coinr", x, share)[0] == pytest.approx([0.0, 1.0, 2.0])
    assert aggregate.combine("copeland", x, share)[0] == pytest.approx([0.75, 1.0, 1.25])


def test_a_zero_makes_a_geometric_mean_zero_and_is_told_a_negative_value_is_refused() -> None:
    text = method("ab", head='[normalisation]\nmethod="none"\n[aggregation]\nmethod="geometric"\n')
    result = run(text, "unit,a,b\nx,0,10\ny,4,9\n")
    assert result.scores["I"] == pytest.approx([0, 6])
    assert "DATA-ZERO" in [w.code for w in result.warnings]
    with pytest.raises(Refusal) as refused:
        run(text, "unit,a,b\nx,0,10\ny,-4,9\n")
    assert (refused.value.code, refused.value.extra["line"]) == ("DATA-SIGN", 3)


@pytest.mark.parametrize("head", [
    '[normalisation]\nmethod="minmax"\nrange=[1]', '[normalisation]\nmethod="bands"\nbands=[[1]]', '[treatment]\nmethod="winsorise"\nwinmax="many"',
    '[normalisation]\nmethod="zscore"\nsd="other"', '[normalisation]\nmethod="goalposts"\ngoalposts=[0, 1]\nclip=3',
])
def test_a_parameter_of_the_wrong_shape_is_refused(head: str) -> None:
    with pytest.raises(Refusal) as refused:
        loading.load(method(head=head))
    assert refused.value.code == "METH-NORM"
