"""A file checked cell by cell against a schema, a block at a time; rows of an item that a pack keeps itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock
from ximu.ideas.intake.reader.reading import open_file
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.checking import check_chunk
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.kernel.refusal import Refusal

MOST_ROWS, MOST_FAULTS = 50_000, 1000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file after its cells were checked: `good` rows with their `line`, faults of the others, all rows that were read."""

    good: pl.DataFrame
    faults: list[Row]
    bad_lines: frozenset[int]
    rows: int


def blocks(path: Path, schema: ItemSchema, *, at: datetime) -> Iterator[Block]:
    """A file of any size, a block at a time. Errors: every `FILE-*` code."""
    delivery = open_file(path, schema)
    for chunk in delivery.chunks:
        checked = check_chunk(chunk.frame, schema, today=clock.city_day(at), serial_from=delivery.serial_from, found=chunk.faults)
        faults = checked.faults.filter(pl.col("severity") == problems.ERROR).select("line", "field", "code").to_dicts()
        yield Block(checked.good, faults, frozenset(checked.bad_lines), chunk.frame.height)


def read_item(path: Path, schema: Mapping[str, Any], *, at: datetime, most: int = MOST_ROWS) -> tuple[list[Row], list[Row]]:
    """Good rows with their `line`, and faults (line, field, code). Errors: every `FILE-*` code."""
    rows, faults, read = list[Row](), list[Row](), 0
    for block in blocks(path, read_schema(schema), at=at):
        rows += block.good.to_dicts()
        faults += block.faults
        read += block.rows
        if read > most:
            raise Refusal("FILE-ROWS", status=413, field="file", value=read, rule=f"≤ {most}", zh=f"一次最多{most}行。",
                          en=f"At most {most} lines at once.")
    if not rows and not faults:
        raise Refusal("FILE-EMPTY", field="file", value=path.name[:60], rule="≥ 1", zh="文件中没有数据行。", en="The file holds no row.")
    return rows, faults


def must_be_clean(faults: list[Row]) -> None:
    """For what is taken whole or not at all. Errors: `ROWS-BAD` with all faults."""
    if faults:
        first = min(faults, key=lambda one: (one["line"], one["field"]))
        raise Refusal("ROWS-BAD", field=str(first["field"]), value=str(first.get("value") or "")[:40], rule=first["code"],
                      extra={"line": first["line"], "faults": faults[:MOST_FAULTS]},
                      zh=f"第{first['line']}行“{first['field']}”不合要求（{first['code']}），共{len(faults)}处；整份文件未入库。",
                      en=f"Line {first['line']}, “{first['field']}” ({first['code']}), {len(faults)} in all; nothing was taken.")
