"""A file checked cell by cell against a schema, a block at a time: the one road of all that packs take from files.

What is small is read here; what could need much memory or time, and every workbook, in a process of its own with limits (`reader.running`).
No block is handed on before the whole file was read: a file that is refused (`FILE-*`) has left nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock, scratch
from ximu.ideas.intake.reader import kinds
from ximu.ideas.intake.reader.reading import BAD, GOOD, TOLD, Part, parts_of
from ximu.ideas.intake.reader.running import Job, run
from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.kernel.refusal import Refusal

MOST_ROWS, MOST_FAULTS = 50_000, 1000
SMALL_BYTES = 1 << 20
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file after its cells were checked: `good` rows with their `line`, faults of the others with both sentences (the first
    ones, where there are very many), all bad rows without their wrong cells, how many rows were read and cells are wrong."""

    good: pl.DataFrame
    faults: list[Row]
    bad: pl.DataFrame
    rows: int
    errors: int

    @property
    def bad_lines(self) -> frozenset[int]:
        return frozenset(self.bad["line"])


def blocks(path: Path, schema: Mapping[str, Any] | ItemSchema, *, at: datetime) -> Iterator[Block]:
    """A file of any size, a block at a time. Errors: every `FILE-*` code, before the first block."""
    return read_on(path, schema, today=clock.city_day(at))


def read_on(path: Path, schema: Mapping[str, Any] | ItemSchema, *, today: date) -> Iterator[Block]:
    """`blocks`, as of a day. Errors: `FILE-EMPTY` and every other `FILE-*` code."""
    read = schema if isinstance(schema, ItemSchema) else read_schema(schema)
    if path.stat().st_size <= SMALL_BYTES and kinds.kind_of(path) != kinds.XLSX:
        small = [_block(part, read) for part in parts_of(path, read, today=today)]
        return iter(small)
    return _apart(path, read, today=today)


def _apart(path: Path, schema: ItemSchema, *, today: date) -> Iterator[Block]:
    with scratch.folder() as folder:
        found = run(Job(path.resolve(), schema.raw, today, folder, parts=True))["parts"]
        for number, (rows, errors) in enumerate(found, 1):
            good, told, bad = (pl.read_ipc((folder / name.format(number)).read_bytes()) for name in (GOOD, TOLD, BAD))
            yield _block(Part(good, told, bad, rows, errors), schema)


def _block(part: Part, schema: ItemSchema) -> Block:
    return Block(part.good, told(part.faults, schema), part.bad, part.rows, part.errors)


def told(faults: pl.DataFrame, schema: ItemSchema) -> list[Row]:
    """Line, field, its title, code and both sentences of each fault; no personal value is quoted."""
    personal = [one.name for one in schema.fields if one.personal]
    hidden = pl.when(pl.col("field").is_in(personal)).then(pl.lit("…")).otherwise(pl.col("value")).alias("value")
    return [{**{name: one[name] for name in ("line", "field", "column", "code")}, "zh": one["message_zh"], "en": one["message_en"]}
            for one in problems.told(faults.with_columns(hidden), schema)]


def told_of(found: list[tuple[int, str, str, object]], schema: ItemSchema) -> list[Row]:
    """The same for faults that were found after the cells: line, field, code, value."""
    shown = [(line, field, str("" if value is None else value)[:problems.SHOWN_CHARACTERS], code, "", "", code, problems.ERROR)
             for line, field, code, value in found]
    return told(problems.from_rows(shown), schema)


def read_item(path: Path, schema: Mapping[str, Any], *, at: datetime, most: int = 0) -> tuple[list[Row], list[Row]]:
    """Good rows with their `line`, and faults as `Block` has them. Errors: every `FILE-*` code."""
    rows, faults, read = list[Row](), list[Row](), 0
    for block in blocks(path, schema, at=at):
        read += block.rows
        must_be_few(read, most)
        rows += block.good.to_dicts()
        faults += block.faults
    return rows, faults


def must_be_few(rows: int, most: int = 0) -> None:
    """For what is taken as one piece. Errors: `FILE-ROWS`."""
    most = most or MOST_ROWS
    if rows > most:
        raise Refusal("FILE-ROWS", status=413, field="file", value=rows, rule=f"≤ {most}", zh=f"一次最多{most}行。",
                      en=f"At most {most} lines at once.")


def must_be_clean(faults: list[Row], *, errors: int = 0) -> None:
    """For what is taken whole or not at all. Errors: `ROWS-BAD` with the faults; `errors`: how many there are, when not all are named."""
    if faults:
        first = min(faults, key=lambda one: (one["line"], one["field"]))
        title, count = first.get("column") or first["field"], max(errors, len(faults))
        raise Refusal("ROWS-BAD", field=str(first["field"]), value=str(first.get("value") or "")[:40], rule=first["code"],
                      extra={"line": first["line"], "faults": faults[:MOST_FAULTS]},
                      zh=f"第{first['line']}行“{title}”不合要求（{first['code']}），共{count}处；整份文件未入库。",
                      en=f"Line {first['line']}, “{first['field']}” ({first['code']}), {count} in all; nothing was taken.")
