"""Golden cases of every indicator, the grades of accidents, and the periods of a duty by the calendar of working days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation import packs
from ximu.ideas.areas.rules import Line, figure, in_term
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d10_safety import queries, rules

pytestmark = pytest.mark.row("D10")
PACK = packs.load(queries.HERE)
CASES = [
    pytest.param(path.stem, date.fromisoformat(whole["first"]), date.fromisoformat(whole["as_of"]), case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]
DAYS, SUMS = ("occurred_on", "as_of", "due", "closed", "first", "judged_on", "ended_on"), ("loss", "gdp")
SCALE = queries.scale(date(2018, 1, 1))


def typed(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) for name in DAYS if row.get(name)}
    return {**row, **days, **{name: Decimal(row[name]) for name in SUMS if name in row}}


def lines_of(code: str, raw: dict[str, Any], first: date, as_of: date) -> list[Line]:
    told, years = ([typed(one) for one in raw.get(name, ())] for name in ("accidents", "years"))
    if "terms" in raw:
        return in_term([typed(one) for one in raw["terms"]], first, as_of, kind="k", key="key", done="closed", title="title")
    if "duties" in raw:
        return [rules.judged(task_of(typed(one)), first, as_of) for one in raw["duties"]]
    if code == "D10-5":
        return rules.accidents(told, years, first, as_of, {one["accident"]: SCALE for one in told})
    base, field = ("gdp", "") if code == "D10-1" else ("equipment", "特种设备")
    return rules.rates(told, years, first, as_of, base=base, field=field)


def task_of(raw: dict[str, Any]) -> rules.Task:
    seen = tuple(rules.Seen(date.fromisoformat(on), date.fromisoformat(entered), fulfils) for on, entered, fulfils in raw["seen"])
    return rules.Task(raw["uid"], raw["uid"], "u1", raw["first"], raw["due"], raw["judged_on"], raw["ended_on"], seen)


@pytest.mark.parametrize(("code", "first", "as_of", "case"), CASES)
def test_golden(code: str, first: date, as_of: date, case: dict[str, Any]) -> None:
    lines, one = lines_of(code, case["input"], first, as_of), PACK.indicators[code]
    found, wanted = figure(one.params["form"], lines), case["expected"]
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert {line.why for line in lines} - {""} <= set(one.exclusions)
    assert {line.state for line in lines} <= set(rules.STATES)


@pytest.mark.parametrize(("toll", "grade"), [
    ((0, 0, 0), "minor"), ((2, 9, 999.99), "minor"), ((3, 0, 0), "larger"), ((0, 49, 0), "larger"), ((0, 0, 1000), "larger"),
    ((9, 0, 5000), "major"), ((10, 0, 0), "major"), ((0, 50, 0), "major"), ((29, 99, 9999), "major"),
    ((30, 0, 0), "gravest"), ((0, 100, 0), "gravest"), ((0, 0, 10000), "gravest"),
])
def test_the_gravest_of_deaths_injuries_and_loss_decides(toll: tuple[int, int, float], grade: str) -> None:
    """国务院令第493号 第三条: “以上” includes the number itself."""
    assert rules.grade_of(toll[0], toll[1], Decimal(str(toll[2])), SCALE) == grade


@given(st.tuples(*[st.integers(0, 40)] * 3), st.integers(0, 2))
def test_a_graver_toll_never_makes_a_milder_grade(toll: tuple[int, int, int], worse: int) -> None:
    order = list(rules.GRADES)
    more = [value + 30 * (place == worse) for place, value in enumerate(toll)]
    grades = [order.index(rules.grade_of(a, b, Decimal(c * 300), SCALE)) for a, b, c in (toll, more)]
    assert grades[0] <= grades[1]


def test_a_last_day_that_is_no_working_day_rolls_to_the_next_one() -> None:
    """30 June 2018 is a Saturday, 30 September before the national holiday a make-up day, 31 December a day off."""
    found = rules.slots(2018, "quarter", calendar=BUNDLED, entry_days=2, since=date(2018, 1, 1))
    assert [(one.first, one.due) for one in found] == [
        (date(2018, 1, 1), date(2018, 4, 2)), (date(2018, 4, 1), date(2018, 7, 2)), (date(2018, 7, 1), date(2018, 9, 30)),
        (date(2018, 10, 1), date(2019, 1, 2))]
    assert [one.judged_on for one in found][1:3] == [date(2018, 7, 5), date(2018, 10, 10)], "two working days, then the next day"


def test_a_period_that_had_run_out_before_the_plan_was_adopted_makes_no_duty() -> None:
    assert [one.turn for one in rules.slots(2018, "month", calendar=BUNDLED, entry_days=2, since=date(2018, 3, 2))] == list(range(3, 13))


def test_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        rules.slots(2099, "year", calendar=BUNDLED, entry_days=2, since=date(2018, 1, 1))
    assert caught.value.code == "CAL-NONE"


@given(st.integers(2005, 2024), st.sampled_from(list(rules.EVERY)), st.integers(0, 10))
def test_periods_cover_the_year_and_end_on_working_days(year: int, every: str, entry_days: int) -> None:
    found = rules.slots(year, every, calendar=BUNDLED, entry_days=entry_days, since=date(year, 1, 1))
    assert len(found) == 12 // rules.MONTHS[every] and found[0].first == date(year, 1, 1)
    assert all(BUNDLED.is_working(one.due) and one.due < one.judged_on for one in found)
    assert all(a.due >= b.first - timedelta(days=1) for a, b in pairwise(found))


@given(st.dates(date(2018, 3, 1), date(2018, 8, 1)), st.integers(0, 60), st.dates(date(2018, 3, 1), date(2018, 9, 1)))
def test_a_later_entry_never_makes_a_duty_better(on: date, lag: int, as_of: date) -> None:
    """Backdating: the same day of inspection, entered later, is never judged better than entered at once."""
    order = {"done": 3, "backdated": 2, "late": 1, "missed": 0, "entering": 0, "open": 0}

    def state(entered: date) -> str:
        task = rules.Task("t", "t", "u", date(2018, 4, 1), date(2018, 7, 2), date(2018, 7, 5), None, (rules.Seen(on, entered),))
        return rules.judged(task, date(2018, 1, 1), as_of).state

    now, later = state(on), state(on + timedelta(days=lag))
    assert as_of < on or order[later] <= order[now]
