"""The table is healed, schedules keep their words, lights follow from dates and evidence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.notice.plan.reader import sources
from ximu.notice.plan.rules import gantt, heading, lights, schedule, table, units
from ximu.notice.plan.tests import notice

pytestmark = pytest.mark.row("P")


@pytest.mark.parametrize(("words", "due", "standing", "needs"), [
    ("2018年4月前完成并持续实施", date(2018, 3, 31), True, True),
    ("2018年4月底前完成并持续实施", date(2018, 4, 30), True, True),
    ("2018年12月底前完成并持续实施", date(2018, 12, 31), True, False),
    ("2018年12月底前(涉及法律、行政法规的,按照立法程序推进)", date(2018, 12, 31), False, False),
    ("持续实施", None, True, False), ("2018年底前", date(2018, 12, 31), False, False),
    ("2018年6月30日前完成", date(2018, 6, 30), False, True), ("2018年第三季度", date(2018, 9, 30), False, False),
    ("2018年上半年完成", date(2018, 6, 30), False, False), ("2018年1月前完成", date(2017, 12, 31), False, True),
])
def test_a_schedule_is_read(words: str, due: date | None, standing: bool, needs: bool) -> None:
    read = schedule.read(words)
    assert (read.proposed, read.standing, read.needs_reading, read.words) == (due, standing, needs, words)


def test_before_a_month_and_before_its_end_stay_different() -> None:
    before, end = schedule.read("2018年4月前完成"), schedule.read("2018年4月底前完成")
    assert [c.due for c in before.candidates] == [date(2018, 3, 31), date(2018, 4, 30)]
    assert [c.due for c in end.candidates] == [date(2018, 4, 30)]


@pytest.mark.parametrize("words", ["尽快", "2018年13月前完成", "4月前", "2018年2月30日前", "", "2018年第五季度"])
def test_a_malformed_schedule_is_refused(words: str) -> None:
    with pytest.raises(Refusal) as refused:
        schedule.read(words)
    assert refused.value.code == "PLAN-SCHEDULE"


@given(st.integers(2000, 2100), st.integers(1, 12))
def test_the_two_readings_lie_a_month_apart(year: int, month: int) -> None:
    before, end = schedule.read(f"{year}年{month}月前完成").candidates
    assert before.due < end.due
    assert (end.due - before.due).days in {28, 29, 30, 31}


def test_units_are_split_and_set_phrases_stay_whole() -> None:
    named = units.split("各区人民政府,市政府委、办、局等")
    assert [(u.words, u.role, u.is_phrase, u.open_ended) for u in named] == [
        ("各区人民政府", "lead", True, False), ("市政府委、办、局", "support", True, True)]
    assert [u.words for u in units.split("市财政局、市发展改革委,其他市有关部门")] == ["市财政局", "市发展改革委", "其他市有关部门"]


@pytest.mark.parametrize("make", [notice.text, notice.xlsx, notice.word])
def test_every_format_gives_the_same_plan(make: object) -> None:
    read = table.read(sources.rows_of("notice", make()))
    assert read.problems == []
    assert [r.row for r in read.rows] == ["M1.1", "M1.2", "M1.3", "M2.1", "D1", "S1", "S2"]
    third = read.rows[2]
    assert third.unit_words == notice.ROWS[2][3]
    assert {"units", "area", "check"} <= third.inherited
    assert read.rows[4].tasks == ("建立责任制。", "提高透明度。")


def test_a_page_break_that_repeats_the_header_is_healed() -> None:
    rows = [*notice.ROWS[:3], notice.HEADER, *notice.ROWS[3:]]
    assert len(table.read(sources.rows_of("n", notice.text(rows))).rows) == 7


@pytest.mark.parametrize(("change", "code"), [
    ({3: ("", "", "建立档案。", "", "尽快", "")}, "PLAN-SCHEDULE"),
    ({3: ("", "", "每年编制清单。", "", "持续实施", "")}, "PLAN-DUP"),
    ({6: ("1", "政府采购", "", "市财政局", "持续实施", "")}, "PLAN-EMPTY"),
    ({0: ("", "", "", "", "", "")}, "PLAN-SECTION"),
])
def test_a_bad_row_is_named_and_the_rest_kept(change: dict[int, tuple[str, ...]], code: str) -> None:
    rows = [change.get(i, r) for i, r in enumerate(notice.ROWS)]
    read = table.read(sources.rows_of("n", notice.text(rows)))
    assert code in {p["code"] for p in read.problems}
    assert all(p["line"] > 0 and p["message_zh"] and p["message_en"] for p in read.problems)
    assert any(r.row == "S2" for r in read.rows)


def test_a_file_without_a_table_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        table.read(sources.rows_of("n", "只有文字".encode()))
    assert refused.value.code == "PLAN-COLUMNS"


@pytest.mark.parametrize(("content", "code"), [
    (b"%PDF-1.7", "FILE-KIND"), (b"PK\x03\x04broken", "FILE-KIND"), (b"\xd0\xcf\x11\xe0old", "FILE-KIND"), (b"\xff\xfe\xff", "FILE-ENC"),
    (b"a\x00b", "FILE-ENC"),
])
def test_other_files_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        sources.rows_of("n", content)
    assert refused.value.code == code


def test_the_heading_is_read_and_brackets_normalised() -> None:
    found = heading.read(["关于印发《示例分工表》的通知", "示发改信[2018]5 号", "2018年2月13日"])
    assert (found.title, found.number, found.issued) == ("示例分工表", "示发改信〔2018〕5号", date(2018, 2, 13))


DUE = date(2018, 4, 30)
OLD = lights.Proof(date(2017, 3, 1), date(2018, 3, 1), False)
DONE = lights.Proof(date(2018, 4, 20), date(2019, 4, 20), True)


@pytest.mark.parametrize(("due", "standing", "proofs", "as_of", "left", "light"), [
    (DUE, True, [], date(2018, 5, 2), -1, "overdue"), (DUE, True, [], date(2018, 4, 20), 6, "at_risk"),
    (DUE, True, [], date(2018, 3, 1), 40, "not_started"), (DUE, True, [DONE], date(2018, 5, 2), -1, "on_time"),
    (DUE, False, [DONE], date(2018, 5, 2), -1, "done"), (DUE, True, [DONE], date(2019, 5, 2), -1, "evidence_expired"),
    (None, True, [OLD], date(2018, 5, 2), None, "evidence_expired"), (None, True, [], date(2018, 5, 2), None, "not_started"),
    (DUE, True, [DONE], date(2018, 4, 1), 20, "not_started"), (DUE, False, [OLD], date(2018, 3, 1), 40, "on_time"),
])
def test_a_light_follows_from_dates_and_evidence(
    due: date | None, standing: bool, proofs: list[lights.Proof], as_of: date, left: int | None, light: str,
) -> None:
    found = lights.light_of(due=due, standing=standing, issued=date(2018, 2, 13), proofs=proofs, as_of=as_of, working_days_left=left)
    assert found.light == light
    assert found.reason.zh
    assert found.reason.en


def test_the_worst_light_is_seen_first() -> None:
    made = [lights.light_of(due=DUE, standing=False, issued=None, proofs=p, as_of=date(2018, 5, 2), working_days_left=-1) for p in ([], [DONE])]
    assert lights.worst(made).light == "overdue"


def test_bars_lie_inside_the_drawing() -> None:
    lines = [{"row": "M1.1", "uid": "x", "area": "a", "light": "overdue", "due": "2018-03-31", "standing": True},
             {"row": "M1.2", "uid": "y", "area": "a", "light": "not_started", "due": None, "standing": True}]
    drawing = gantt.draw(lines, start=date(2018, 2, 13), as_of=date(2018, 5, 2))
    for bar in drawing["bars"]:
        assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= bar["rest_x"] + bar["rest"] <= drawing["width"]
    assert drawing["bars"][0]["width"] > 0
