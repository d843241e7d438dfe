"""A file of rows of one item that a pack keeps itself: cell by cell against the item's schema; good rows and faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.intake.reader.reading import open_file
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.checking import check_chunk
from ximu.ideas.intake.rules.schema import read_schema
from ximu.kernel.refusal import Refusal

MOST_ROWS, MOST_FAULTS = 50_000, 1000
Row = dict[str, Any]


def read_item(path: Path, schema: Mapping[str, Any], *, today: date) -> tuple[list[Row], list[Row]]:
    """Good rows with their `line`, and faults (line, field, value, code). Errors: every `FILE-*` code."""
    declared = read_schema(schema)
    delivery, rows, faults = open_file(path, declared), list[Row](), list[Row]()
    for chunk in delivery.chunks:
        found = check_chunk(chunk.frame, declared, today=today, serial_from=delivery.serial_from, found=chunk.faults)
        faults += found.faults.filter(pl.col("severity") == problems.ERROR).select("line", "field", "value", "code").to_dicts()
        rows += found.good.to_dicts()
        if len(rows) > MOST_ROWS:
            raise Refusal("FILE-ROWS", status=413, field="file", value=len(rows), rule=f"≤ {MOST_ROWS}", zh=f"一次最多{MOST_ROWS}行。",
                          en=f"At most {MOST_ROWS} lines at once.")
    if not rows and not faults:
        raise Refusal("FILE-EMPTY", field="file", value=path.name[:60], rule="≥ 1", zh="文件中没有数据行。", en="The file holds no row.")
    return rows, faults


def must_be_clean(faults: list[Row]) -> None:
    """For what is taken whole or not at all. Errors: `ROWS-BAD` with all faults."""
    if faults:
        first = min(faults, key=lambda one: (one["line"], one["field"]))
        raise Refusal("ROWS-BAD", field=str(first["field"]), value=str(first["value"] or "")[:40], rule=first["code"],
                      extra={"line": first["line"], "faults": faults[:MOST_FAULTS]},
                      zh=f"第{first['line']}行“{first['field']}”不合要求（{first['code']}），共{len(faults)}处；整份文件未入库。",
                      en=f"Line {first['line']}, “{first['field']}” ({first['code']}), {len(faults)} in all; nothing was taken.")
