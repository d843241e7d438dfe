"""Golden cases of every indicator, and what becomes of a decision as its reviews come in."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation import packs
from ximu.ideas.areas.rules import Line, figure, in_term
from ximu.notice.domains.d09_traffic import queries, rules

pytestmark = pytest.mark.row("D9")
PACK = packs.load(queries.HERE)
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]
DAYS = ("due", "published_on", "decided_on", "filed_on", "final_on", "received_on", "closed_on")


def typed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{name: date.fromisoformat(row[name]) for name in DAYS if row.get(name)}}


def lines_of(code: str, raw: dict[str, Any], first: date, as_of: date) -> list[Line]:
    cases = [typed(one) for one in raw.get("cases", ())]
    if code == "D09-1":
        return in_term([typed(one) for one in raw["terms"]], first, as_of, kind="publicity", key="number", done="published_on", title="kind")
    if code == "D09-2":
        reviews: dict[str, list[dict[str, Any]]] = {}
        for one in raw["reviews"]:
            reviews.setdefault(one["number"], []).append(typed(one))
        return rules.reversals(cases, reviews, first, as_of, link=str)
    if code == "D09-3":
        return rules.complaints([typed(one) for one in raw["complaints"]], first, as_of, days=lambda day: 60)
    return rules.recorded(cases, first, as_of, link=str)


@pytest.mark.parametrize(("code", "first", "as_of", "case"), CASES)
def test_golden(code: str, first: date, as_of: date, case: dict[str, Any]) -> None:
    lines, one = lines_of(code, case["input"], first, as_of), PACK.indicators[code]
    found, wanted = figure(one.params["form"], lines), case["expected"]
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert {line.why for line in lines} - {""} <= set(one.exclusions)
    assert {line.state for line in lines} <= set(rules.STATES)


FIRST = date(2018, 1, 1)
REVIEWS = st.lists(st.tuples(st.sampled_from(rules.ORDER), st.integers(0, 300), st.sampled_from([None, *rules.OUTCOMES]), st.integers(0, 200)),
                   max_size=4)


@given(REVIEWS, st.integers(0, 500))
def test_nothing_is_reversed_before_it_is_final(some: list[tuple[str, int, str | None, int]], later: int) -> None:
    rows = [{"stage": stage, "filed_on": FIRST + timedelta(days=filed), "outcome": outcome,
             "final_on": FIRST + timedelta(days=filed + took) if outcome else None} for stage, filed, outcome, took in some]
    as_of = FIRST + timedelta(days=later)
    state, last = rules.fate(rows, as_of)
    assert (state == "reversed") <= any(one["outcome"] in rules.REVERSED and one["final_on"] <= as_of for one in rows if one["final_on"])
    assert state == "stands" or last is not None
    if all(one["filed_on"] > as_of for one in rows):
        assert state == "stands"


def test_an_appeal_takes_a_reversal_back_into_suspense() -> None:
    first = {"stage": "一审", "filed_on": date(2018, 3, 1), "outcome": "撤销", "final_on": date(2018, 5, 1)}
    second = {"stage": "二审", "filed_on": date(2018, 5, 2), "outcome": None, "final_on": None}
    assert rules.fate([first], date(2018, 4, 30))[0] == "pending"
    assert rules.fate([first], date(2018, 5, 1))[0] == "reversed"
    assert rules.fate([first, second], date(2018, 5, 2))[0] == "pending"
