"""What is wrong with the cells of one column? Each kind of field has a fast road for what is surely right (`roads`); values off it are read
one by one, each distinct value once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import polars as pl

from ximu.ideas.intake.rules import problems, roads
from ximu.ideas.intake.rules.schema import FieldSpec, full_match
from ximu.ideas.intake.rules.values import (
    ERROR_VALUES,
    EXCEL_1900,
    Read,
    read_boolean,
    read_day,
    read_document_number,
    read_integer,
    read_money,
    read_number,
)
from ximu.kernel import resident_id, uscc

SHOWN_RULE = 200


@dataclass(slots=True)
class Column:
    """A column under check, tidy: `faults` grow longer. `fast` are its values where cells have the usual form, `odd` the places of those
    that have not, `cells` what stands there; `longest` is in bytes, at least. `sharp`: some free text begins with #, as error values do."""

    spec: FieldSpec
    lines: pl.Series
    values: pl.Series
    fast: pl.Series
    odd: np.ndarray
    today: date
    serial_from: date = EXCEL_1900
    longest: int = 0
    sharp: bool = False
    cells: list[str] = field(default_factory=list)
    faults: list[pl.DataFrame] = field(default_factory=list)

    def fault(self, mask: pl.Series, code: str, **how: object) -> None:
        """Name every cell under the mask."""
        if mask.any():
            self._take(pl.DataFrame({"line": self.lines.filter(mask), "value": self.values.filter(mask)}), code, **how)

    def fault_odd(self, wrong: Collection[str], code: str, **how: object) -> None:
        """Name every odd cell that holds one of these."""
        if wrong:
            told = [(line, cell) for line, cell in zip(self._odd_lines(), self.cells) if cell in wrong]
            self.faults.append(problems.told_apart(told, self.spec.name, code, **how))  # type: ignore[arg-type]

    def _take(self, rows: pl.DataFrame, code: str, **how: object) -> None:
        self.faults.append(problems.frame_of(rows, self.spec.name, code, **how))  # type: ignore[arg-type]

    def _odd_lines(self) -> list[int]:
        return self.lines.to_numpy()[self.odd].tolist()

    def fault_each(self, verdicts: Iterable[tuple[str, str, str, str] | None]) -> None:
        """(code, reason, expected, severity) for each odd cell, None for a right one."""
        rows = [
            (line, self.spec.name, cell[:problems.SHOWN_CHARACTERS], code, reason, expected, "", severity)
            for line, cell, verdict in zip(self._odd_lines(), self.cells, verdicts) if verdict
            for code, reason, expected, severity in [verdict]
        ]
        if rows:
            self.faults.append(problems.from_rows(rows))

    def mended(self, read: Callable[[str], Read]) -> pl.Series:
        """The fast values, and for the odd cells what reading them gives (null where refused), each distinct value read once; faults and
        notes named."""
        found = {cell: read(cell) for cell in dict.fromkeys(self.cells)}
        for code in sorted({r.code for r in found.values() if r.code}):
            self.fault_odd({v for v, r in found.items() if r.code == code}, code, rule=self.spec.kind or self.spec.type)
        for note in sorted({r.note for r in found.values() if r.note}):
            self.fault_odd({v for v, r in found.items() if r.note == note}, note, severity=problems.WARNING)
        made = [found[cell].value for cell in self.cells]
        return self.with_odd([day and date.fromisoformat(day) for day in made] if self.spec.type == "date" else made)

    def with_odd(self, made: Sequence[object]) -> pl.Series:
        return self.fast.clone().scatter(self.odd, pl.Series(made, dtype=self.fast.dtype))


def columns_of(frame: pl.DataFrame, specs: Sequence[FieldSpec], *, today: date, serial_from: date) -> list[Column]:
    """The columns of a frame as it was read, looked over together. Only free text, and cells off the fast road, can have outer spaces:
    these are made tidy."""
    seen = frame.select(roads.first_look(spec) for spec in specs)
    free = [spec.name for spec in specs if roads.kind_of(spec) in roads.FREE]
    shortest = seen.select(pl.col(free).str.len_bytes().min()).row(0, named=True) if free else {}
    sharp = seen.select(pl.col(free).str.starts_with("#").any()).row(0, named=True) if free else {}
    bounded = [spec.name for spec in specs if spec.max_length is not None]
    longest = frame.select(pl.col(bounded).str.len_bytes().max()).row(0, named=True) if bounded else {}
    lines, columns = frame["line"].cast(pl.Int64), []
    for spec in specs:
        read, found = frame[spec.name], seen[spec.name]
        if spec.name in shortest:
            column = _free_column(spec, lines, found.set(found == "", None) if shortest[spec.name] == 0 else found, today=today)
            column.sharp = bool(sharp[spec.name]) and spec.type != "boolean"
        else:
            column = _column(spec, lines, read, found, today=today)
        column.serial_from, column.longest = serial_from, longest.get(spec.name) or 0
        columns.append(column)
    return columns


def _free_column(spec: FieldSpec, lines: pl.Series, values: pl.Series, *, today: date) -> Column:
    odd = values.is_not_null().arg_true() if spec.type == "boolean" else pl.Series([], dtype=pl.UInt32)
    return Column(spec, lines, values, values, odd.to_numpy(), today, cells=values[odd].to_list() if len(odd) else [])


def _column(spec: FieldSpec, lines: pl.Series, values: pl.Series, seen: pl.Series, *, today: date) -> Column:
    fast, sure = roads.plain(spec, values, seen, today=today)
    odd = np.flatnonzero(~sure)
    if values.null_count() and len(odd):
        odd = odd[values.is_not_null().to_numpy()[odd]]
    if not len(odd):
        return Column(spec, lines, values, fast, odd, today)
    read = values[odd].to_list()
    cells = [cell.strip(roads.SPACES) or None for cell in read]
    if cells != read:
        values = values.clone().scatter(odd, pl.Series(cells, dtype=pl.String))
    elif roads.kind_of(spec) in roads.ONE_FORM:
        return Column(spec, lines, values, fast, odd, today, cells=read)
    mended, known = roads.usual(spec, pl.Series(cells, dtype=pl.String), today=today)
    left = ~known & np.array([cell is not None for cell in cells])
    fast = fast.clone().scatter(odd, mended)
    return Column(spec, lines, values, fast, odd[left], today, cells=[cell for cell, odd_still in zip(cells, left) if cell and odd_still])


def check_column(column: Column) -> pl.Series:
    """The clean column; faults are left in `column.faults`."""
    spec = column.spec
    empty = column.values.null_count()
    if spec.required and empty:
        column.fault(column.values.is_null(), "FIELD-NEED")
    if empty == len(column.values):
        return column.values.cast(pl.Date) if spec.type == "date" else column.values
    clean = _read(column) if len(column.odd) else column.fast
    if spec.kind == "organ-uscc":
        _check_organ(column, clean)
    if column.sharp:
        column.fault(column.values.is_in(sorted(ERROR_VALUES)).fill_null(value=False), "CELL-ERROR")
    if spec.type != "date":
        _check_shape(column, clean)
    if spec.minimum is not None or spec.maximum is not None:
        _check_range(column, clean)
    return clean


def _read(column: Column) -> pl.Series:
    """Column by column, for those with cells off the fast road."""
    match roads.kind_of(column.spec):
        case "uscc" | "organ-uscc":
            return check_uscc(column)
        case "resident-id":
            return check_resident_id(column)
        case "code":
            return check_code(column)
        case "boolean":
            return column.mended(read_boolean)
        case "date":
            return column.mended(partial(read_day, serial_from=column.serial_from))
        case "integer":
            return column.mended(read_integer)
        case "number":
            return column.mended(read_number)
        case "document-number":
            return column.mended(read_document_number)
        case kind:
            return column.mended(partial(read_money, unit="万元" if kind == "money-wan" else "元"))


def check_uscc(column: Column) -> pl.Series:
    """`ID-USCC` with the expected digit; the inner check is a warning."""
    judged = [uscc.check(cell) for cell in column.cells]
    column.fault_each(
        ("ID-USCC", v.reason, v.expected, problems.ERROR) if not v.valid else
        ("ID-USCC-INNER", v.warning, "", problems.WARNING) if v.warning else None for v in judged
    )
    return column.with_odd([v.code if v.valid else None for v in judged])


def _check_organ(column: Column, clean: pl.Series) -> None:
    """An organ's code begins with 11, 12, 13 or 19."""
    strange = ~pl.col("code").str.head(2).is_in(["11", "12", "13", "19"])
    column.fault(clean.to_frame("code").select(strange.fill_null(value=False)).to_series(), "ID-ORGAN")


def check_resident_id(column: Column) -> pl.Series:
    """`ID-RIC` with the reason and, for the check digit, the expected one."""
    judged = [resident_id.check(cell, today=column.today) for cell in column.cells]
    column.fault_each(None if v.valid else ("ID-RIC", v.reason, v.expected, problems.ERROR) for v in judged)
    return column.with_odd([resident_id.normalise(cell) if v.valid else None for cell, v in zip(column.cells, judged)])


def check_code(column: Column) -> pl.Series:
    """Members of the code set; several, joined by the item's separator, where it has one."""
    found = {cell: read_code(cell, column.spec) for cell in dict.fromkeys(column.cells)}
    column.fault_odd({cell for cell, read in found.items() if read is None}, "FIELD-CODE", rule="、".join(column.spec.enum)[:SHOWN_RULE])
    return column.with_odd([found[cell] for cell in column.cells])


def read_code(text: str, spec: FieldSpec) -> str | None:
    """Normal form of a code or of several; `其他` may carry its note (`其他-…`, field standard)."""
    allowed = set(spec.enum)
    if not spec.separator:
        parts = [text]
    else:
        for mark in (";", "；", "、"):
            text = text.replace(mark, spec.separator)
        parts = [p.strip() for p in text.split(spec.separator) if p.strip()]
    for part in parts:
        head = part.replace("－", "-").replace("—", "-").split("-")[0]
        if part not in allowed and not (head == "其他" and "其他" in allowed and part != head):
            return None
    return spec.separator.join(parts) if parts else None


def _check_shape(column: Column, clean: pl.Series) -> None:
    spec = column.spec
    if spec.max_length is not None and column.longest > spec.max_length:
        column.fault((column.values.str.len_chars() > spec.max_length).fill_null(value=False), "FIELD-LONG", rule=str(spec.max_length))
    if spec.min_length is not None:
        column.fault((column.values.str.len_chars() < spec.min_length).fill_null(value=False), "FIELD-SHORT", rule=str(spec.min_length))
    if spec.pattern:
        shaped = clean.str.contains(full_match(spec.pattern))
        column.fault((~shaped).fill_null(value=False), "FIELD-PATTERN", rule=spec.pattern[:SHOWN_RULE])


def _check_range(column: Column, clean: pl.Series) -> None:
    spec = column.spec
    value = clean if spec.type == "date" else clean.cast(pl.Float64, strict=False)
    out = pl.Series(np.zeros(len(clean), dtype=bool))
    if spec.minimum is not None:
        out = out | (value < _bound(spec, spec.minimum)).fill_null(value=False)
    if spec.maximum is not None:
        out = out | (value > _bound(spec, spec.maximum)).fill_null(value=False)
    column.fault(out, "NUM-RANGE", rule=f"{spec.minimum or ''}…{spec.maximum or ''}")


def _bound(spec: FieldSpec, text: str) -> date | float:
    return date.fromisoformat(text) if spec.type == "date" else float(text)
