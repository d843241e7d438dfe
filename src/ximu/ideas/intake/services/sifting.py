"""Rows that do not go into a dataset: a file or rows pushed by a program, checked cell by cell, good ones apart from faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.intake.reader.kinds import empty_file
from ximu.ideas.intake.reader.reading import open_file
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.checking import Checked, check_chunk
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema

Row = dict[str, Any]
Sifted = tuple[list[Row], list[Row]]
"""Good rows with their `line`; faults with `line`, `field`, `code` and both sentences, which quote no personal value."""


def sift_file(path: Path, schema: Row, *, today: date) -> Iterator[Sifted]:
    """CSV, XLSX or JSON, a block at a time. Errors: every `FILE-*` code."""
    read, rows = read_schema(schema), 0
    delivery = open_file(path, read)
    for chunk in delivery.chunks:
        rows += chunk.frame.height
        yield _parted(check_chunk(chunk.frame, read, today=today, serial_from=delivery.serial_from, found=chunk.faults), read)
    if not rows:
        raise empty_file()


def sift_rows(rows: Sequence[Row], schema: Row, *, today: date) -> Sifted:
    """Rows as a program pushes them, by the same rules as a file; numbered from 1. An unknown field is a fault (`FIELD-NONE`)."""
    read = read_schema(schema)
    texts = {name: [None if row.get(name) in (None, "") else str(row[name]) for row in rows] for name in read.names}
    frame = pl.DataFrame({"line": range(1, len(rows) + 1), **texts}, schema={"line": pl.Int64, **dict.fromkeys(read.names, pl.String)})
    good, faults = _parted(check_chunk(frame, read, today=today), read)
    strange = [{"line": line, "field": str(name)[:40], "code": "FIELD-NONE", "zh": "没有这个字段。", "en": "There is no such field."}
               for line, row in enumerate(rows, 1) for name in row if name not in read.names]
    bad = {one["line"] for one in strange}
    return [row for row in good if row["line"] not in bad], faults + strange


def _parted(checked: Checked, read: ItemSchema) -> Sifted:
    personal = [one.name for one in read.fields if one.personal]
    hidden = pl.when(pl.col("field").is_in(personal)).then(pl.lit("…")).otherwise(pl.col("value")).alias("value")
    faults = problems.told(checked.faults.filter(pl.col("severity") == problems.ERROR).with_columns(hidden), read)
    return checked.good.to_dicts(), [
        {**{name: one[name] for name in ("line", "field", "code")}, "zh": one["message_zh"], "en": one["message_en"]} for one in faults]
