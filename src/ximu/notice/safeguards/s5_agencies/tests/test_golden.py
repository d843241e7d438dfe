"""Golden cases of every indicator: true positives and each exclusion, to the last digit; falls of an index; agencies that are seldom right."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.areas.rules import Line, figure
from ximu.notice.safeguards.s5_agencies import queries, rules

pytestmark = pytest.mark.row("S5")
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name']}")
         for path in sorted((queries.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]]
FIRST, AS_OF = date(2018, 1, 1), date(2018, 12, 31)
day = date.fromisoformat


def lines_of(code: str, given_: dict[str, Any]) -> list[Line]:
    uses = [rules.Use(uid, uid, unit, day(on), effect) for uid, unit, on, effect in given_.get("uses", ())]
    if code == "S5-1":
        return rules.covered(given_["units"], {}, uses)
    if code == "S5-2":
        return rules.judged([rules.Item(uid, uid, "u", "x", FIRST, provenance, outcome) for uid, provenance, outcome in given_["items"]])
    if code == "S5-3":
        deals = [rules.Deal(uid, uid, "u", day(until), *(day(one) if one else None for one in rest)) for uid, until, *rest in given_["deals"]]
        return rules.left(deals, first=FIRST, as_of=AS_OF, days=15)
    return rules.counted(uses)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    lines, wanted = lines_of(code, case["input"]), case["expected"]
    made = figure(queries.pack().indicators[code].params["form"], lines)
    assert (str(made.value), list(made.counted), dict(made.excluded)) == (wanted["value"], wanted["counted"], wanted["excluded"])
    assert [line.state for line in lines] == wanted["states"] and {line.state for line in lines} <= set(rules.STATES)
    assert {line.why for line in lines} - {""} <= set(queries.pack().indicators[code].exclusions)


@given(st.lists(st.integers(0, 100).map(Decimal), max_size=12), st.integers(1, 40))
def test_a_fall_is_told_exactly_where_a_value_lies_so_far_beneath_the_three_before(values: list[Decimal], points: int) -> None:
    days = [date(2018, month, 28) for month in range(1, len(values) + 1)]
    found = rules.fallen({("c", "u"): dict(zip(days, values, strict=True))}, names={}, points=points)
    assert [one.on for one in found] == [days[n] for n in range(3, len(values)) if sum(values[n - 3:n]) / 3 - values[n] >= points]


def item(agency: str, outcome: str, unit: str = "u") -> rules.Item:
    return rules.Item("i", "i", unit, agency, FIRST, True, outcome)


def test_few_verdicts_accuse_nobody_and_the_interval_is_taken_at_its_upper_end() -> None:
    few = [item("a", "wrong")] * 4
    bad = [item("b", "wrong")] * 9 + [item("b", "right", "v")]
    fair = [item("c", "wrong")] * 5 + [item("c", "right")] * 5
    assert [(one.uid, one.unit) for one in rules.unreliable([*few, *bad, *fair], {}, 60)] == [("b", "u"), ("b", "v")]
