"""A file for a dataset of which the good rows are kept: each bad row is named, units stand as on the day of the row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_held, deliver_rows, items, read_item
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
