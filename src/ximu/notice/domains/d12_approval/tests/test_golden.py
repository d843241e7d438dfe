"""Golden cases of every indicator, to the last digit; the terms of the Permit Law; what a rule of days must never do."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation import packs
from ximu.foundation.parameters import row_on
from ximu.ideas.areas.rules import Line, Period, figure
from ximu.ideas.casework.rules.clocks import Term
from ximu.ideas.casework.rules.matters import judge
from ximu.kernel.changes import changes
from ximu.kernel.listed import found_in
from ximu.kernel.refusal import Refusal
from ximu.kernel.signs import Sign, folded_sign, mark_of, matches
from ximu.kernel.workdays import BUNDLED, Calendar
from ximu.notice.domains.d12_approval.queries.catalogue import HERE
from ximu.notice.domains.d12_approval.rules.judging import TERMS, Limits, approval_lines, report_part, tie_part

pytestmark = pytest.mark.row("D12")
CASES = [pytest.param(path.stem, whole, case, id=f"{path.stem} {case['name']}")
         for path in sorted((HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8"))) for case in whole["cases"]]


def term(code: str, day: date = date(2018, 1, 1)) -> Term:
    row = row_on(HERE, f"APPR-{code}", day)
    return Term(code, row["since"], row["value"], row["unit"], row["source"])


@cache
def limits(day: date) -> Limits:
    return {code: term(code, day) for code in TERMS}


def dated(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if value and name.endswith(("_on", "_by")) else value for name, value in raw.items()}


def lines_of(code: str, raw: dict[str, Any], first: date, as_of: date) -> list[Line]:
    if code == "D12-3":
        return [Line(uid, uid, "u", "tie", **tie_part("" if state == "later" else state, as_of, as_of)) for uid, state in raw["ties"]]
    versions = sorted(raw["catalogue"].items())

    def item_of(item: str, day: date) -> Any:
        held = [items for since, items in versions if date.fromisoformat(since) <= day]
        return held[-1].get(item) if held else ""

    made = approval_lines(
        [dated(row) for row in raw["rows"]], Period(first.year, first, as_of, as_of, datetime(2019, 1, 1, tzinfo=UTC)), item_of=item_of,
        limits_on=limits, calendar=Calendar({year: BUNDLED.years[year] for year in raw["years"]}), owner=lambda unit: unit)
    return made[code] + [Line(uid, uid, "u", "report", **report_part(state)) for uid, state in raw.get("reports", ())]


@pytest.mark.parametrize(("code", "whole", "case"), CASES)
def test_golden(code: str, whole: dict[str, Any], case: dict[str, Any]) -> None:
    one = packs.load(HERE).indicators[code]
    lines = lines_of(code, case["input"], date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]))
    found, wanted = figure(one.params["form"], lines), case["expected"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert (None if found.value is None else str(found.value)) == wanted["value"]


def test_the_terms_are_those_of_the_permit_law_in_working_days() -> None:
    told = {code: (term(code).value, term(code).unit) for code in TERMS[:6]}
    assert told == {"CORRECT": (5, "working-day"), "DECIDE": (20, "working-day"), "DECIDE-MORE": (10, "working-day"),
                    "JOINT": (45, "working-day"), "JOINT-MORE": (15, "working-day"), "DELIVER": (10, "working-day")}


DAY = st.dates(date(2017, 1, 2), date(2018, 6, 1))
GAP = st.integers(0, 60)


@given(applied=DAY, accepted=st.integers(0, 10), decided=GAP, promise=st.integers(0, 20))
def test_a_decision_is_in_time_exactly_when_it_lies_within_its_term(applied: date, accepted: int, decided: int, promise: int) -> None:
    start = applied + timedelta(days=accepted)
    end = start + timedelta(days=decided)
    row = {"applied_on": applied, "corrected_on": None, "accepted_on": start, "suspended_on": None, "resumed_on": None,
           "extended_on": None, "decided_on": end}
    word = Term("p", applied, promise, "working-day", "x")
    found = judge(row, term("CORRECT"), term("DECIDE"), word, term("DECIDE-MORE"), calendar=BUNDLED, as_of=date(2018, 12, 31))
    began = applied if found.deemed else start
    assert found.deemed == (start > BUNDLED.due(applied, 5).day)
    assert (found.state == "in-time") == (end <= BUNDLED.due(began, promise).day)
    assert (found.state == "late") == (end > BUNDLED.due(began, 20).day)


@given(stop=st.integers(0, 15), stood=GAP, more=st.booleans())
def test_time_in_which_the_term_stood_and_an_extension_never_make_it_shorter(stop: int, stood: int, more: bool) -> None:
    start = date(2018, 3, 6)
    plain = {"applied_on": start, "corrected_on": None, "accepted_on": start, "suspended_on": None, "resumed_on": None,
             "extended_on": None, "decided_on": date(2018, 12, 1)}
    day = start + timedelta(days=stop)
    moved = {**plain, "suspended_on": day, "resumed_on": day + timedelta(days=stood), "extended_on": start if more else None}
    args = (term("CORRECT"), term("DECIDE"), term("DECIDE"), term("DECIDE-MORE"))
    before, after = (judge(row, *args, calendar=BUNDLED, as_of=date(2018, 12, 31)).statutory for row in (plain, moved))
    assert before is not None and after is not None and after >= before


def test_an_extension_that_came_after_the_last_day_changes_nothing() -> None:
    row = {"applied_on": date(2018, 3, 5), "corrected_on": None, "accepted_on": date(2018, 3, 6), "suspended_on": date(2018, 6, 1),
           "resumed_on": date(2018, 6, 5), "extended_on": date(2018, 6, 6), "decided_on": date(2018, 6, 7)}
    found = judge(row, term("CORRECT"), term("DECIDE"), term("DECIDE"), term("DECIDE-MORE"), calendar=BUNDLED, as_of=date(2018, 12, 31))
    assert (found.state, found.statutory, found.late_days) == ("late", date(2018, 4, 3), 65)


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdef"), unique=True))
def test_a_difference_names_each_row_that_came_went_or_changed_and_no_other(old: list[str], new: list[str]) -> None:
    before, after = [{"code": one, "n": 1} for one in old], [{"code": one, "n": 1 + (one == "a")} for one in new]
    told = {one.key: one.kind for one in changes(before, after, key="code", fields=("code", "n"))}
    expected = dict.fromkeys(set(old) - set(new), "removed") | dict.fromkeys(set(new) - set(old), "added")
    assert told == expected | ({"a": "changed"} if "a" in old and "a" in new else {})


def test_two_writings_of_one_sign_have_one_digest_and_another_key_another() -> None:
    for kind, one, other in (("phone", "+86 021-5555 0001", "０２１５５５５０００１"), ("address", "示例路8号（3楼）", "示例路 ８号3楼"),
                             ("person", "p-000777", "P-000777")):
        assert mark_of(kind, one, b"k") == mark_of(kind, other, b"k") != mark_of(kind, one, b"l")
    for kind, value in (("person", "李四"), ("phone", "1"), ("address", "示例"), ("colour", "redred")):
        with pytest.raises(Refusal) as caught:
            folded_sign(kind, value)
        assert caught.value.code == "LINK-SIGN" and value not in str(caught.value.envelope().values())


@given(st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("12"))), st.lists(st.tuples(st.sampled_from("uv"), st.sampled_from("12"))))
def test_a_match_is_a_shared_digest_and_nothing_else(mine: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> None:
    found = {(one.one, one.other) for one in matches([Sign(o, "phone", m) for o, m in mine], [Sign(o, "phone", m) for o, m in theirs],
                                                     [("p", "u")])}
    assert found == {(a, b) for a, m in mine for b, n in theirs if m == n} - {("p", "u")}


def test_on_the_list_close_to_it_or_not() -> None:
    listed = ["营业执照（复印件）", "《申请表》"]
    assert found_in("营业 执照", listed) == ("营业执照（复印件）", "营业执照（复印件）")
    assert found_in("申请表原件", listed) == ("", "《申请表》")
    assert found_in("房产证", listed) == ("", "") and found_in("表", listed) == ("", "")
