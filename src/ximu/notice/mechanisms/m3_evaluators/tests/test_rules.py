"""Interests, measures, the twin, small and dominated cells, surveys: plain rules."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import rules
from ximu.notice.mechanisms.m3_evaluators.rules import checks, interests, measures, survey

pytestmark = pytest.mark.row("M3.5")
LIMITS = rules.Limits(5, 2, Decimal(85), Decimal(15))
D = Decimal


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def test_who_is_assessed_neither_pays_nor_funds_nor_has_a_tie() -> None:
    said = interests.read({"methods": ["问卷"], "funders": ["基金会"], "interests": [["u9", "contract"]]})
    assessed = {"u1": "甲区人民政府", "u2": "乙区人民政府"}
    interests.must_be_free(said, assessed=assessed, payer="u8", known=[])
    cases = [({"payer": "u1"}, "payer"), ({"said": interests.read({"methods": ["m"], "funders": ["甲区人民政府"]})}, "funders"),
             ({"said": interests.read({"methods": ["m"], "interests": [("u2", "person")]})}, "interests"),
             ({"known": [("u2", "合同 1")]}, "funders"), ({"known": [("u7", "合同 2")]}, "funders")]
    for change, field in cases:
        told = {"said": said, "assessed": assessed, "payer": "u8", "known": [], **change}
        assert refused("EVAL-COI", interests.must_be_free, told.pop("said"), **told).field == field
    refused("EVAL-FORM", interests.read, {"methods": [" "]})
    refused("EVAL-FORM", interests.read, {"methods": ["m"], "interests": [("u1", "love")]})


FACTS = [{"unit": "u1", "body": "b1", "amount": "10", "kind": "罚款"}, {"unit": "u1", "body": "b2", "amount": "30", "kind": "警告"},
         {"unit": "u2", "body": "b3", "amount": "", "kind": "罚款"}]


def test_a_measure_counts_sums_means_and_shares() -> None:
    def value(how: str, **more: Any) -> list[str | None]:
        one = measures.Measure("c", "CF", how, more.get("field", ""), more.get("where", ()))
        found = rules.computed(one, FACTS, ["u1", "u2", "u3"])
        return [None if found[u].value is None else str(found[u].value) for u in ("u1", "u2", "u3")]

    fines = (("kind", frozenset({"罚款"})),)
    assert value("count") == ["2", "1", "0"]
    assert value("count", where=fines) == ["1", "1", "0"]
    assert value("sum", field="amount") == ["40", "0", "0"]
    assert value("mean", field="amount") == ["20", None, None]
    assert value("share", where=fines) == ["50", "100", None]
    odd = measures.Measure("c", "CF", "sum", "kind")
    refused("EVAL-NUM", rules.computed, odd, FACTS, ["u1"])


METHOD = """
[method]
name = "M"
[normalisation]
method = "minmax"
range = [0, 100]
[[node]]
code = "S"
[[indicator]]
code = "fines"
parent = "S"
weight = 1
[[measure]]
column = "fines"
item = "CF"
how = "count"
where = { kind = "罚款" }
"""


def test_a_method_reads_what_was_granted_and_nothing_else() -> None:
    method, wanted = rules.load(METHOD)
    rules.must_be_granted(method, wanted, columns=[], items={"CF": ["kind"]})
    assert refused("EVAL-FIELD", rules.must_be_granted, method, wanted, columns=[], items={"CF": ["amount"]}).field == "CF.kind"
    assert refused("EVAL-FIELD", rules.must_be_granted, method, wanted, columns=[], items={}).field == "CF"
    refused("EVAL-FIELD", rules.must_be_granted, method, (), columns=["other"], items={"CF": ["kind"]})
    refused("EVAL-MEASURE", rules.load, METHOD.replace('"count"', '"guess"'))
    refused("EVAL-MEASURE", rules.load, METHOD.replace('how = "count"', 'how = "sum"'))
    refused("EVAL-MEASURE", rules.load, METHOD + METHOD[METHOD.index("[[measure]]"):])


def content(rows: int = 40) -> dict[str, Any]:
    return {"units": [{"unit": f"u{k}", "name": f"单位{k}", "answered": str(50 + k)} for k in range(8)], "columns": ["answered"],
            "items": {"CF": ["kind", "amount", "number"]},
            "facts": {"CF": [{"unit": f"u{k % 8}", "body": f"b{k % 11}", "kind": "罚款" if k % 3 else "警告", "amount": str(k * k % 97),
                              "number": f"示罚〔2018〕{k}号"} for k in range(rows)]}}


def test_the_twin_has_the_schema_and_the_marginals_and_no_real_row() -> None:
    real = content()
    made = rules.twin(real, 7)
    assert made == rules.twin(real, 7) != rules.twin(real, 8)
    assert made["columns"] == real["columns"] and made["items"] == real["items"] and made["synthetic"] is True
    rows, twins = real["facts"]["CF"], made["facts"]["CF"]
    assert [list(r) for r in twins] == [list(r) for r in rows]
    for name in ("kind", "amount"):
        assert Counter(r[name] for r in twins) == Counter(r[name] for r in rows)
    assert Counter(Counter(r["unit"] for r in twins).values()) == Counter(Counter(r["unit"] for r in rows).values())
    assert not {tuple(r.items()) for r in twins} & {tuple(r.items()) for r in rows}
    assert not {(r["kind"], r["amount"], r["number"]) for r in twins} & {(r["kind"], r["amount"], r["number"]) for r in rows}
    assert not {r["number"] for r in twins} & {r["number"] for r in rows}, "what identifies a row is made up"
    assert sorted(r["answered"] for r in made["units"]) == sorted(r["answered"] for r in real["units"])
    assert not {r["unit"] for r in made["units"]} & {r["unit"] for r in real["units"]}


@pytest.mark.parametrize(("n", "given_", "why"), [
    (0, [], ""), (1, [], "small"), (4, [], "small"), (5, [], ""), (9, [D(80), D(10), D(10)], "dominance"), (9, [D(40), D(30), D(30)], ""),
    (9, [D(50), D(44), D(6)], "dominance"), (9, [D(100)], "dominance"), (9, [D(0)], ""),
])
def test_small_and_dominated_cells_are_sensitive(n: int, given_: list[Decimal], why: str) -> None:
    assert rules.sensitive(n, given_, LIMITS) == why


def test_a_lone_withheld_cell_would_follow_from_the_total_so_another_goes_too() -> None:
    total = {"a": 1.0, "b": 1.0, "c": 1.0, "t": -1.0}
    assert rules.determined(["a"], [total]) == {"a"}
    found = rules.protect({"a": "small"}, {"b": 7, "c": 9, "t": 100}, [total])
    assert found == {"a": "small", "b": "protects"}
    assert rules.determined(list(found), [total]) == set()
    assert rules.protect({"a": "small"}, {}, [total]) == {"a": "small"}, "where nothing can be withheld, it ends"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4), min_size=3, max_size=6))
def test_no_table_with_totals_gives_a_small_cell_away(table: list[list[int]]) -> None:
    keys = {(r, c): v for r, row in enumerate(table) for c, v in enumerate(row)}
    rows = [{**{(r, c): 1.0 for c in range(4)}, ("row", r): -1.0} for r in range(len(table))]
    columns = [{**{(r, c): 1.0 for r in range(len(table))}, ("column", c): -1.0} for c in range(4)]
    primary = {k: why for k, v in keys.items() if (why := checks.sensitive(v, [], LIMITS))}
    costs = {**{k: 1.0 + v for k, v in keys.items()}, **{e: 1000.0 for eq in rows + columns for e in eq if e not in keys}}
    found = rules.protect(primary, costs, rows + columns)
    assert not rules.determined(list(found), rows + columns) & set(primary)


def test_a_survey_says_how_sure_it_is() -> None:
    assert (survey.needed(margin=0.05), survey.needed(margin=0.05, population=1000)) == (385, 278)
    assert survey.margin(385) == pytest.approx(0.0499, abs=1e-4)
    assert survey.effective([1, 1, 1, 1]) == 4
    assert survey.effective([3, 1]) == pytest.approx(1.6)
    assert survey.interval(0.9, 100) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    [line, weighed] = survey.read("unit,n,value,sum_w,sum_w2\nu1,100,90,,\nu2,100,90,100,200\n", "survey")
    assert (line.n_effective, weighed.n_effective) == (100, 50)
    assert weighed.low < line.low < 90 < line.high < weighed.high
    assert [one.value for one in survey.read("unit,value\nu1,AAA\nu2,c\n", "rating")] == ["100.0", "0.0"]
    for text, kind in (("unit,n\nu1,3\n", "survey"), ("unit,n,value\nu1,0,50\n", "survey"), ("unit,n,value\nu1,9,101\n", "survey"),
                       ("unit,n,value\nu1,x,50\n", "survey"), ("unit,n,value,sum_w,sum_w2\nu1,9,50,1e200,1\n", "survey"),
                       (f"unit,n,value\nu1,{'9' * 400},50\n", "survey"), ("unit,value\nu1,Z\n", "rating")):
        refused("EVAL-SURVEY", survey.read, text, kind)


def test_the_method_of_the_handbook_page_loads() -> None:
    text = (Path(__file__).parents[6] / "docs" / "evaluators.md").read_text("utf-8")
    method, wanted = rules.load(text.split("```toml\n", 1)[1].split("```", 1)[0])
    rules.must_be_granted(method, wanted, columns=["survey:satisfied"], items={"CF": ["grade"]})
    refused("EVAL-FIELD", rules.must_be_granted, method, wanted, columns=["survey:satisfied"], items={"CF": ["CF_NR"]})
