"""A file for a dataset of which the good rows are kept: each bad row is named, units stand as on the day of the row."""

from __future__ import annotations

import json
import resource
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.events import queries as events
from ximu.ideas.intake.reader.limits import MEMORY_BYTES
from ximu.ideas.intake.services import blocks, deliver_held, deliver_rows, deliver_whole, items, read_item, sift_file, sift_rows
from ximu.ideas.intake.tests.factories import workbook
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = datetime(2018, 5, 8, 2, tzinfo=UTC)
HEAD = "debt,unit_name,kind,title,principal,outstanding,stated_on,incurred_on,due_on,finding,found_on,finding_document,withdrawn_on"
GOOD = "YB-01-1,示例市甲区人民政府,一般债务,一期（示例）,10,9,2017-12-31,2016-07-01,2023-07-01,,,,"


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()


def deliver(tmp_path: Path, *lines: str, batch: str = "b", **given: Any) -> dict[str, Any]:
    path = tmp_path / "file.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", "utf-8")
    return deliver_rows("debt_lines", path, batch=batch, by=SYSTEM, at=AT, **given)


def test_good_rows_are_kept_and_each_bad_one_is_named(tmp_path: Path) -> None:
    lines = [GOOD, GOOD.replace("YB-01-1", "B2").replace("甲区", "无名区"), GOOD.replace("YB-01-1", "B3").replace("2017-12-31", "2031-01-01"),
             GOOD.replace("YB-01-1", "B4").replace("一般债务", "新债务"), GOOD.replace("YB-01-1", "B5"), GOOD.replace("YB-01-1", "B6")]
    told = deliver(tmp_path, *lines, judge=lambda rows: [(line, "debt", "D05-DEBT") for line, row in rows if row["debt"] == "B5"])
    assert (told["rows"], told["new"], told["bad"]) == (6, 2, 4)
    assert {(one["line"], one["field"], one["code"]) for one in told["faults"]} == {
        (3, "unit_name", "SUBJ-NONE"), (4, "stated_on", "TIME-FUTURE"), (5, "kind", "FIELD-CODE"), (6, "debt", "D05-DEBT")}
    assert {row["debt"]: bool(row["unit"]) for row in events.rows_of("debt_lines", known_at=AT)} == {"YB-01-1": True, "B6": True}


def test_the_same_file_again_adds_nothing_and_a_changed_row_is_a_correction(tmp_path: Path) -> None:
    first = deliver(tmp_path, GOOD)
    again = deliver(tmp_path, GOOD, batch="c")
    assert (again["new"], again["same"], again["corrected"]) == (0, 1, 0) and first["new"] == 1
    changed = deliver(tmp_path, GOOD.replace(",9,", ",8,"), batch="d")
    assert (changed["corrected"], changed["bad"]) == (1, 0)


def test_a_file_of_bad_rows_only_adds_nothing_and_one_without_its_columns_is_refused(tmp_path: Path) -> None:
    told = deliver(tmp_path, GOOD.replace("甲区", "无名区"))
    assert (told["new"], told["bad"]) == (0, 1) and events.rows_of("debt_lines", known_at=AT) == []
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Refusal) as caught:
        deliver_rows("debt_lines", path, batch="e", by=SYSTEM, at=AT)
    assert caught.value.code == "FILE-HEADER"


def test_a_whole_file_does_not_take_over_what_stands_for_another_unit(tmp_path: Path) -> None:
    deliver(tmp_path, GOOD)
    path = tmp_path / "other.csv"
    path.write_text("\n".join([HEAD, GOOD.replace("甲区", "乙区")]) + "\n", "utf-8")
    district = registry.find("示例市乙区人民政府", as_of=AT.date())
    clerk = Actor("clerk", district, (Grant("entry", frozenset({"d05.deliver"}), district),))
    with pytest.raises(Refusal) as caught:
        deliver_held("debt_lines", path, right="d05.deliver", batch="t", by=clerk, at=AT)
    assert caught.value.code == "PERM-DENIED"
    assert [row["unit_name"] for row in events.rows_of("debt_lines", known_at=AT)] == ["示例市甲区人民政府"]


def test_bad_rows_count_for_the_most_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_ROWS", 2)
    path = tmp_path / "bad.csv"
    path.write_text("a\n" + "x\n" * 3, "utf-8")
    with pytest.raises(Refusal) as caught:
        read_item(path, {"fields": [{"name": "a", "title": "甲", "type": "integer"}]}, at=AT)
    assert caught.value.code == "FILE-ROWS"


FIELDS = {"fields": [{"name": "a", "title": "甲", "title_en": "A", "type": "integer"}, {"name": "b", "title": "乙", "ximu:personal": True,
                                                                                     "constraints": {"maxLength": 4}}]}


def test_every_fault_is_told_in_both_languages_and_quotes_no_personal_value(tmp_path: Path) -> None:
    told = deliver(tmp_path, GOOD.replace("甲区", "无名区"), GOOD.replace("YB-01-1", "B2").replace("一般债务", "新债务"))
    assert [(one["code"], one["column"]) for one in told["faults"]] == [("FIELD-CODE", "债务类别"), ("SUBJ-NONE", "区")]
    assert "新债务" in told["faults"][0]["zh"] and "code set" in told["faults"][0]["en"] and "无名区" in told["faults"][1]["en"]
    path = tmp_path / "personal.csv"
    path.write_text("a,b\n1,张三李四王五\n", "utf-8")
    [(good, faults)] = sift_file(path, FIELDS, today=AT.date())
    assert good == [] and [one["code"] for one in faults] == ["FIELD-LONG"] and "张三" not in str(faults) and faults[0]["zh"]


def test_pushed_rows_are_read_as_the_same_rows_of_a_file(tmp_path: Path) -> None:
    rows = [{"a": value, "b": "x"} for value in (1, True, [1], float("nan"), "１２", 10**30, 1e3)]
    good, faults = sift_rows(rows, FIELDS, today=AT.date())
    assert [(row["line"], row["a"]) for row in good] == [(1, "1"), (5, "12"), (7, "1000")]
    assert {one["line"]: one["code"] for one in faults} == {2: "NUM-FORM", 3: "CELL-KIND", 4: "CELL-KIND", 6: "NUM-FORM"}
    path = tmp_path / "rows.json"
    path.write_text('[{"a": 1}, {"a": true}, {"a": [1]}, {"a": "１２"}, {"a": 1000000000000000000000000000000}, {"a": 1e3}]', "utf-8")
    [(same, _)] = sift_file(path, FIELDS, today=AT.date())
    assert [row["a"] for row in same] == ["1", "12", "1000"]


def test_a_workbook_that_would_fill_the_memory_is_read_apart_and_refused(tmp_path: Path, settings: Any) -> None:
    """Two cells far from each other: a few bytes that stand for a table of gigabytes."""
    path, before = tmp_path / "far.xlsx", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    near = {f"A{row}": "1" for row in range(2, 900)}
    for cells in ({"A1": "a", "SA400000": "1"}, {"A1": "a", **near, "SA900": "1", **{f"A{row}": "1" for row in range(901, 1800)}, "A400000": "1"}):
        path.write_bytes(workbook(cells))
        with pytest.raises(Refusal) as caught:
            list(blocks(path, FIELDS, at=AT))
        assert caught.value.code == "FILE-SIZE"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10 < MEMORY_BYTES // 4


def test_a_large_file_is_read_apart_with_the_same_result_and_a_broken_one_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [GOOD, GOOD.replace("YB-01-1", "B2").replace("一般债务", "新债务"), GOOD.replace("YB-01-1", "B3").replace("甲区", "无名区")]
    near = deliver(tmp_path, *lines)
    monkeypatch.setattr(items, "SMALL_BYTES", 0)
    apart = deliver(tmp_path, *lines, batch="c")
    assert apart["faults"] == near["faults"] and (apart["rows"], apart["same"], apart["bad"]) == (3, 1, 2)
    with pytest.raises(Refusal) as caught:
        deliver(tmp_path, GOOD.replace("YB-01-1", "B9"), '"' + GOOD, batch="e")
    assert caught.value.code == "FILE-QUOTE" and len(events.rows_of("debt_lines", known_at=AT)) == 1


def test_what_is_taken_whole_has_a_bound_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_ROWS", 1)
    path = tmp_path / "two.csv"
    path.write_text("\n".join([HEAD, GOOD, GOOD.replace("YB-01-1", "B2")]), "utf-8")
    with pytest.raises(Refusal) as caught:
        deliver_whole("debt_lines", path, batch="w", check=lambda rows: None, by=SYSTEM, at=AT)
    assert caught.value.code == "FILE-ROWS" and not events.rows_of("debt_lines", known_at=AT)


def test_yes_and_no_reach_a_pack_and_its_dataset_as_such(tmp_path: Path) -> None:
    seen, path = list[Any](), tmp_path / "structures.json"
    row = {"sort": "存量", "found_on": "2018-03-01", "area": 12.5, "unit_name": "示例市甲区人民政府", "suspended_by": "示城管〔2018〕1号"}
    rows = [{**row, "number": "S1", "suspended": "是"}, {**row, "number": "S2", "suspended": False}, {**row, "number": "S3"}]
    path.write_text(json.dumps(rows), "utf-8")
    deliver_rows("structures", path, batch="s", by=SYSTEM, at=AT, judge=lambda rows: seen.extend(row["suspended"] for _, row in rows) or [])
    assert seen == [True, False, None]
    assert [row["suspended"] for row in events.rows_of("structures", known_at=AT)] == [True, False, None]
