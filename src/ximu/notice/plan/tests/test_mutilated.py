"""A notice that was cut, filled, renumbered or rewritten on its way is read right or refused with a code; no task gets another's number."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from ximu.kernel.refusal import Refusal
from ximu.notice.plan.reader import sources
from ximu.notice.plan.rules import table
from ximu.notice.plan.rules.numbering import number_of
from ximu.notice.plan.services import importing
from ximu.notice.plan.tests import notice

pytestmark = pytest.mark.row("P")
Rows = list[tuple[str, ...]]
DEBT = ("2", "河道治理", "做好记录。", "市水务局", "持续实施", "")


def read(rows: Rows, header: tuple[str, ...] = notice.HEADER) -> table.Reading:
    return table.read(sources.rows_of("n", (notice.HEADING + "\n".join("\t".join(r) for r in [header, *rows])).encode()))


def seen(found: table.Reading) -> list[tuple[str, ...]]:
    return [(r.row, r.area, r.task, r.unit_words, r.schedule.words, r.check) for r in found.rows]


def codes(found: table.Reading) -> list[tuple[str, str]]:
    return [(str(p["code"]), str(p["row"])) for p in found.problems]


WHOLE = seen(read(notice.ROWS))


def filled() -> Rows:
    """Merged cells taken apart, each part filled."""
    made, last = [], ("",) * 6
    for row in notice.ROWS:
        last = ("",) * 6 if row[0].startswith("<b>") else tuple(value or last[i] for i, value in enumerate(row))
        made.append(row if row[0].startswith("<b>") else last)
    return made


def numbered(write: Callable[[int], str]) -> Rows:
    return [(write(int(r[0])), *r[1:]) if r[0].isdigit() else r for r in notice.ROWS]


def test_merged_cells_that_were_taken_apart_and_filled_give_the_same_numbers() -> None:
    found = read(filled())
    assert (seen(found), found.problems) == (WHOLE, [])


@pytest.mark.parametrize("write", [
    "{}.".format, "（{}）".format, "{}、".format, "{}.0".format, "0{}".format, "第{}项".format, lambda n: chr(0x245F + n), lambda n: chr(0xFF10 + n),
    lambda n: "零一二三"[n], lambda n: f"（{'零一二三'[n]}）",
])
def test_numbers_are_read_however_they_are_written(write: Callable[[int], str]) -> None:
    found = read(numbered(write))
    assert (seen(found), found.problems) == (WHOLE, [])


@pytest.mark.parametrize(("text", "number"), [
    ("十", 10), ("十六", 16), ("二十", 20), ("九十九", 99), ("⑯", 16), ("No.3", 3), ("1.2", 0), ("1-2", 0), ("Ⅱ", 2), ("IV", 0), ("十十", 0), ("½", 0),
    ("9999", 0), ("一二", 0), ("政府采购", 0),
])
def test_what_is_no_number_is_not_made_one(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("write", ["{}.5".format, lambda n: "I" * n, lambda n: ""])
def test_a_row_without_a_number_that_can_be_read_is_refused_with_those_merged_below_it(write: Callable[[int], str]) -> None:
    found = read(numbered(write))
    assert found.rows == []
    assert {code for code, _ in codes(found)} == {"PLAN-NUMBER", "PLAN-GAP"}


def test_a_row_that_was_repeated_moves_no_number() -> None:
    for at in (1, 2, 4, 6):
        found = read([*notice.ROWS[:at + 1], notice.ROWS[at], *notice.ROWS[at + 1:]])
        assert ([code for code, _ in codes(found)], seen(found)) == (["PLAN-DUP"], WHOLE), at


def test_a_table_that_was_pasted_twice_is_one() -> None:
    found = read([*notice.ROWS, notice.HEADER, *notice.ROWS])
    assert seen(found) == WHOLE
    assert [code for code, _ in codes(found)] == ["PLAN-DUP"] * len(WHOLE)


@pytest.mark.parametrize(("lost", "chapter", "number"), [(4, "M", "2"), (6, "D", "1"), (9, "S", "2")])
def test_a_row_that_the_heading_counts_is_missed(lost: int, chapter: str, number: str) -> None:
    found = read([row for n, row in enumerate(notice.ROWS) if n != lost])
    [problem] = found.problems
    assert (problem["code"], problem["row"], problem["value"]) == ("PLAN-GAP", chapter, number)
    assert seen(found) == [one for one in WHOLE if one[2] != notice.ROWS[lost][2]]


def test_the_first_row_of_an_area_lost_takes_those_merged_below_it_along() -> None:
    found = read([row for n, row in enumerate(notice.ROWS) if n != 1])
    assert [one[0] for one in seen(found)] == ["M2.1", "D1", "S1", "S2"]
    assert {code for code, _ in codes(found)} == {"PLAN-NUMBER", "PLAN-GAP"}


@pytest.mark.parametrize("lost", [5, 7])
def test_rows_below_a_lost_heading_get_no_number_of_the_chapter_above(lost: int) -> None:
    rows = [row for n, row in enumerate(notice.ROWS) if n != lost]
    found = read(rows)
    assert ("PLAN-SECTION" in {code for code, _ in codes(found)}) or ("PLAN-DUP" in {code for code, _ in codes(found)})
    assert [one for one in seen(found) if one not in WHOLE] == []


def test_a_heading_may_stand_in_two_cells_and_come_again_after_a_page_break() -> None:
    split = [("二、", "推进1个重点领域建设", "", "", "", "") if n == 5 else row for n, row in enumerate(notice.ROWS)]
    again = [*notice.ROWS[:3], notice.HEADER, notice.ROWS[0], *notice.ROWS[3:]]
    for rows in (split, again):
        found = read(rows)
        assert (seen(found), found.problems) == (WHOLE, [])


@pytest.mark.parametrize(("column", "name"), [(1, "工作内容"), (3, "负责单位"), (4, "时间进度")])
def test_an_empty_cell_of_a_new_number_takes_nothing_from_another_task(column: int, name: str) -> None:
    holed = tuple("" if i == column else value for i, value in enumerate(DEBT))
    rows = [*notice.ROWS[:7], holed, *notice.ROWS[7:]]
    rows[5] = ("<b>二、推进2个重点领域建设</b>", "", "", "", "", "")
    found = read(rows)
    assert [(p["code"], p["field"], p["row"]) for p in found.problems] == [("PLAN-EMPTY", name, "D2")]
    assert seen(found) == WHOLE


def test_columns_in_another_order_below_are_read_by_their_own_header() -> None:
    order = (0, 1, 3, 2, 5, 4)
    turned = [tuple(row[i] for i in order) for row in [notice.HEADER, *notice.ROWS[5:]]]
    found = read([*notice.ROWS[:5], *turned])
    assert (seen(found), found.problems) == (WHOLE, [])


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read([(*row, "市民政局") for row in notice.ROWS], header=(*notice.HEADER, "负责单位"))
    assert refused.value.code == "PLAN-COLUMNS"


@pytest.mark.parametrize(("cell", "words", "code"), [(1, "长" * 201, "PLAN-LONG"), (4, "0001年1月前完成", "PLAN-SCHEDULE"), (5, "长" * 201, "PLAN-LONG")])
def test_cells_out_of_all_reason_are_named(cell: int, words: str, code: str) -> None:
    found = read([tuple(words if n == 6 and i == cell else value for i, value in enumerate(row)) for n, row in enumerate(notice.ROWS)])
    assert codes(found) == [(code, "D1")]
    assert len(found.rows) == len(WHOLE) - 1


def edited(change: Callable[[str], str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(notice.word())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part.decode()).encode() if name == "word/document.xml" else part)
    return made.getvalue()


RUN = re.compile(r"<w:r>(<w:t[^>]*>持续实施</w:t>)</w:r>")
CELL = re.compile(r"<w:tc>(?:(?!</w:tc>).)*市财政局(?:(?!</w:tc>).)*</w:tc>", re.DOTALL)
STRUCK = '<w:del w:id="2" w:author="b"><w:r><w:delText>尽快</w:delText><w:t>尽快</w:t></w:r></w:del>'


@pytest.mark.parametrize("change", [
    lambda xml: RUN.sub(rf'<w:ins w:id="1" w:author="a"><w:r>\1</w:r></w:ins>{STRUCK}', xml),
    lambda xml: RUN.sub(r'<w:smartTag w:element="x"><w:r>\1</w:r></w:smartTag>', xml),
    lambda xml: CELL.sub(lambda found: f"<w:sdt><w:sdtContent>{found[0]}</w:sdtContent></w:sdt>", xml),
    lambda xml: xml.replace("<w:tbl>", "<w:sdt><w:sdtContent><w:tbl>").replace("</w:tbl>", "</w:tbl></w:sdtContent></w:sdt>"),
    lambda xml: xml.replace("</w:tbl>", '<w:tr><w:trPr><w:del w:id="9" w:author="x"/></w:trPr><w:tc><w:p><w:r><w:t>9</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'),
])
def test_a_word_file_is_read_as_a_person_sees_it(change: Callable[[str], str]) -> None:
    """Insertions, smart tags and content controls hold words too; what was struck out is gone."""
    content = edited(change)
    assert content != edited(lambda xml: xml)
    found = table.read(sources.rows_of("n.docx", content))
    assert (seen(found), found.problems) == (WHOLE, [])


def hidden_sheet() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    shown, old = book.add_worksheet("分工"), book.add_worksheet("旧")
    for sheet, rows in ((shown, [notice.HEADER, *notice.ROWS]), (old, [notice.HEADER, notice.ROWS[0], ("1", "旧", "旧任务。", "市财政局", "持续实施", "")])):
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    old.hide()
    book.close()
    return target.getvalue()


def test_a_hidden_sheet_is_no_part_of_the_plan() -> None:
    found = table.read(sources.rows_of("n.xlsx", hidden_sheet()))
    assert (seen(found), found.problems) == (WHOLE, [])


def far(cell: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(notice.xlsx())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="A2"', f'r="{cell}"'.encode(), 1))
    return made.getvalue()


@pytest.mark.parametrize(("content", "code"), [
    (far("XFD2"), "FILE-SIZE"), (far("GS2"), "FILE-SIZE"), (far("A1048576"), "FILE-SIZE"),
    (edited(lambda xml: xml.replace("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="900000000"/>', 1)), "FILE-SIZE"),
    (edited(lambda xml: xml.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1)), "FILE-RISK"),
    (("\n".join(map(",".join, [notice.HEADER, *notice.ROWS])) + '\n"' + "长" * 1_100_000).encode(), "FILE-KIND"),
], ids=["far column", "column 201", "far row", "span", "entities", "open quote"])
def test_a_file_that_would_fill_the_memory_is_refused_before_it_is_opened(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        sources.rows_of("n", content)
    assert refused.value.code == code


def test_a_file_name_is_no_title_of_any_length() -> None:
    assert importing._file_name("\udcff\x00" + "长" * 300) == "?" + "长" * 199
