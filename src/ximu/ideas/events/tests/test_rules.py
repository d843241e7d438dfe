"""Schemas, definitions, days and cells are judged without a database."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ximu.ideas.events import rules
from ximu.kernel.refusal import Refusal

SCHEMA = {
    "name": "t", "title": "表", "title_en": "Table", "primaryKey": ["k"], "ximu:roles": {"event_date": "d", "subject": "u"},
    "fields": [{"name": "k"}, {"name": "d", "type": "date"}, {"name": "u"}, {"name": "v", "type": "integer"},
               {"name": "p", "ximu:personal": True, "ximu:mask": "name"}],
}
HEAD = "-- 名称: 甲\n-- Title: A\n-- Dataset: t\n-- Parameters: first date, top integer?\n-- 方法。\n-- The method.\n"


@pytest.mark.parametrize("change", [
    {"name": "T-1"}, {"primaryKey": []}, {"primaryKey": ["p"]}, {"ximu:roles": {"event_date": "v", "subject": "u"}},
    {"ximu:events": {"personal_days": 365}}, {"ximu:events": {"keep_years": 10}}, {"ximu:events": {"cipher": "ROT13"}}, {"ximu:events": {"breakdowns": ["p"]}}, {"fields": [{"name": "k", "type": "blob"}]},
])
def test_a_schema_that_cannot_be_kept_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        rules.read_dataset(SCHEMA | change)
    assert refused.value.code == "EVT-SCHEMA"


def test_a_definition_is_its_method_and_its_text() -> None:
    made = rules.read_definition("a", HEAD + "SELECT 1;")
    assert (made.title.zh, made.dataset, made.method, made.sql) == ("甲", "t", "方法。\nThe method.", "SELECT 1")
    assert rules.bound(made, {"first": "2018-01-02"}) == {"first": date(2018, 1, 2), "top": None}
    with pytest.raises(Refusal) as refused:
        rules.read_definition("a", "-- 名称: 甲\nSELECT 1")
    assert refused.value.code == "EVT-DEF"


@pytest.mark.parametrize("given", [{}, {"first": "x"}, {"first": "2018-01-01", "other": 1}, {"first": "2018-01-01", "top": "a"}])
def test_a_parameter_that_does_not_fit_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        rules.bound(rules.read_definition("a", HEAD + "SELECT 1"), given)
    assert refused.value.code == "EVT-PARAM"


def test_days_become_runs_and_the_gap_is_named() -> None:
    made = rules.runs([date(2018, 1, 1), date(2018, 1, 2), date(2018, 1, 4)])
    assert made == [["2018-01-01", "2018-01-02"], ["2018-01-04", "2018-01-04"]]
    assert rules.missing(rules.days_of([made]), date(2018, 1, 1), date(2018, 1, 4)) == [date(2018, 1, 3)]


@pytest.mark.parametrize(("counts", "hidden"), [
    ([3, 40, 20], [True, False, True]), ([0, 40], [False, False]), ([2, 3, 50], [True, True, True]), ([2, 9, 50], [True, True, False]), ([50, 10], [False, False]),
])
def test_small_cells_are_withheld_and_no_total_gives_one_away(counts: list[int], hidden: list[bool]) -> None:
    assert rules.withheld_cells(counts) == hidden


def test_no_row_and_no_column_hides_just_one_count() -> None:
    table = [[3, 30, 50], [20, 40, 60], [0, 11, 12]]
    hidden = rules.withheld_table(table)
    assert hidden == [[True, True, False], [True, True, False], [False, False, False]]
    for line in (*hidden, *map(list, zip(*hidden, strict=True))):
        assert sum(line) != 1
    assert rules.withheld_table([]) == [] and rules.withheld_table([[4]]) == [[True]]


def test_a_count_that_joins_two_blocks_does_not_follow_in_a_large_table() -> None:
    block = [[((r < 5) == (c < 5) and 3) or 50 for c in range(10)] for r in range(10)]
    block[0][9] = 4
    hidden = rules.withheld_table(block)
    assert sum(map(sum, hidden)) > 51, "the joining count alone would follow from what its row holds besides"


@pytest.mark.parametrize(("value", "mask", "shown"), [
    ("张三丰", "name", "张**"), ("13812345678", "phone", "138****5678"), ("1234567", "phone", "***"), ("某路", "hide", "***"), (None, "name", None),
])
def test_personal_values_are_masked(value: str | None, mask: str, shown: str | None) -> None:
    assert rules.masked(value, mask) == shown


def test_rows_are_sorted_into_new_corrected_and_known() -> None:
    dataset = rules.read_dataset(SCHEMA)
    day = date(2018, 1, 1)
    batch = rules.conform(pl.DataFrame({"k": ["a", "b", "c", "c"], "d": [day] * 4, "u": ["x"] * 4, "v": [1, 2, 3, 4]}), dataset)
    known = pl.DataFrame({"k": ["a", "b"], "d": [day] * 2, "u": ["x"] * 2, "v": [1, 9], "_row": [7, 8], "_known": [None, None]})
    found = rules.sort_out(batch, known, dataset)
    assert (found.new, found.corrected, found.same) == (1, 1, 2)
    assert found.gone.to_list() == [8]
    assert found.kept["v"].to_list() == [2, 4]


@pytest.mark.parametrize(("frame", "code"), [
    (pl.DataFrame({"k": ["a"], "d": [None], "u": ["x"]}), "EVT-VALUE"), (pl.DataFrame({"k": ["a"], "d": ["soon"], "u": ["x"]}), "EVT-VALUE"),
    (pl.DataFrame({"k": ["a"], "u": ["x"]}), "EVT-COLUMNS"), (pl.DataFrame({"k": ["a"], "d": [None], "u": [""], "z": [1]}), "EVT-COLUMNS"),
])
def test_a_frame_that_does_not_fit_is_refused(frame: pl.DataFrame, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.conform(frame, rules.read_dataset(SCHEMA))
    assert refused.value.code == code
