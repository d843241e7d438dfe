"""The quick roads tell what the slow ones tell, of cells as odd as clerks and machines make them."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from ximu.ideas.intake.reader import xlsxfile
from ximu.ideas.intake.reader.reading import FAULTS, REJECTS, read_file
from ximu.ideas.intake.rules import digits, keys, roads
from ximu.ideas.intake.rules.checking import check_chunk
from ximu.ideas.intake.rules.schema import FieldSpec, read_schema
from ximu.ideas.intake.tests.factories import GOOD_CODE, GOOD_ID, GOOD_ORGAN, TODAY

KINDS = ("name", "uscc", "organ-uscc", "resident-id", "document-number", "money-yuan", "money-wan", "date", "code")
RICH = read_schema({
    "fields": [
        *({"name": kind, "ximu:kind": kind, "constraints": {"enum": ["罚款", "警告", " 其他"], "maxLength": 30} if kind == "code" else {}}
          for kind in KINDS),
        {"name": "integer", "type": "integer"}, {"name": "boolean", "type": "boolean"},
        {"name": "number", "type": "number", "constraints": {"minimum": "1", "maximum": "900"}},
    ],
    "primaryKey": ["name", "date"], "ximu:roles": {"finality": "boolean"},
})
CELLS = (
    GOOD_CODE, GOOD_ORGAN, GOOD_ID, GOOD_CODE.lower(), "9" * 18, "字" * 6, "2018-02-03", "2018-2-3", " 2018-02-03", "2018/2/3", "2018-02-29",
    "2016-02-29", "1899-12-31", "2200-01-01", "2199-12-31", "0000-00-00", "2018-13-01", "1500.00", "0.10", "00.1", "5万元", "1.", "0.0",
    "1234567890123456.5", "12", "-3", "示市监罚〔2018〕5号", "示市监罚[2018]第5号", "示\u00a0监〔2018〕5号", "示" * 45 + "〔2018〕5号", "（2018）沪01行终5号",
    "罚款", "警告;", "其他", "批评", "是", "FALSE", "", 'a"b', "反\\斜", "\x1f", "字" * 250,
)


def _odd(chance: random.Random) -> str | None:
    cell = chance.choice((*CELLS, None))
    if cell and chance.random() < 0.2:
        space = chance.choice(" \t\u3000\u00a0\u2003\u0085\u200b\x1c")
        cell = space + cell if chance.random() < 0.5 else cell + space
    return cell


def _frame(seed: int) -> pl.DataFrame:
    chance = random.Random(seed)
    columns = {name: pl.Series([_odd(chance) for _ in range(400)], dtype=pl.String) for name in RICH.names}
    return pl.DataFrame({"line": range(2, 402), **columns})


@pytest.mark.parametrize("seed", range(4))
def test_the_quick_road_of_each_kind_changes_no_fault_and_no_value(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = check_chunk(_frame(seed), RICH, today=TODAY)

    def nothing_sure(spec: FieldSpec, column: pl.Series, seen: pl.Series, *, today: date) -> tuple[pl.Series, np.ndarray]:
        empty = pl.repeat(None, len(column), dtype=pl.Date if spec.type == "date" else pl.String, eager=True)
        return empty, np.zeros(len(column), dtype=bool)

    monkeypatch.setattr(roads, "plain", nothing_sure)
    slow = check_chunk(_frame(seed), RICH, today=TODAY)
    assert quick.faults.equals(slow.faults)
    assert quick.clean.equals(slow.clean)
    assert quick.faults["code"].n_unique() > 8


def test_every_day_in_reason_is_read_and_no_other() -> None:
    first = date(1899, 12, 25)
    days = [first + timedelta(days=n) for n in range(0, 110_000, 7)] + [date(y, 2, 28) + timedelta(days=1) for y in range(1890, 2210)]
    texts = [day.isoformat() for day in days] + ["1900-02-29", "2100-02-29", "2018-04-31", "2018-00-01", "2018-01-00", "2018-1-011", "20180-1-01"]
    read, sure = digits.plain_days(pl.Series([None, *texts]))
    known = [None, *(day if 1900 <= day.year < 2200 else None for day in days), *[None] * 7]
    assert read.to_list() == known
    assert sure.tolist() == [day is not None for day in known]


def test_days_may_have_bounds() -> None:
    schema = read_schema({"fields": [{"name": "A", "type": "date", "constraints": {"minimum": "2018-01-01", "maximum": "2018-12-31"}}]})
    frame = pl.DataFrame({"line": [2, 3, 4], "A": ["2017-12-31", "2018-06-01", "2019-01-01"]})
    told = check_chunk(frame, schema, today=TODAY).faults
    assert told.select("line", "code").rows() == [(2, "NUM-RANGE"), (4, "NUM-RANGE")]


def test_digests_are_those_of_each_text_wherever_it_lies() -> None:
    for texts in (["字" * n + "x" * 13 for n in range(300)], ["short", "x" * 40], ["y" * 5_000_000, "z" * 20], []):
        whole = pl.Series("payload", texts, dtype=pl.String)
        for part in (whole, whole.slice(1), whole.filter(whole.str.ends_with("x"))):
            assert keys.digests(part).to_list() == [hashlib.sha256(text.encode()).hexdigest() for text in part.to_list()]


def test_a_sheet_of_text_is_read_by_columns_as_it_is_by_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, path = random.Random(3), tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    sheet = book.add_worksheet()
    for row in range(200):
        for column, name in enumerate((*RICH.names, "其他")):
            cell = name if not row else None if row % 50 == 7 else _odd(chance)
            sheet.write_string(row, column, cell or "")
    book.close()
    by_columns = read_file(path, RICH, today=TODAY, out=tmp_path)
    faults, rejects = pl.read_ipc(tmp_path / FAULTS), pl.read_ipc(tmp_path / REJECTS)
    monkeypatch.setattr(xlsxfile, "_as_written", lambda *given: None)
    assert read_file(path, RICH, today=TODAY, out=tmp_path) == by_columns
    assert pl.read_ipc(tmp_path / FAULTS).equals(faults)
    assert pl.read_ipc(tmp_path / REJECTS).equals(rejects)
    assert by_columns["rows"] < 199
