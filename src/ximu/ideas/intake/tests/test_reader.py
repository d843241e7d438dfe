"""Honest files of every kind and encoding are read whole, and said how."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from ximu.ideas.intake.reader import csvfile
from ximu.ideas.intake.reader.reading import open_file
from ximu.ideas.intake.reader.report import safe_text, write_report
from ximu.ideas.intake.reader.running import Job, run
from ximu.ideas.intake.tests.factories import RAW, SCHEMA, TITLES, TODAY, codes, csv_text, json_text, read, row, xlsx_bytes
from ximu.kernel.refusal import Refusal

ROWS = [row(n, BZ=f"备注{n}") for n in range(1, 8)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_every_encoding_line_end_and_delimiter(tmp_path: Path, encoding: str, end: str, delimiter: str) -> None:
    result = read(tmp_path, csv_text(ROWS, delimiter=delimiter, end=end).encode(encoding))
    assert (result["rows"], result["good"], result["faults"]) == (7, 7, [])
    known = {"gbk": "gb18030", "utf-16": "utf-16-le"}
    assert result["encoding"] == known.get(encoding, encoding)


@pytest.mark.parametrize("block", [64, 200, 1000, 1 << 20])
def test_blocks_cut_anywhere_give_the_same_rows(tmp_path: Path, block: int) -> None:
    rows = [row(n, BZ='引"号,逗号' if n % 3 else f"行一\n行二{n}") for n in range(1, 40)]
    path = tmp_path / "f"
    path.write_text(csv_text(rows), "utf-8")
    found = []
    for chunk in open_file(path, SCHEMA, block_bytes=block).chunks:
        assert chunk.faults.is_empty()
        found += chunk.frame.select("line", "CF_WSH", "BZ").rows()
    lines, at = [], 2
    for one in rows:
        lines.append(at)
        at += 1 + one[-1].count("\n")
    assert found == [(line, one[2], one[-1]) for line, one in zip(lines, rows)]


def test_blank_lines_and_trailing_delimiters_keep_lines_right(tmp_path: Path) -> None:
    text = csv_text(ROWS[:3]).split("\n")
    text[2:2] = ["", ",,,,,,,,,"]
    text[1] += ",,"
    result = read(tmp_path, "\n".join(text).replace("示市监罚〔2018〕2号", ""))
    assert (result["rows"], codes(result)) == (3, [(5, "FIELD-NEED")])


def test_a_short_or_long_row_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    text = csv_text(ROWS).split("\n")
    text[3] = text[3].replace("2018-05-03,", "", 1)
    text[5] += ",多余"
    result = read(tmp_path, "\n".join(text))
    assert [(f["line"], f["code"], f["value"]) for f in result["faults"] if f["code"] == "ROW-WIDTH"] == [
        (4, "ROW-WIDTH", "9"),
        (6, "ROW-WIDTH", "11"),
    ]
    assert (result["good"], result["bad"]) == (5, 2)


def test_a_file_in_two_encodings_is_refused_with_the_line(tmp_path: Path) -> None:
    lines = csv_text(ROWS).split("\n")
    for first, second, at in (("utf-8", "gb18030", 5), ("gb18030", "utf-8", 4)):
        data = b"\n".join(line.encode(second if n == at - 1 else first) for n, line in enumerate(lines))
        with pytest.raises(Refusal) as refused:
            read(tmp_path, data)
        assert (refused.value.code, refused.value.extra["line"]) == ("FILE-ENC", at)


def test_a_stray_quotation_mark_never_swallows_rows(tmp_path: Path) -> None:
    lines = csv_text(ROWS).split("\n")
    inside = "\n".join([*lines[:3], lines[3].replace("备注3", '5" 管'), *lines[4:]])
    assert read(tmp_path, inside)["good"] == 7
    opened = "\n".join([*lines[:3], lines[3].replace("备注3", '"备注3'), *lines[4:]])
    with pytest.raises(Refusal) as refused:
        read(tmp_path, opened)
    assert (refused.value.code, refused.value.extra["line"]) == ("FILE-QUOTE", 4)


def test_two_different_rows_with_one_key_are_both_refused_and_a_repeat_counts_once(tmp_path: Path) -> None:
    result = read(tmp_path, csv_text([*ROWS, ROWS[0], row(2, BZ="别的")]))
    assert (result["good"], result["bad"], result["same_in_file"]) == (6, 2, 1)
    assert codes(result) == [(3, "KEY-DUP"), (10, "KEY-DUP")]


def test_a_workbook_with_titles_numbers_and_days(tmp_path: Path) -> None:
    rows = [row(1), [*row(2)[:4], 1.5, date(2018, 5, 3), 43588, *row(2)[7:]]]
    result = read(tmp_path, xlsx_bytes(rows, above=[["2018年5月行政处罚汇总"], [""]], hidden="草稿"))
    assert (result["good"], result["faults"], result["header_line"]) == (2, [], 3)
    assert any("草稿" in note["zh"] for note in result["notes"])


def test_serial_days_of_a_1904_workbook(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(xlsx_bytes([[*row(1)[:5], 41761, 42126, *row(1)[7:]]], date_1904=True))
    delivery = open_file(path, SCHEMA)
    assert delivery.serial_from == date(1904, 1, 1)
    assert read(tmp_path, path.read_bytes())["faults"] == []


def test_a_header_merged_over_two_rows_is_read(tmp_path: Path) -> None:
    upper = [*TITLES[:3], "处罚情况", "", *TITLES[5:]]
    lower = ["", "", "", TITLES[3], TITLES[4], "", "", "", "", ""]
    result = read(tmp_path, xlsx_bytes([row(1)], titles=lower, above=[upper]))
    assert (result["good"], result["bad"]) == (1, 0) or result["header_line"] == 2


def test_an_identity_number_kept_as_a_number_is_refused_as_lost(tmp_path: Path) -> None:
    result = read(tmp_path, xlsx_bytes([[*row(1)[:8], 110105194912310028, ""]]))
    assert "CELL-DIGITS" in {code for _, code in codes(result)}


def test_json_in_three_shapes_and_exact_numbers(tmp_path: Path) -> None:
    array = json_text(ROWS)
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in json.loads(array))
    wrapped = '{"rows": ' + array + ', "more": [1, {"a": "]"}]}'
    late = '{"item": "CF", "rows": ' + array + "}"
    for text in (array, lines, wrapped, late, "\ufeff" + array):
        result = read(tmp_path, text)
        assert (result["kind"], result["good"], result["faults"]) == ("json", 7, [])
    exact = read(tmp_path, array.replace('"1.5"', "0.1"))
    assert exact["faults"] == []


def test_a_field_that_first_appears_late_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.intake.reader.jsonfile.ROWS_A_CHUNK", 2)
    rows = json.loads(json_text(ROWS))
    for one in rows[:4]:
        del one["证件号码"]
    rows[5]["证件号码"] = "110105194912310021"
    assert codes(read(tmp_path, json.dumps(rows, ensure_ascii=False))) == [(6, "ID-RIC")]


def test_the_slow_and_the_fast_road_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = csv_text([row(n, BZ="a\tb" if n % 2 else "'x'", CF_NR_FK=str(n) if n % 4 else "坏") for n in range(60)])
    fast = read(tmp_path, text)
    monkeypatch.setattr(csvfile._Rows, "_fast", lambda *given: None)
    assert read(tmp_path, text) == fast


def test_the_reading_process_gives_the_same_answer_and_writes_records(tmp_path: Path) -> None:
    path, out = tmp_path / "f", tmp_path / "out"
    out.mkdir()
    path.write_text(csv_text([*ROWS, row(9, CF_JDRQ="2018-02-30")]), "utf-8")
    ticks: list[int] = []
    summary = run(Job(path, RAW, TODAY, out, records=True), progress=ticks.append)
    assert (summary["good"], summary["bad"], summary["parts"], ticks) == (7, 1, 1, [8])
    assert (out / "rows-00001.arrow").exists()


def test_time_and_memory_that_run_out_are_refusals(tmp_path: Path) -> None:
    path, out = tmp_path / "f", tmp_path / "out"
    out.mkdir()
    path.write_text(csv_text(ROWS), "utf-8")
    for changed in ({"memory_bytes": 1}, {"seconds": 0}):
        with pytest.raises(Refusal) as refused:
            run(Job(path, RAW, TODAY, out, **changed))  # type: ignore[arg-type]
        assert refused.value.code == "FILE-SIZE"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json"])
def test_reports_hold_every_fault_and_no_formula(tmp_path: Path, suffix: str) -> None:
    path, out = tmp_path / "f", tmp_path / "out"
    out.mkdir()
    path.write_text(csv_text([row(1, CF_CFLB="=HYPERLINK(1)", BZ="@SUM(1)")]), "utf-8")
    summary = run(Job(path, RAW, TODAY, out))
    report = tmp_path / f"report{suffix}"
    write_report(report, out, SCHEMA, summary)
    if suffix == ".xlsx":
        with zipfile.ZipFile(report) as archive:
            sheets = b"".join(archive.read(n) for n in archive.namelist() if "sheet" in n)
        assert b"<f>" not in sheets
    else:
        text = report.read_text("utf-8-sig")
        assert "FIELD-CODE" in text
        assert suffix == ".json" or "'=HYPERLINK(1)" in text


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
def test_text_that_could_run_is_disarmed(start: str) -> None:
    assert safe_text(start + "1").startswith("'")


def test_half_a_character_in_a_name_of_json_is_told_not_fatal(tmp_path: Path) -> None:
    rows = json.loads(json_text(ROWS))
    path, out = tmp_path / "f", tmp_path / "out"
    out.mkdir()
    path.write_text(json.dumps([{**one, "\ud83d": "x"} for one in rows]), "ascii")
    result = run(Job(path, RAW, TODAY, out))
    assert (result["good"], result["unknown_columns"]) == (len(ROWS), ["?"])
