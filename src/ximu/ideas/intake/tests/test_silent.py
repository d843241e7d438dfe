"""No value is taken in silence for another than a careful person reads; the same rows are the same in every kind of file."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from ximu.ideas.intake.reader.reading import read_file
from ximu.ideas.intake.rules.header import plain
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.rules.values import read_boolean, read_day, read_document_number, read_integer, read_money, read_number
from ximu.ideas.intake.tests.factories import TODAY, codes, csv_text, read, row
from ximu.kernel import resident_id, uscc
from ximu.kernel.refusal import Refusal

NAMES = ["甲列", "乙列", "丙列"]
FREE = read_schema({"fields": [{"name": name, "title": title} for name, title in zip("ABC", NAMES)]})
TYPED = read_schema({"fields": [
    {"name": "A", "title": "甲列", "type": "date"}, {"name": "B", "title": "乙列", "type": "number", "ximu:kind": "money-wan"},
    {"name": "C", "title": "丙列"}]})


def taken(folder: Path, data: bytes | str, *, schema: ItemSchema = FREE) -> list[tuple[Any, ...]]:
    """(line, values …) of every row that would become a record."""
    (folder / "out").mkdir(exist_ok=True)
    for old in (folder / "out").iterdir():
        old.unlink()
    path = folder / "delivery"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    read_file(path, schema, today=TODAY, out=folder / "out", records=True)
    frames = [pl.read_ipc(part) for part in sorted((folder / "out").glob("rows-*.arrow"))]
    return [(line, *json.loads(payload).values()) for frame in frames for line, payload in frame.select("line", "payload").iter_rows()]


def code_of(folder: Path, data: bytes | str) -> str:
    with pytest.raises(Refusal) as refused:
        taken(folder, data)
    return refused.value.code


def workbook(rows: list[list[Any]], *, merged: str = "", titles: list[str] = NAMES) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    for r, one in enumerate([titles, *rows]):
        for c, value in enumerate(one):
            sheet.write(r, c, value) if isinstance(value, float | int) else sheet.write_string(r, c, value) if value else None
    if merged:
        sheet.merge_range(merged, "合并")
    book.close()
    return out.getvalue()


def rezipped(data: bytes, edit: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*edit(name, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("text", [
    "2018", "2018.5", "2018.10", "1999", "20185", "19991", "9999", "2018-5-3①", "2018-5-3²", "2018-5-3 1", "20 18-5-3", "43 223", "2018-⑤-③",
    "2018-1-112:30", "2018-05-03\n1", "2018-5-3" + " " * 300 + "1",
])
def test_what_may_be_another_day_is_no_day(text: str) -> None:
    """A year, a year with its month, a day with the mark of a footnote: none of them is a serial number or a digit more."""
    assert (read_day(text).value, read_day(text).code) == (None, "DATE-FORM")


@pytest.mark.parametrize(("text", "day"), [
    ("1988-07-01T15:00:00Z", "1988-07-02"), ("1988-07-01T14:59:59Z", "1988-07-01"), ("1988-01-01T15:30:00Z", "1988-01-01"),
    ("1992-07-01T15:30:00Z", "1992-07-01"), ("1988-07-01 23:30", "1988-07-01"), ("1986-05-04 02:30", "1986-05-04"),
    ("2018-05-02T16:00:00.000Z", "2018-05-03"), ("2018-05-02T15:59:59Z", "2018-05-02"), ("2018-05-03T00:00:00+08:00", "2018-05-03"),
    ("2018-05-02 20:00:00-0500", "2018-05-03"), ("2018-05-03 24:00", "2018-05-03"), ("2018年5月3日16:30", "2018-05-03"), ("2018 05 03", "2018-05-03"),
    ("2018 年 5 月 3 日", "2018-05-03"), ("43223.75", "2018-05-03"),
])
def test_a_moment_is_the_day_that_it_was_here(text: str, day: str) -> None:
    assert read_day(text).value == day


@pytest.mark.parametrize("text", ["2018-05-03 25:00", "2018-05-03 99:99", "2018-05-03 12:60", "2018-05-03 24:01"])
def test_no_hour_of_a_day_is_no_time(text: str) -> None:
    assert read_day(text).code == "DATE-NONE"


def test_a_moment_at_the_end_of_the_calendar_is_out_of_range() -> None:
    assert read_day("9999-12-31T23:00:00-05:00").code == "DATE-RANGE"


@pytest.mark.parametrize("text", ["5²", "1.5①", "200①", "⑩", "1 5", "1 2 3", "5\n6", "0,500"])
def test_a_mark_beside_a_number_is_no_digit_of_it(text: str) -> None:
    assert (read_number(text).code, read_integer(text).code, read_money(text, unit="元").code) == ("NUM-FORM", "NUM-FORM", "MONEY-FORM")


def test_what_looks_like_a_one_is_no_yes() -> None:
    assert read_boolean("①").code == "BOOL-FORM"


@pytest.mark.parametrize(("text", "value"), [
    ("99999999999999999999999999999.99元", "99999999999999999999999999999.99"), ("123456789012345678901234567891万", "1234567890123456789012345678910000"),
    ("1 500", "1500"), ("１，５００．５０", "1500.5"),
])
def test_long_amounts_are_exact_and_spaces_may_part_thousands(text: str, value: str) -> None:
    assert read_money(text, unit="元").value == value


def test_decimals_of_a_long_amount_are_counted() -> None:
    assert read_money("12345678901234567890123456789.1234567", unit="元").code == "MONEY-SCALE"


@pytest.mark.parametrize("text", ["\ufeff沪市监罚〔2018〕5号", "沪市监\u200b罚〔2018〕5号", "沪市监罚〔2018〕5号\u200d", "沪市监罚〔2018〕\u20605号"])
def test_signs_that_nobody_sees_make_no_other_document(tmp_path: Path, text: str) -> None:
    assert read_document_number(text).value == "沪市监罚〔2018〕5号"
    seen = read(tmp_path, csv_text([row(1, CF_WSH="沪市监罚〔2018〕5号"), row(1, CF_WSH=text)]))
    assert (seen["good"], seen["same_in_file"]) == (1, 1)


@pytest.mark.parametrize("text", ["沪市监罚（２０１８）５号", "沪市监罚［２０１８］５号", "沪市监罚【２０１８】５号", "沪市监罚〔２０１８〕第５号"])
def test_a_number_in_full_width_signs_is_the_same_document(tmp_path: Path, text: str) -> None:
    """Its year stands in brackets of any form; two forms of one number made two records."""
    plain_number = text.translate(str.maketrans("０１２３４５６７８９（［【）］】", "0123456789〔〔〔〕〕〕"))
    assert read_document_number(text).value == plain_number
    seen = read(tmp_path, csv_text([row(1, CF_WSH=plain_number), row(1, CF_WSH=text)]))
    assert (seen["good"], seen["same_in_file"]) == (1, 1)
    assert read_document_number("（２０１８）沪０１行终５号").value == "（2018）沪01行终5号"


def test_a_cell_of_combining_signs_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """To put a long run of them in order takes time by the square of its length: they are not looked at."""
    looked, form = [0], unicodedata.normalize

    def counted(kind: str, text: str) -> str:
        looked[0] = max(looked[0], len(text))
        return form(kind, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    long = "a" + "\u0316\u0300" * 5000
    assert (read_day(long).code, read_number(long).code, read_money(long, unit="元").code) == ("DATE-FORM", "NUM-FORM", "MONEY-FORM")
    assert not uscc.check(long).valid and not resident_id.check(long, today=TODAY).valid and plain(long)
    assert looked[0] <= 200


def test_a_cell_beyond_the_last_title_is_no_cell_of_the_row(tmp_path: Path) -> None:
    """A comma in a name shifts the row to the right: behind a header with empty cells nobody would see it."""
    text = "甲列,乙列,丙列,\n1,2,3,\n示例局,二科,2,3\n4,5,6,\n"
    assert taken(tmp_path, text) == [(2, "1", "2", "3"), (4, "4", "5", "6")]
    assert codes(read(tmp_path, text, schema=FREE)) == [(3, "ROW-WIDTH")]
    assert codes(read(tmp_path, workbook([["1", "2", "3"], ["4", "5", "6", "7"]]), schema=FREE)) == [(3, "ROW-WIDTH")]
    inside = read(tmp_path, "甲列,,乙列,丙列\n1,x,2,3\n", schema=FREE)
    assert (inside["good"], inside["unknown_columns"]) == (1, ["（第2列，无标题）"])


@pytest.mark.parametrize("second", [NAMES, ["A", "B", "C"], ["\ufeff甲列", "乙列", ""]])
def test_a_header_further_below_is_no_record(tmp_path: Path, second: list[str]) -> None:
    text = "\n".join([",".join(NAMES), "1,2,3", ",".join(second), "4,5,6", ""])
    assert [line for line, *_ in taken(tmp_path, text)] == [2, 4]
    assert codes(read(tmp_path, text, schema=FREE)) == [(3, "ROW-HEADER")]


def test_a_header_in_another_order_further_below_refuses_the_file(tmp_path: Path) -> None:
    assert code_of(tmp_path, "甲列,乙列,丙列\n1,2,3\n丙列,乙列,甲列\n6,5,4\n") == "FILE-HEADER"


def test_the_mark_of_a_file_that_was_hung_on_to_another_is_no_content(tmp_path: Path) -> None:
    rows = [(2, "1", "2", "3"), (3, "4", "5", "6")]
    assert taken(tmp_path, "\ufeff甲列,乙列,丙列\n1,2,3\n\ufeff4,5,6\n") == rows
    assert taken(tmp_path, "甲列,乙列,丙列\n1,2,3\n\ufeff4,5,6\n".encode("utf-16")) == rows


@pytest.mark.parametrize("merged", ["A2:A3", "A2:B2"])
def test_merged_cells_below_the_header_are_refused(tmp_path: Path, merged: str) -> None:
    result = read(tmp_path, workbook([["x", "x", "1"], ["", "b", "2"], ["c", "d", "e"]], merged=merged), schema=FREE)
    assert {code for _, code in codes(result)} == {"CELL-MERGED"}
    assert result["good"] == 4 - 1 - len({line for line, _ in codes(result)})


def test_overlapping_merged_cells_are_a_broken_file(tmp_path: Path) -> None:
    ranges = b'<mergeCells>' + b'<mergeCell ref="A1:C3"/>' * 9 + b"</mergeCells>"
    data = workbook([["1", "2", "3"], ["4", "5", "6"]])
    broken = rezipped(data, lambda name, part: (name, part.replace(b"</sheetData>", b"</sheetData>" + ranges)))
    assert code_of(tmp_path, broken) == "FILE-BROKEN"


@pytest.mark.parametrize(("number", "shown"), [(0.1 + 0.2, "0.3"), (0.000001, "0.000001"), (0.00005, "0.00005"), (123456789012.3456, "123456789012.3456"),
                                               (1234567.1, "1234567.1"), (5.0, "5"), (-0.0, "0")])
def test_numbers_of_a_workbook_are_what_its_reader_sees(tmp_path: Path, number: float, shown: str) -> None:
    assert taken(tmp_path, workbook([["", "", number]]))[0][-1] == shown
    if 0 < number < 1:
        assert taken(tmp_path, workbook([["", number, ""]]), schema=TYPED)[0][2] == shown


@pytest.mark.parametrize("mark", ["date1904='1'", 'date1904 = "true"', 'date1904="1"'])
def test_the_date_system_is_read_however_it_is_written(tmp_path: Path, mark: str) -> None:
    book = rezipped(workbook([[41761.0, "", ""]]), lambda name, part: (
        name, part.replace(b"<workbookPr", b"<workbookPr " + mark.encode(), 1) if name == "xl/workbook.xml" else part))
    assert taken(tmp_path, book, schema=TYPED) == [(2, "2018-05-03", None, None)]


@pytest.mark.parametrize("place", ["xl/worksheets/sheet1.xml", "xl/data/sheet1.xml", "xl/worksheets/sheet1.bin"])
@pytest.mark.parametrize("risk", [b"<f>1+1</f>", b"<f\n>1+1</f>", b"<f\tt='shared'/>"])
def test_a_formula_is_found_wherever_the_sheet_lies_and_however_it_is_written(tmp_path: Path, place: str, risk: bytes) -> None:
    def moved(name: str, part: bytes) -> tuple[str, bytes]:
        part = part.replace(b"worksheets/sheet1.xml", place.removeprefix("xl/").encode())
        return (place, part.replace(b"<v>", risk + b"<v>", 1)) if name == "xl/worksheets/sheet1.xml" else (name, part)

    assert code_of(tmp_path, rezipped(workbook([[1.0, 2.0, 3.0]]), moved)) == "FILE-RISK"


def test_a_part_in_two_byte_signs_is_refused_also_without_its_mark(tmp_path: Path) -> None:
    book = rezipped(workbook([["1", "2", "3"]]), lambda name, part: (
        name, part.decode().encode("utf-16-le") if name == "xl/worksheets/sheet1.xml" else part))
    assert code_of(tmp_path, book) == "FILE-RISK"


def test_error_values_are_no_words_in_any_kind_of_file(tmp_path: Path) -> None:
    rows = [["#N/A", "1", "2"], ["#SPILL!", "3", "4"], ["a", "b", "c"]]
    for data in (text_of(rows).encode(), workbook(rows), json.dumps([dict(zip(NAMES, one)) for one in rows]).encode()):
        result = read(tmp_path, data, schema=FREE)
        assert ([code for _, code in codes(result)], result["good"]) == (["CELL-ERROR"] * 2, 1)


def test_a_name_that_comes_up_late_is_said_to_be_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.intake.reader.jsonfile.ROWS_A_CHUNK", 2)
    rows = [{"甲列": str(n)} for n in range(5)]
    rows[4]["乙"] = "x"
    result = read(tmp_path, json.dumps(rows), schema=FREE)
    assert result["unknown_columns"] == ["乙"] and any("乙" in note["zh"] for note in result["notes"])


@pytest.mark.parametrize(("text", "code"), [
    ('{"rows": [{"A": "1"}], "rows": [{"A": "2"}]}', "FILE-SHAPE"), ('{"n": 1, "rows": [{"A": "1"}], "rows": [{"A": "2"}]}', "FILE-SHAPE"),
    ('{"rows": [{"A": "1"}],, ::: "x"}', "FILE-BROKEN"), ('{"rows": [{"A": "1"}], "x"}', "FILE-BROKEN"), ('{"rows": [{"A": "1"}], 1: 2}', "FILE-BROKEN"),
])
def test_rows_that_are_there_twice_are_not_dropped_in_silence(tmp_path: Path, text: str, code: str) -> None:
    assert code_of(tmp_path, text) == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("shift", range(3))
def test_rows_on_one_endless_line_are_read_wherever_a_character_is_cut(tmp_path: Path, encoding: str, shift: int) -> None:
    """As programs write JSON: without a line end, in characters of several bytes. What is looked at first ends within one of them."""
    cells = ["x" * shift + "长" * 240_000, *["长" * 240_000] * 4]
    text = json.dumps([{"甲列": cell} for cell in cells], ensure_ascii=False)
    assert [len(row[1]) for row in taken(tmp_path, text.encode(encoding))] == [len(cell) for cell in cells]
    wide = "甲列,乙列,丙列\n" + ",".join(["x" * shift + "长" * 900_000] * 3) + "\n"
    assert [len(cell) for _, *row in taken(tmp_path, wide.encode(encoding)) for cell in row] == [900_000 + shift] * 3


@pytest.mark.parametrize("number", ["123456789012345.004e0", "0.9999999999999999999e0", "1e15", "1e-6"])
def test_a_number_with_an_exponent_is_exact_or_refused(tmp_path: Path, number: str) -> None:
    schema = read_schema({"fields": [{"name": "A", "title": "甲列", "type": "number"}]})
    assert codes(read(tmp_path, f'[{{"A": {number}}}]', schema=schema)) == [(1, "NUM-FORM")]
    assert taken(tmp_path, '[{"A": 1.5e1}]', schema=schema) == [(1, "15")]


def text_of(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    return out.getvalue()


def test_the_same_rows_are_the_same_in_every_kind_of_file(tmp_path: Path) -> None:
    rows = [["一\r\n二", "a\rb", "c\nd"], [" 外 ", "\u3000", "x"], [" ", "\u3000", "\t"], ["", "", ""], ["𠮷", "é", "-0"]]
    plain_text = text_of(rows)
    members = [dict(zip(NAMES, one)) for one in rows]
    kinds = {"csv": plain_text.encode(), "gb": plain_text.encode("gb18030"), "utf-16": plain_text.encode("utf-16"), "xlsx": workbook(rows),
             "json": json.dumps(members).encode(), "lines": "\n".join(map(json.dumps, members)).encode()}
    found = {kind: [values for _, *values in taken(tmp_path, data)] for kind, data in kinds.items()}
    assert found["csv"] == [["一\n二", "a\nb", "c\nd"], ["外", None, "x"], ["𠮷", "é", "-0"]]
    assert all(one == found["csv"] for one in found.values()), found


def test_the_careful_road_and_the_fast_one_pass_over_the_same_blank_rows(tmp_path: Path) -> None:
    for blank in (",,", ' , ,\u3000', '"","",""', '"", ,'):
        for more in ("", '"x\ny",2,3\n'):
            assert [line for line, *_ in taken(tmp_path, f"甲列,乙列,丙列\n1,2,3\n{blank}\n4,5,6\n{more}")][:2] == [2, 4], blank


def test_an_integer_has_no_minus_zero(tmp_path: Path) -> None:
    schema = read_schema({"fields": [{"name": "A", "title": "甲列", "type": "integer"}]})
    assert taken(tmp_path, "甲列\n-0\n", schema=schema) == [(2, "0")]


def test_what_is_listed_in_a_sentence_stays_a_sentence(tmp_path: Path) -> None:
    names = [f"{n}列" + "长" * 400 for n in range(400)]
    result = read(tmp_path, csv_text([["1", *["x"] * 400]], titles=["甲列", *names]), schema=FREE)
    [note] = [note["zh"] for note in result["notes"] if "未采集" in note["zh"]]
    assert len(note) < 4000 and note.endswith("… (400)。") and len(result["unknown_columns"]) == 400


def test_a_header_on_every_line_is_told_on_every_line(tmp_path: Path) -> None:
    result = read(tmp_path, (",".join(NAMES) + "\n") * 5001, schema=FREE)
    assert (result["rows"], result["good"], result["errors"]) == (5000, 0, 5000)
