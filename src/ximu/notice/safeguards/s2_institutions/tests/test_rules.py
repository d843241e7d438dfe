"""Gaps and due days."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.foundation.rooms import short_name, toml_of
from ximu.notice.safeguards.s2_institutions import rules

pytestmark = pytest.mark.row("S2")
DUE = date(2018, 12, 31)
ITEMS = [f"D{n}" for n in range(1, 17)]


@given(st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(["covered", "not_applicable", ""]), st.sampled_from(["", " ", "理由"]))))
def test_a_gap_is_every_item_of_which_nothing_sound_is_said(said: list[tuple[str, str, str]]) -> None:
    found = rules.gaps(ITEMS, [rules.Said(*one) for one in said])
    sound = {item for item, stance, words in said if stance == "covered" or (stance == "not_applicable" and words.strip())}
    assert found == [item for item in ITEMS if item not in sound]


@pytest.mark.parametrize(("stops", "on", "due"), [
    ([], date(2019, 1, 5), DUE),
    ([rules.Stop(date(2018, 6, 1), None)], date(2019, 5, 1), None),
    ([rules.Stop(date(2018, 6, 1), date(2018, 6, 11))], date(2019, 5, 1), date(2019, 1, 10)),
    ([rules.Stop(date(2018, 6, 1), date(2018, 6, 11))], date(2018, 6, 5), None),
    ([rules.Stop(date(2019, 2, 1), date(2019, 3, 1))], date(2019, 5, 1), DUE),
    ([rules.Stop(date(2018, 12, 31), date(2019, 1, 10)), rules.Stop(date(2019, 1, 10), date(2019, 1, 20))], date(2019, 5, 1),
     date(2019, 1, 20)),
])
def test_only_the_days_on_which_the_clock_stood_are_added(stops: list[rules.Stop], on: date, due: date | None) -> None:
    assert rules.due_on(DUE, stops, on) == due


@pytest.mark.parametrize(("on", "published", "state"), [
    (date(2018, 11, 30), None, "due"), (date(2018, 12, 1), None, "at_risk"), (DUE, None, "at_risk"),
    (DUE + timedelta(days=1), None, "overdue"), (DUE, DUE, "done"), (date(2019, 2, 1), date(2019, 1, 2), "done_late"),
    (date(2018, 12, 1), date(2018, 12, 20), "at_risk"),
])
def test_a_state_follows_from_days(on: date, published: date | None, state: str) -> None:
    assert rules.state_of(DUE, [], published=published, on=on, warn_days=30)[0] == state


def test_the_newest_value_that_has_begun_holds() -> None:
    rows = [{"since": date(2018, 1, 1), "value": 1}, {"since": date(2019, 1, 1), "value": 2}]
    assert [(rules.value_on(rows, day) or {}).get("value") for day in (date(2017, 1, 1), date(2018, 5, 1), date(2019, 1, 1))] == [None, 1, 2]


def test_a_parameter_is_said_with_its_unit_and_tables_are_written_out() -> None:
    assert [rules.unit_by_name(name) for name in ("site_hours", "keep_years", "asks_an_hour", "result_workdays", "RECT-FIX")] == [
        "hour", "year", "per-hour", "working-day", ""]
    assert rules.worth({"value": {"AAA": 100, "D": 0}}) == "AAA 100，D 0"
    assert [rules.worth({"value": ["甲", "乙"]}), rules.worth({"families": ["licence"]}), rules.worth({"value": 0})] == ["甲、乙", "licence", "0"]


def test_every_number_from_law_is_told_in_words() -> None:
    told = {name: rules.worded(rules.worth(row)) for _, table in toml_of("parameters.toml") for name, rows in table.items() for row in rows}
    assert {name: one.zh for name, one in told.items() if re.search("[a-z]{2}", one.zh)} == {}
    assert {name: one.en for name, one in told.items() if re.search("[\u4e00-\u9fff]", one.en)} == {}
    assert [rules.worded(value).zh for value in ("1、half-month", "06-30", "15、20")] == ["每半月1次", "每年6月30日", "15、20"]
    assert rules.worded("1、week").en == "1 a week" and rules.worded("12-31").en == "31 Dec of each year"
    assert set(rules.PLACES) <= {short_name(path) for path, _ in toml_of("parameters.toml")}
