"""Rows that do not go into a dataset: a file or rows pushed by a program, checked cell by cell, good ones apart from faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.intake.reader.reading import open_file
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.checking import Checked, check_chunk
from ximu.ideas.intake.rules.schema import read_schema

Row = dict[str, Any]
Sifted = tuple[list[Row], list[Row]]
"""Good rows with their `line`; faults with `line`, `field`, `code`."""


def sift_file(path: Path, schema: Row, *, today: date) -> Iterator[Sifted]:
    """CSV, XLSX or JSON, a block at a time. Errors: every `FILE-*` code."""
    read = read_schema(schema)
    delivery = open_file(path, read)
    for chunk in delivery.chunks:
        yield _parted(check_chunk(chunk.frame, read, today=today, serial_from=delivery.serial_from, found=chunk.faults))


def sift_rows(rows: Sequence[Row], schema: Row, *, today: date) -> Sifted:
    """Rows as a program pushes them, by the same rules as a file; numbered from 1. A field that the schema does not know is a fault."""
    read = read_schema(schema)
    texts = {name: [None if row.get(name) in (None, "") else str(row[name]) for row in rows] for name in read.names}
    frame = pl.DataFrame({"line": range(1, len(rows) + 1), **texts}, schema={"line": pl.Int64, **dict.fromkeys(read.names, pl.String)})
    good, faults = _parted(check_chunk(frame, read, today=today))
    strange = [{"line": line, "field": str(name)[:40], "code": "FIELD-NONE"}
               for line, row in enumerate(rows, 1) for name in row if name not in read.names]
    bad = {one["line"] for one in strange}
    return [row for row in good if row["line"] not in bad], faults + strange


def _parted(checked: Checked) -> Sifted:
    return checked.good.to_dicts(), checked.faults.filter(pl.col("severity") == problems.ERROR).select("line", "field", "code").to_dicts()
