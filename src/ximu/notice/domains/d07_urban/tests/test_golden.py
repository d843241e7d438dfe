"""Golden cases of every indicator: true positives and each exclusion; signs of a dereliction on their day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ximu.foundation import packs
from ximu.ideas.areas.rules import Line, Period, figure, period_of, warned
from ximu.ideas.places.rules import Row
from ximu.kernel.words import Text
from ximu.notice.domains.d07_urban import queries, rules

pytestmark = pytest.mark.row("D7")
END = date(2018, 12, 31)
PERIOD = period_of(2018, today=END, known_at=datetime(2019, 1, 1, tzinfo=UTC))
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name'][:40]}")
         for path in sorted((queries.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]]


def typed(raw: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(raw[name]) for name in raw if (name.endswith("_on") or name == "fix_by") and raw[name]}
    times = {name: datetime.fromisoformat(raw[name]) for name in raw if name.endswith("_at")}
    return raw | days | times | {name: Decimal(raw[name]) for name in ("area", "removed_area") if raw.get(name)}


def lines_of(code: str, raw: dict[str, Any]) -> list[Line]:
    cases = [rules.Case(**typed(one)) for one in raw.get("cases", [])]
    built, grid = [typed(one) for one in raw.get("built", [])], rules.grid_lines(raw.get("grid", []), PERIOD)
    return {"D07-1": lambda: rules.old_structures(built, PERIOD), "D07-2": lambda: rules.new_structures(cases, built, PERIOD, 1),
            "D07-3": lambda: grid, "D07-4": lambda: rules.hazards(cases, grid, PERIOD), "D07-5": lambda: rules.governed(cases, PERIOD)}[code]()


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    one, wanted = packs.load(queries.HERE).indicators[code], case["expected"]
    lines = lines_of(code, case["input"])
    found = figure(one.params["form"], lines)
    assert (None if found.value is None else str(found.value)) == wanted["value"]
    assert (list(found.counted), list(found.base), dict(found.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    assert {line.why for line in lines} - {""} <= set(one.exclusions) and all(line.state in queries.STATES for line in lines)


@given(some.integers(0, 40), some.integers(0, 40))
def test_a_matter_is_late_from_the_day_after_its_term_and_never_before(done: int, term: int) -> None:
    found = date(2018, 3, 1)
    one = rules.Case("m", "m", "u", "hazard", found, fix_by=found + timedelta(days=term), done_on=found + timedelta(days=done),
                     closed_on=found + timedelta(days=done + 1), closed_as="closed")
    assert rules.verdict(one, END) == (("kept", 0) if done <= term else ("late", done - term))
    assert rules.verdict(one, found)[0] in ("open", "unchecked"), "on the day it was found nothing is late"


@dataclass
class Visit:
    unit: str
    on: date
    found: int


@dataclass
class Asked:
    row: Row
    unit: str
    title: Text
    last: date | None


def signs(*cases: rules.Case, duties: tuple[Asked, ...] = (), visits: tuple[Visit, ...] = (), period: Period = PERIOD) -> list[tuple[str, str]]:
    return [(one.code, one.about) for one in rules.clues(cases, duties, visits, period)]


def test_not_inspected_and_not_reported() -> None:
    row = Row("d", "u", "q", date(2018, 1, 1), every=30)
    at = [(END - timedelta(days=30), []), (END - timedelta(days=31), [("1", "d")]), (None, [("1", "d")])]
    for last, wanted in at:
        assert signs(duties=(Asked(row, "u", Text("甲", "A"), last),)) == wanted
    young = Row("d", "u", "q", END - timedelta(days=5), every=30)
    assert signs(duties=(Asked(young, "u", Text("甲", "A"), None),)) == [], "the list is younger than the term"
    seen, entered = Visit("u", date(2018, 3, 1), 2), rules.Case("m", "m", "u", "hazard", date(2018, 3, 1), patrolled=True)
    assert signs(entered, visits=(seen,)) == [("1", "u:2018-03-01")] and signs(entered, entered, visits=(seen,)) == []


def test_no_decision_a_border_that_nobody_took_and_what_was_being_built() -> None:
    day, at = date(2018, 3, 1), datetime(2018, 3, 1, 4, tzinfo=UTC)
    undecided = rules.Case("m", "m", "u", "illegal", day, order_by=date(2018, 4, 1))
    for more, wanted in (({}, [("2", "m")]), ({"ordered_on": date(2018, 4, 1)}, []), ({"ordered_on": date(2018, 4, 2)}, [("2", "m")]),
                         ({"done_on": day}, []), ({"closed_on": day, "closed_as": "unfounded"}, [])):
        assert signs(rules.Case(**{"uid": "m", "title": "m", "unit": "u", "kind": "illegal", "found_on": day,
                                      "order_by": undecided.order_by, **more})) == wanted
    lapsed = rules.Case("m", "m", "", "hazard", day, how="border", units=("a", "b"), lapsed_on=day)
    assert signs(lapsed) == [("3", "m"), ("3", "m")]
    for gone, wanted in ((at, []), (at + timedelta(hours=1), [("4", "m")]), (None, [("4", "m")])):
        assert signs(rules.Case("m", "m", "u", "illegal", day, building=True, site_by=at, removed_at=gone)) == wanted


def test_what_happened_after_the_day_changes_nothing_of_it() -> None:
    """As of 20 March a decision of May, the reporter told in May and a matter found to be none in May have not happened."""
    day, then = date(2018, 3, 1), period_of(2018, today=date(2018, 3, 20), known_at=datetime(2019, 1, 1, tzinfo=UTC))
    for term, wanted in ((date(2018, 4, 1), []), (date(2018, 3, 10), [("2", "m")])):
        for more in ({}, {"ordered_on": date(2018, 5, 5)}, {"closed_on": date(2018, 5, 5), "closed_as": "unfounded"}):
            assert signs(rules.Case("m", "m", "u", "illegal", day, order_by=term, **more), period=then) == wanted, more
    told = [rules.Case("m", "m", "u", "hazard", day, tell_by=date(2018, 3, 10), **more)
            for more in ({}, {"told_on": date(2018, 5, 5)}, {"closed_on": date(2018, 5, 5), "closed_as": "unfounded"})]
    assert [(one.state, one.late_days) for one in rules.told_late(told, then)] == [("untold", 10)] * 3


def test_a_reporter_is_told_within_the_month_and_a_new_structure_that_stands_is_a_red_warning() -> None:
    told = [rules.Case("m", "m", "u", "hazard", date(2018, 3, 1), tell_by=date(2018, 4, 1), told_on=on)
            for on in (date(2018, 4, 1), date(2018, 4, 2), None)]
    assert [(one.state, one.late_days) for one in rules.told_late(told, PERIOD)] == [("told", 1), ("untold", 274)]
    standing = rules.new_structures([rules.Case("n", "n", "u", "illegal", date(2018, 3, 1), new=True)], [], PERIOD, 1)
    alarms = warned(packs.load(queries.HERE).rules, {}, [*standing, *rules.told_late(told, PERIOD)])
    assert [(one.rule, one.level) for one in alarms] == [("D07-W1", "red"), ("D07-W6", "yellow")]
