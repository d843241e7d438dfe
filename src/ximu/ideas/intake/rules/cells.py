"""What is wrong with the cells of one column? Each kind of field has a fast road for what is surely right, taken by all columns at once;
values off it are read one by one, each distinct value once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import polars as pl

from ximu.ideas.intake.rules import digits, problems, roads
from ximu.ideas.intake.rules.schema import FieldSpec, full_match
from ximu.ideas.intake.rules.values import (
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
    """A column under check: `faults` grow longer. `fast` are the values of cells in the usual form, `sure` says which have it (null where
    empty or where the kind has no such form), `known` that all have it; `longest` is in bytes."""

    spec: FieldSpec
    lines: pl.Series
    values: pl.Series
    today: date
    serial_from: date = EXCEL_1900
    fast: pl.Series = field(default_factory=pl.Series)
    sure: pl.Series = field(default_factory=pl.Series)
    known: bool = False
    empty: int = 0
    longest: int = 0
    faults: list[pl.DataFrame] = field(default_factory=list)

    @property
    def unsure(self) -> pl.Series:
        return self.values.is_not_null() & ~self.sure

    def fault(self, mask: pl.Series, code: str, **how: object) -> None:
        """Name every cell under the mask."""
        if mask.any():
            self._take(pl.DataFrame({"line": self.lines, "value": self.raw}).filter(mask), code, **how)

    def _take(self, rows: pl.DataFrame, code: str, **how: object) -> None:
        self.faults.append(problems.frame_of(rows, self.spec.name, code, **how))  # type: ignore[arg-type]

    def fault_each(self, verdicts: Iterable[tuple[int, str, str, str, str]]) -> None:
        """(position, code, reason, expected, severity) for cells judged one by one."""
        judged = list(verdicts)
        places = [at for at, *_ in judged]
        rows = [
            (line, self.spec.name, (value or "")[:problems.SHOWN_CHARACTERS], code, reason, expected, "", severity)
            for line, value, (_, code, reason, expected, severity)
            in zip(self.lines.gather(places).to_list(), self.raw.gather(places).to_list(), judged)
        ]
        if rows:
            self.faults.append(problems.from_rows(rows))

    @property
    def raw(self) -> pl.Series:
        return self.values

    def reread(self, unsure: pl.Series, read: Callable[[str], Read]) -> pl.Series:
        """Read each distinct doubtful value once; the new values (null where refused), faults and notes named."""
        distinct = self.values.filter(unsure).unique().to_list()
        found = {value: read(value) for value in distinct}
        for code in sorted({r.code for r in found.values() if r.code}):
            bad = [v for v, r in found.items() if r.code == code]
            self.fault(unsure & self.values.is_in(bad), code, rule=self.spec.kind or self.spec.type)
        for note in sorted({r.note for r in found.values() if r.note}):
            odd = [v for v, r in found.items() if r.note == note]
            self.fault(unsure & self.values.is_in(odd), note, severity=problems.WARNING)
        return self.values.replace_strict(
            list(found), [r.value for r in found.values()], default=None, return_dtype=pl.String,
        )

    def mended(self, read: Callable[[str], Read]) -> pl.Series:
        """The fast values, and for the unsure cells what reading them one by one gives."""
        unsure = self.unsure
        made = self.reread(unsure, read)
        return self.fast.zip_with(~unsure, made.str.to_date("%Y-%m-%d", strict=False) if self.spec.type == "date" else made)


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Without outer spaces (full-width ones too); empty is null."""
    texts = pl.exclude("line")
    stripped = frame.with_columns(texts.str.strip_chars())
    shortest = stripped.select(texts.str.len_bytes().min()).row(0, named=True)
    named = [name for name, length in shortest.items() if length == 0]
    return stripped.with_columns(pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in named) if named else stripped


def columns_of(frame: pl.DataFrame, specs: Sequence[FieldSpec], *, today: date, serial_from: date) -> list[Column]:
    """The columns of a tidy frame, each with what its fast road says of it: three passes over the whole frame."""
    fast = frame.select(roads.fast(spec).alias("fast:" + spec.name) for spec in specs)
    both = frame.hstack(fast)
    sure = both.select(roads.sure(spec).alias("sure:" + spec.name) for spec in specs)
    looks = both.hstack(sure).select(
        expression for n in (spec.name for spec in specs) for expression in (
            pl.col(n).null_count().alias("empty:" + n), pl.col(n).str.len_bytes().max().alias("longest:" + n), pl.col("sure:" + n).all(),
        )
    ).row(0, named=True)
    return [
        Column(spec, frame["line"], frame[n], today, serial_from, fast["fast:" + n], sure["sure:" + n], looks["sure:" + n],
               looks["empty:" + n], looks["longest:" + n] or 0)
        for spec in specs for n in [spec.name]
    ]


def check_column(column: Column) -> pl.Series:
    """The clean column; faults are left in `column.faults`."""
    spec = column.spec
    if spec.required and column.empty:
        column.fault(column.values.is_null(), "FIELD-NEED")
    if column.empty == len(column.values):
        return column.values.cast(pl.Date) if spec.type == "date" else column.values
    clean = column.fast if column.known else _read(column)
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
            return column.reread(column.values.is_not_null(), read_boolean)
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


def _unsure(column: Column, surely: Callable[[pl.Series], np.ndarray]) -> list[tuple[int, str]]:
    """(position, value) of every cell that is not surely right; each distinct value is reckoned once."""
    distinct = column.values.unique()
    doubtful = distinct.filter(distinct.is_not_null() & ~pl.Series(surely(distinct)))
    if doubtful.is_empty():
        return []
    mask = column.values.is_in(doubtful.implode()).fill_null(value=False)
    return list(zip(mask.arg_true().to_list(), column.values.filter(mask).to_list()))


def check_uscc(column: Column) -> pl.Series:
    """`ID-USCC` with the expected digit; the inner check is a warning; an organ's code begins with 11, 12, 13 or 19."""
    replaced, faults = {}, []
    for at, value in _unsure(column, digits.surely_uscc):
        verdict = uscc.check(value)
        if not verdict.valid:
            faults.append((at, "ID-USCC", verdict.reason, verdict.expected, problems.ERROR))
            replaced[at] = None
            continue
        if verdict.warning:
            faults.append((at, "ID-USCC-INNER", verdict.warning, "", problems.WARNING))
        replaced[at] = verdict.code
    column.fault_each(faults)
    clean = _scattered(column.values, replaced)
    if column.spec.kind == "organ-uscc":
        organ = clean.str.slice(0, 2).is_in(["11", "12", "13", "19"])
        column.fault((clean.is_not_null() & ~organ).fill_null(value=False), "ID-ORGAN")
    return clean


def check_resident_id(column: Column) -> pl.Series:
    """`ID-RIC` with the reason and, for the check digit, the expected one."""
    replaced, faults = {}, []
    for at, value in _unsure(column, partial(digits.surely_resident_id, today=column.today)):
        verdict = resident_id.check(value, today=column.today)
        replaced[at] = resident_id.normalise(value) if verdict.valid else None
        if not verdict.valid:
            faults.append((at, "ID-RIC", verdict.reason, verdict.expected, problems.ERROR))
    column.fault_each(faults)
    return _scattered(column.values, replaced)


def _scattered(values: pl.Series, replaced: dict[int, str | None]) -> pl.Series:
    if not replaced:
        return values
    return values.clone().scatter(list(replaced), pl.Series(list(replaced.values()), dtype=pl.String))


def check_code(column: Column) -> pl.Series:
    """Members of the code set; several, joined by the item's separator, where it has one."""
    spec = column.spec
    unsure = column.unsure
    distinct = column.values.filter(unsure).unique().to_list()
    found = {value: read_code(value, spec) for value in distinct}
    bad = [value for value, read in found.items() if read is None]
    column.fault(unsure & column.values.is_in(bad), "FIELD-CODE", rule="、".join(spec.enum)[:SHOWN_RULE])
    clean = column.values.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.String)
    return column.values.zip_with(~unsure, clean)


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
    if spec.type == "date":
        kind: pl.DataType | type = pl.Date
        value = clean
    else:
        kind = pl.Float64
        value = clean.cast(pl.Float64, strict=False)
    out = pl.Series(np.zeros(len(clean), dtype=bool))
    if spec.minimum is not None:
        out = out | (value < pl.Series([spec.minimum]).cast(kind)[0]).fill_null(value=False)
    if spec.maximum is not None:
        out = out | (value > pl.Series([spec.maximum]).cast(kind)[0]).fill_null(value=False)
    column.fault(out, "NUM-RANGE", rule=f"{spec.minimum or ''}…{spec.maximum or ''}")
