"""What did the units deliver? CSV text becomes a table in which four kinds of nothing stay apart.

`missing` (empty, NA, NaN, null, ..): the source has no value. `not-applicable` (N/A, n/a, 不适用): the indicator
does not concern the unit. `not-delivered` (ND, 未报送): the unit owed the value and did not hand it in.
A zero is a value: an attested zero.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ximu.kernel.refusal import Refusal

DELIVERED, MISSING, NOT_APPLICABLE, NOT_DELIVERED = "delivered", "missing", "not-applicable", "not-delivered"
MARKS = {
    **dict.fromkeys(["", "NA", "NaN", "nan", "null", "NULL", "..", "缺失"], MISSING),
    **dict.fromkeys(["N/A", "n/a", "N.A.", "不适用"], NOT_APPLICABLE),
    **dict.fromkeys(["ND", "nd", "not delivered", "not-delivered", "未报送"], NOT_DELIVERED),
}
YES_NO = {"yes": 1.0, "no": 0.0, "是": 1.0, "否": 0.0, "true": 1.0, "false": 0.0}
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
UNIT_NAMES = ("uCode", "unit", "code", "iso3", "单位", "单位代码", "country")
LABEL_NAMES = ("uName", "name", "country", "名称", "单位名称")
MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Units × columns of text, addressed by name; numbers are read when a column is asked for."""

    units: tuple[str, ...]
    labels: tuple[str, ...]
    periods: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def keys(self) -> list[str]:
        """What each row is called in results: the unit, with its period where there are several."""
        several = len(set(self.periods)) > 1
        return [f"{u}@{t}" if several else u for u, t in zip(self.units, self.periods, strict=True)]

    def texts(self, column: str) -> list[str]:
        place = self._place(column)
        return [row[place].strip() for row in self.rows]

    def cell(self, column: str, row: int) -> str:
        return self.rows[row][self._place(column)].strip()

    def _place(self, column: str) -> int:
        if column not in self.header:
            raise Refusal(
                "DATA-COL", field=column, value=column, rule="column",
                zh=f"数据缺少列“{column}”。", en=f"The data have no column “{column}”.",
            )
        return self.header.index(column)

    def numbers(self, column: str) -> tuple[np.ndarray, list[str]]:
        """Values (NaN where none) and the state of every cell."""
        values, states = np.full(len(self.rows), np.nan), [DELIVERED] * len(self.rows)
        for index, cell in enumerate(self.texts(column)):
            if cell in MARKS:
                states[index] = MARKS[cell]
            else:
                values[index] = self._number(cell, column, self.lines[index])
        return values, states

    @staticmethod
    def _number(cell: str, column: str, line: int) -> float:
        if cell.lower() in YES_NO:
            return YES_NO[cell.lower()]
        if NUMBER.fullmatch(cell) and abs(float(cell)) < float("inf"):
            return float(cell)
        raise Refusal(
            "DATA-NUM", field=column, value=cell[:80], rule="number", extra={"line": line, "column": column},
            zh=f"第{line}行“{column}”列的值“{cell[:80]}”不是数字，也不是规定的缺失标记。",
            en=f"Line {line}, column “{column}”: “{cell[:80]}” is neither a number nor a mark for a missing value.",
        )


def read(text: str, *, unit: str = "", label: str = "", time: str = "") -> Table:
    """Parse CSV. Refusals: DATA-EMPTY, DATA-ROW (length of a row), DATA-HEAD, DATA-UNIT, DATA-DUP, DATA-SIZE."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                rows.append(tuple(row))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise Refusal("DATA-ROW", value=str(error), rule="csv", extra={"line": reader.line_num},
                      zh=f"第{reader.line_num}行不是合法的CSV。", en=f"Line {reader.line_num} is not valid CSV.") from error
    if len(rows) < 2:
        raise Refusal("DATA-EMPTY", rule="rows", zh="数据没有任何单位。", en="The data hold no unit.")
    header = _header(rows[0])
    if len(rows) * len(header) > MOST_CELLS:
        raise Refusal("DATA-SIZE", value=len(rows) * len(header), rule=f"<= {MOST_CELLS}", status=413,
                      zh="数据过大。", en="The data are too large.")
    for cells, line in zip(rows, lines, strict=True):
        if len(cells) != len(header):
            raise Refusal(
                "DATA-ROW", value=len(cells), rule=f"{len(header)} columns", extra={"line": line},
                zh=f"第{line}行有{len(cells)}列，表头有{len(header)}列。",
                en=f"Line {line} has {len(cells)} columns, the header has {len(header)}.",
            )
    named = _named(header, unit, UNIT_NAMES) or header[0]
    table = Table((), (), (), header, tuple(rows[1:]), tuple(lines[1:]))
    units = table.texts(named)
    called = _named(header, label, LABEL_NAMES)
    periods = table.texts(time) if time else [""] * len(units)
    _check_units(units, periods, table.lines)
    return Table(tuple(units), tuple(table.texts(called)) if called else tuple(units), tuple(periods),
                 header, table.rows, table.lines)


def _header(row: Sequence[str]) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in row)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Refusal("DATA-HEAD", field=twice[0], value=twice[0], rule="unique",
                      zh=f"表头的列“{twice[0]}”出现多次。", en=f"The column “{twice[0]}” stands twice in the header.")
    return header


def _named(header: Sequence[str], given: str, usual: Sequence[str]) -> str:
    return given or next((name for name in usual if name in header), "")


def _check_units(units: Sequence[str], periods: Sequence[str], lines: Sequence[int]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for unit, period, line in zip(units, periods, lines, strict=True):
        if not unit:
            raise Refusal("DATA-UNIT", rule="required", extra={"line": line},
                          zh=f"第{line}行没有单位代码。", en=f"Line {line} names no unit.")
        if (unit, period) in seen:
            first = seen[unit, period]
            raise Refusal(
                "DATA-DUP", value=unit, rule="unique", extra={"line": line, "first_line": first},
                zh=f"单位“{unit}”在第{first}行和第{line}行重复。", en=f"The unit “{unit}” stands in lines {first} and {line}.",
            )
        seen[unit, period] = line
