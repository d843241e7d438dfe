"""Golden cases of every indicator, the counts of law to the day, and what the scale gives."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import figure
from ximu.ideas.assessment.rules.loading import load
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d03_tendering import queries
from ximu.notice.domains.d03_tendering.rules import measures, standard
from ximu.notice.domains.d03_tendering.rules.terms import Judge, dispute_duties, section_duties

pytestmark = pytest.mark.row("D3")
HERE = queries.register.HERE
PACK = queries.packs.load(HERE)
FIRST, END = date(2018, 1, 1), date(2018, 12, 31)
JUDGE = Judge(partial(value_on, HERE), BUNDLED, END)
SCHEMAS = {name: json.loads((HERE / "datasets" / f"{name}.json").read_text("utf-8"))["fields"] for name in queries.DATASETS}
WORDS = {"title": "示例工程", "unit": "u", "kind": "规避招标"}
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name']}") for path in sorted((HERE / "golden").glob("*.json"))
         for case in json.loads(path.read_text("utf-8"))["cases"]]


def row(dataset: str, **given: Any) -> dict[str, Any]:
    """A row of the dataset; what is not given was not delivered."""
    blank = {one["name"]: WORDS.get(one["name"]) for one in SCHEMAS[dataset]}
    return {**blank, **{k: date.fromisoformat(v) if k.endswith(("_on", "_from", "_until")) and isinstance(v, str) else v
                        for k, v in given.items()}}


def facts(told: dict[str, Any]) -> measures.Facts:
    uses = [measures.Used(f"u{n}", section, END, state) for n, (section, state) in enumerate(told.get("uses", ()))]
    rows = {name: [row(f"tender_{name}", **one) for one in told.get(name, ())] for name in ("sections", "disputes", "findings")}
    return measures.Facts(rows["sections"], rows["disputes"], rows["findings"], uses, lambda unit: unit, JUDGE, FIRST)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    one, wanted = PACK.indicators[code], case["expected"]
    lines = list(measures.MEASURES[one.params["measure"]](facts(case["input"])))
    found = figure(one.params["form"], lines)
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert {line.why for line in lines} - {""} <= set(one.exclusions) and {line.state for line in lines} <= set(measures.STATES)


def section(**given: Any) -> dict[str, Any]:
    return row("tender_sections", section="S", lawful="是", estimate=Decimal(1000), notice_on="2018-05-07", **given)


def states(**given: Any) -> dict[str, str]:
    return {one.code: one.state for one in section_duties(section(**given), JUDGE)}


@pytest.mark.parametrize(("given_", "code", "state"), [
    ({"sale_from": "2018-05-07", "sale_until": "2018-05-11"}, "sale", "kept"), ({"sale_from": "2018-05-07", "sale_until": "2018-05-10"}, "sale", "short"),
    ({"sale_from": "2018-05-07", "deadline_on": "2018-05-27"}, "bid", "kept"), ({"sale_from": "2018-05-07", "deadline_on": "2018-05-26"}, "bid", "short"),
    ({"candidates_on": "2018-06-04", "candidates_until": "2018-06-07"}, "shown", "kept"),
    ({"candidates_on": "2018-06-04", "candidates_until": "2018-06-06"}, "shown", "short"),
    ({"report_on": "2018-05-31", "candidates_on": "2018-06-04"}, "candidates", "kept"), ({"report_on": "2018-05-28", "candidates_on": "2018-06-04"}, "candidates", "late"),
    ({"award_on": "2018-06-01", "contract_on": "2018-07-02"}, "contract", "kept"), ({"award_on": "2018-06-01", "contract_on": "2018-07-03"}, "contract", "late"),
    ({"award_on": "2018-12-10"}, "contract", "open"), ({"award_on": "2018-06-01"}, "contract", "late"),
    ({"decided_on": "2018-06-01", "filed_on": "2018-06-19"}, "filing", "kept"), ({"decided_on": "2018-06-01", "filed_on": "2018-06-20"}, "filing", "late"),
    ({"contract_on": "2018-06-25", "deposit": Decimal(1), "deposit_back_on": "2018-07-02"}, "deposit-back", "kept"),
    ({"contract_on": "2018-06-25", "deposit": Decimal(1), "deposit_back_on": "2018-07-03"}, "deposit-back", "late"),
    ({"deposit": Decimal(20)}, "deposit", "kept"), ({"deposit": Decimal("20.01")}, "deposit", "high"),
    ({"contract_amount": Decimal(900), "performance": Decimal(90)}, "performance", "kept"),
    ({"contract_amount": Decimal(900), "performance": Decimal("90.01")}, "performance", "high"),
])
def test_each_count_of_law_is_kept_on_its_last_day_and_not_after(given_: dict[str, Any], code: str, state: str) -> None:
    """The last days of 3 June, 1 July and 16 June 2018 are days off and roll forward; 18 June is the festival."""
    assert states(**given_)[code] == state


def test_what_the_law_does_not_ask_is_not_counted() -> None:
    days = {"sale_from": date(2018, 5, 7), "deadline_on": date(2018, 5, 8), "report_on": date(2018, 5, 9), "decided_on": date(2018, 5, 10)}
    assert {one.code for one in section_duties(section(**days) | {"lawful": "否"}, JUDGE)} == set()
    assert states(award_on="2018-06-01", ended_on="2018-06-15") == {}, "ended before the contract was due"
    assert section_duties(section(award_on=date(2040, 1, 1)), Judge(JUDGE.law, BUNDLED, date(2040, 12, 31))) == [], "no calendar, no count"


@given(raised=st.dates(date(2018, 1, 1), date(2018, 6, 30)), days=st.integers(0, 60))
def test_an_objection_is_late_exactly_when_the_working_day_after_its_term_has_passed(raised: date, days: int) -> None:
    one = row("tender_disputes", dispute="D", kind="异议", stage="结果", paused="是", raised_on=raised, answered_on=raised + timedelta(days=days))
    [duty] = dispute_duties(one, JUDGE)
    last = raised + timedelta(days=3)
    while not BUNDLED.is_working(last):
        last += timedelta(days=1)
    assert (duty.due, duty.late_days) == (last, max(0, (raised + timedelta(days=days) - last).days))


@pytest.mark.parametrize("given_", [
    {"kind": "异议", "stage": "结果", "paused": "是"}, {"kind": "投诉", "stage": "结果"},
    {"kind": "投诉", "stage": "结果", "accepted_on": "2018-06-05"},
])
def test_what_was_taken_back_in_time_is_not_late_by_an_answer_that_came_all_the_same(given_: dict[str, Any]) -> None:
    one = row("tender_disputes", dispute="D", raised_on="2018-06-04", withdrawn_on="2018-06-06", answered_on="2018-09-03", **given_)
    assert {duty.state for duty in dispute_duties(one, JUDGE)} == {"kept"}
    late = row("tender_disputes", dispute="D", raised_on="2018-06-04", withdrawn_on="2018-06-06", rejected_on="2018-09-03", **given_)
    assert {duty.state for duty in dispute_duties(late, JUDGE)} == {"kept"}


SCALE = load((HERE / "standards" / "2018-1.toml").read_text("utf-8"))
MARKS = {"basic": "90", "quality": "80", "progress": "70", "safety": "100", "good": "20", "report": "AA", "bad": "1", "serious": "0"}
HOW: dict[str, Any] = {"marks": {"AAA": 100, "AA": 90, "D": 0}, "on": date(2018, 6, 30), "months": 12}


def test_the_scale_gives_scores_grades_and_their_last_day() -> None:
    rows = [MARKS, {**MARKS, "serious": "1"}, {**MARKS, "quality": ""}, {**MARKS, "bad": "1000"}]
    found = standard.graded(SCALE, rows, **HOW)
    assert [(one.place, one.score, one.grade) for one in found] == [(1, "71.00", "A"), (2, "19.00", "D"), (3, None, "NR"), (4, "26.00", "C")]
    assert {one.until for one in found} == {date(2019, 6, 30)}, "10 + 50 + good + report − bad, for a year"
    assert sum(Decimal(one["contribution"]) for one in found[0].factors if one["depth"] == 0) == Decimal("71.00")


@pytest.mark.parametrize(("rows", "code", "field"), [
    ([{**MARKS, "name": "示例公司"}], "STD-FIELD", "name"), ([{**MARKS, "名称": ""}], "STD-FIELD", "名称"), ([{**MARKS, "basic": "101"}], "STD-VALUE", "basic"),
    ([{**MARKS, "bad": "1.5"}], "STD-VALUE", "bad"), ([{**MARKS, "basic": "NaN"}], "STD-VALUE", "basic"), ([{**MARKS, "good": "AA"}], "STD-VALUE", "good"),
    ([{**MARKS, "basic": "-1"}], "STD-VALUE", "basic"), ([], "STD-ROWS", "rows"), ([MARKS] * 201, "STD-ROWS", "rows"),
])
def test_a_row_that_names_somebody_or_has_an_odd_mark_is_refused(rows: list[dict[str, str]], code: str, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        standard.graded(SCALE, rows, **HOW)
    assert (caught.value.code, caught.value.field) == (code, field)


@given(st.lists(st.integers(0, 100), min_size=6, max_size=6), st.integers(0, 20))
def test_a_grade_hangs_on_nobody_else_and_worse_conduct_never_scores_better(marks: list[int], bad: int) -> None:
    names = ["basic", "quality", "progress", "safety", "good", "report"]
    one = {**dict(zip(names, map(str, marks), strict=True)), "bad": str(bad), "serious": "0"}
    alone, worse = (Decimal(standard.graded(SCALE, rows, **HOW)[0].score or 0) for rows in ([one], [{**one, "bad": str(bad + 1)}]))
    beside = Decimal(standard.graded(SCALE, [one, MARKS], **HOW)[0].score or 0)
    assert alone == beside and worse <= alone and 0 <= alone <= 100


def test_a_scale_has_its_grades_and_fixed_goalposts() -> None:
    standard.must_be_scale(SCALE)
    text = (HERE / "standards" / "2018-1.toml").read_text("utf-8")
    for spoiled in (text.replace('label = "D"', 'label = "E"'), text.replace("goalposts = [0, 100]\nname = { zh = \"质量\"", "normalise = \"minmax\"\nname = { zh = \"质量\"")):
        with pytest.raises(Refusal) as caught:
            standard.must_be_scale(load(spoiled))
        assert caught.value.code == "STD-SCALE"
