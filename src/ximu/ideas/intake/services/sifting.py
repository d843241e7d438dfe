"""Rows that do not go into a dataset: a file or rows pushed by a program, checked cell by cell, good ones apart from faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ximu.ideas.intake.reader.jsonfile import row_chunk
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.checking import check_chunk
from ximu.ideas.intake.rules.schema import read_schema
from ximu.ideas.intake.services.items import read_on, told

Row = dict[str, Any]
Sifted = tuple[list[Row], list[Row]]
"""Good rows with their `line`; faults with `line`, `field`, `code` and both sentences, which quote no personal value."""


def sift_file(path: Path, schema: Row, *, today: date) -> Iterator[Sifted]:
    """CSV, XLSX or JSON, a block at a time. Errors: every `FILE-*` code."""
    for block in read_on(path, schema, today=today):
        yield block.good.to_dicts(), block.faults


def sift_rows(rows: Sequence[Row], schema: Row, *, today: date) -> Sifted:
    """Rows as a program pushes them, by the same rules as a file; numbered from 1. An unknown field is a fault (`FIELD-NONE`)."""
    read = read_schema(schema)
    chunk = row_chunk(rows, read)
    checked = check_chunk(chunk.frame, read, today=today, found=chunk.faults)
    strange = [{"line": line, "field": str(name)[:40], "code": "FIELD-NONE", "zh": "没有这个字段。", "en": "There is no such field."}
               for line, row in enumerate(rows, 1) for name in row if name not in read.names]
    bad = {one["line"] for one in strange}
    faults = told(checked.faults.filter(checked.faults["severity"] == problems.ERROR), read)
    return [row for row in checked.good.to_dicts() if row["line"] not in bad], faults + strange
