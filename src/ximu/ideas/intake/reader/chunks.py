"""What does a reader hand on? Chunks of text columns under field names, each row with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.header import Header
from ximu.ideas.intake.rules.values import EXCEL_1900
from ximu.kernel.words import Text


@dataclass(slots=True)
class Chunk:
    frame: pl.DataFrame
    faults: pl.DataFrame = field(default_factory=problems.empty)


@dataclass(slots=True)
class Delivery:
    """A file that was opened: how it is written, what its header says, and its rows to come."""

    kind: str
    encoding: str
    header: Header
    chunks: Iterator[Chunk]
    notes: list[Text] = field(default_factory=list)
    serial_from: date = EXCEL_1900
    late: dict[str, None] = field(default_factory=dict)
    """Names of columns that are not in the item, as they come up while the rows are read (JSON)."""


def chunk_of(rows: list[tuple[int, list[str | None]]], header: Header, faults: list[tuple[object, ...]]) -> Chunk:
    """From (line, cells) pairs; cells beyond the header are left out."""
    names = [(i, name) for i, name in enumerate(header.columns) if name]
    columns = {"line": pl.Series([line for line, _ in rows], dtype=pl.Int64)}
    for i, name in names:
        values = [cells[i] if i < len(cells) else None for _, cells in rows]
        columns[name] = _text(values, name, rows, faults)
    return Chunk(pl.DataFrame(columns), problems.from_rows(faults))


def _text(
    values: list[str | None], name: str, rows: list[tuple[int, list[str | None]]], faults: list[tuple[object, ...]],
) -> pl.Series:
    """Lone surrogates and control characters are faults of their cell, never of the file."""
    try:
        return pl.Series(values, dtype=pl.String)
    except (UnicodeEncodeError, pl.exceptions.ComputeError, TypeError):
        whole: list[str | None] = []
        for (line, _), value in zip(rows, values):
            clean = value and value.encode("utf-8", "replace").decode("utf-8")
            if clean != value:
                faults.append(cell_fault(line, name, clean or "", "CELL-CHAR"))
            whole.append(clean)
        return pl.Series(whole, dtype=pl.String)


def cell_fault(line: int, name: str, value: str, code: str, rule: str = "") -> tuple[object, ...]:
    return (line, name, value[:problems.SHOWN_CHARACTERS], code, "", "", rule, problems.ERROR)


BAD_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FFFD}\x{FFFE}\x{FFFF}]"
LINE_ENDS = r"\r\n?"
ODD_CHARACTERS = BAD_CHARACTERS[:-1] + r"\r]"


def mark_control_characters(chunk: Chunk) -> Chunk:
    """Every cell with a broken or control character, or one that turns the direction of writing, is a fault (`CELL-CHAR`), emptied of it.

    A line end within a cell is written one way, whichever the file has: the same row is the same in every kind of file.
    """
    faults, found = [chunk.faults], chunk.frame.select(pl.exclude("line").str.contains(ODD_CHARACTERS).any()).row(0, named=True)
    for name, some in found.items():
        if some:
            chunk.frame = chunk.frame.with_columns(pl.col(name).str.replace_all(LINE_ENDS, "\n"))
            mask = chunk.frame[name].str.contains(BAD_CHARACTERS).fill_null(value=False)
            shown = chunk.frame.filter(mask).select("line", pl.col(name).str.replace_all(BAD_CHARACTERS, "�").alias("value"))
            faults.append(problems.frame_of(shown, name, "CELL-CHAR"))
            chunk.frame = chunk.frame.with_columns(pl.col(name).str.replace_all(BAD_CHARACTERS, "�"))
    return Chunk(chunk.frame, pl.concat(faults))
