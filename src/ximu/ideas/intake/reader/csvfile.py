"""Reads a CSV of any size: blocks cut at row ends, columns parsed by Polars, odd blocks by the careful road.

A block takes the fast road only when counting proves that it can be read in one way: rows equal line
ends, delimiters equal rows × columns. Anything else goes row by row, so that no row is lost or shifted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from ximu.ideas.intake.reader import encoding as enc
from ximu.ideas.intake.reader.chunks import Chunk, Delivery, cell_fault, chunk_of, mark_control_characters
from ximu.ideas.intake.reader.limits import BLOCK_BYTES, MOST_CELL, MOST_COLUMNS, too_large
from ximu.ideas.intake.rules.header import LOOK_ROWS, Header, find_header, matches, names_of
from ximu.ideas.intake.rules.schema import ItemSchema
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

DELIMITERS = (",", "\t", ";", "|")
DELIMITER_TITLES = {",": Text("逗号", "comma"), "\t": Text("制表符", "tab"), ";": Text("分号", "semicolon"), "|": Text("竖线", "bar")}
HEAD_BYTES = 512 << 10
SLOW_ROWS = 20_000
SLICE_BYTES = 256 << 10
BROKEN_LEAD, BROKEN_NEXT = 0xEF, 0xBF
BROKEN = BROKEN_NEXT << 8 | BROKEN_LEAD
MOST_LINE_BYTES = 32 << 20
TURNING = re.compile(rb"\xe2(?:\x80[\x8e\x8f\xaa-\xae]|\x81[\xa6-\xa9])")
"""Signs that turn the direction of writing, in UTF-8."""
MARK = "\ufeff"


def open_csv(path: Path, schema: ItemSchema, *, block_bytes: int = BLOCK_BYTES) -> Delivery:
    """Errors: `FILE-ENC`, `FILE-HEADER`, `FILE-QUOTE`, `FILE-SIZE`."""
    csv.field_size_limit(MOST_CELL)
    encoding = enc.detect(path)
    source = enc.blocks(path, encoding, size=block_bytes, marks=False)
    start = b""
    for block in source:
        start += block
        if len(start) >= HEAD_BYTES:
            break
    delimiter, header, skip, used = _head(start, schema)
    notes = [Text(f"编码：{enc.TITLES[encoding]}；分隔符：{DELIMITER_TITLES[delimiter].zh}。",
                  f"Encoding: {encoding}; delimiter: {DELIMITER_TITLES[delimiter].en}."), *header.notes]
    rest = start[used:]
    rows = _Rows(header, delimiter, line=skip + 1)
    return Delivery("csv", encoding, header, rows.chunks(_chain(rest, source), block_bytes), notes)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _head(start: bytes, schema: ItemSchema) -> tuple[str, Header, int, int]:
    """(delimiter, header, physical lines up to the header's end, bytes up to there)."""
    sample = start[:HEAD_BYTES]
    text = sample[:sample.rfind(b"\n") + 1 or len(sample)].decode("utf-8", "replace")
    known = names_of(schema)
    best = max(DELIMITERS, key=lambda d: max((matches(row, known) for row, _ in _first_rows(text, d)), default=0))
    found = _first_rows(text, best)
    header = find_header([row for row, _ in found], schema)
    if len(header.columns) > MOST_COLUMNS:
        raise too_large(f"有{len(header.columns)}列", f"has {len(header.columns)} columns", rule=MOST_COLUMNS)
    skip = found[header.row][1]
    used = 0
    for _ in range(skip):
        used = start.find(b"\n", used) + 1 or len(start)
    return best, header, skip, used


def _first_rows(text: str, delimiter: str) -> list[tuple[list[str], int]]:
    reader = csv.reader((line + "\n" for line in text.split("\n")), delimiter=delimiter)
    rows: list[tuple[list[str], int]] = []
    try:
        for row in reader:
            rows.append((row, reader.line_num))
            if len(rows) >= LOOK_ROWS:
                break
    except csv.Error:
        pass
    return rows


def unclosed(line: int) -> Refusal:
    return Refusal(
        "FILE-QUOTE", field="file", value=str(line), rule="RFC 4180", extra={"line": line},
        zh=f"第{line}行的引号没有正确配对，其后的行会被并入同一单元格；请改正后重新报送。",
        en=f"The quotation marks opened on line {line} are not closed properly and would swallow the rows after it; "
           "correct them and deliver again.",
    )


class _Rows:
    """Walks over the blocks and knows on which line of the file it is."""

    def __init__(self, header: Header, delimiter: str, *, line: int) -> None:
        self.header, self.delimiter, self.line = header, delimiter, line
        self.width, self.titled = len(header.columns), header.titled
        self.mark = delimiter.encode()
        self.shape = {f"c{i}": pl.String for i in range(self.width)}

    def chunks(self, source: Iterator[bytes], block_bytes: int) -> Iterator[Chunk]:
        held = b""
        for block in source:
            held += block
            quoted = b'"' in held
            cut = _row_end(held, quoted=quoted)
            if cut < 0:
                if len(held) > block_bytes + 2 * MOST_CELL:
                    break
                continue
            if cut == 0:
                _not_endless(held)
                continue
            whole, held = held[:cut], held[cut:]
            if quoted and not self._quotes_are_plain(whole):
                held = whole + held
                break
            yield self._block(whole, quoted=quoted)
        else:
            if held:
                last = held if held.endswith(b"\n") else held + b"\n"
                if self._quotes_are_plain(last) and last.count(b'"') % 2 == 0:
                    yield self._block(last, quoted=b'"' in last)
                else:
                    yield from self._slow(iter([last]))
            return
        yield from self._slow(_chain(held, source))

    def _quotes_are_plain(self, block: bytes) -> bool:
        """Every quotation mark opens or closes a cell or is doubled inside one (RFC 4180 §2)."""
        if b'"' not in block:
            return True
        data = np.frombuffer(block, dtype=np.uint8)
        quotes = np.flatnonzero(data == ord('"'))
        if len(quotes) % 2:
            return False
        openers, closers = quotes[::2], quotes[1::2]
        before = data[np.maximum(openers - 1, 0)]
        after = data[np.minimum(closers + 1, len(data) - 1)]
        edge = (ord(self.delimiter), ord("\n"), ord('"'))
        return bool(((openers == 0) | np.isin(before, edge)).all() and np.isin(after, edge).all())

    def _block(self, block: bytes, *, quoted: bool) -> Chunk:
        line = self.line
        found = self._fast(block, line, quoted)
        if found is not None:
            self.line = line + found[1]
            return found[0]
        chunks = list(self._careful(block, line))
        self.line = line + block.count(b"\n")
        return Chunk(pl.concat([c.frame for c in chunks]), pl.concat([c.faults for c in chunks])) if chunks else _nothing(self.header)

    def _fast(self, block: bytes, line: int, quoted: bool) -> tuple[Chunk, int] | None:
        """The chunk and its line ends, if it is certain that the block was read as it is written."""
        try:
            frame = pl.read_csv(
                block, has_header=False, schema=self.shape, separator=self.delimiter, quote_char='"' if quoted else None,
                extra_columns="raise",
            )
        except pl.exceptions.PolarsError as error:
            self._check_encoding(block, line)
            if isinstance(error, pl.exceptions.ComputeError | pl.exceptions.SchemaError | pl.exceptions.NoDataError):
                return None
            raise
        ends, longest, total = frame.height, *_sizes(frame)
        looks = _look(block)
        if quoted or looks.controls != ends or total + ends * self.width != len(block):
            looks = _tally(block, self.mark[0])
            if ends != looks.ends or looks.delimiters != ends * (self.width - 1):
                return None
        if max((most for most, name in zip(longest, self.header.columns) if name), default=0) > MOST_CELL:
            return None
        if frame.select(pl.col("c0").str.starts_with(MARK).any()).item():
            return None  # a file that was hung on to another, with its mark: line by line
        if any(frame[f"c{i}"].str.contains(r"\S").any() for i in range(self.titled, self.width)):
            return None
        names = [(f"c{i}", name) for i, name in enumerate(self.header.columns) if name]
        blank = self._blank(frame)
        frame = frame.select(
            pl.int_range(line, line + pl.len(), dtype=pl.Int64).alias("line"), *[pl.col(c).alias(name) for c, name in names],
        )
        chunk = Chunk(frame if blank is None else frame.filter(~blank))
        odd = looks.controls > ends + (looks.delimiters if self.mark == b"\t" else 0) or looks.broken or b"\x7f" in block
        if odd or TURNING.search(block):
            chunk = mark_control_characters(chunk)
        return chunk, ends

    def _blank(self, frame: pl.DataFrame) -> pl.Series | None:
        """Rows without a sign in any cell; where a column is full there are none."""
        full = next((name for name, nulls in zip(frame.columns, frame.null_count().row(0)) if not nulls), frame.columns[0])
        written = pl.col(full).str.contains(r"\S").fill_null(value=False)
        if frame.select(written.all()).item():
            return None
        empty = frame.select(~written).to_series()
        rest = frame.filter(empty).select(~pl.any_horizontal(pl.all().str.contains(r"\S").fill_null(value=False))).to_series()
        return empty.scatter(empty.arg_true(), rest)

    def _check_encoding(self, block: bytes, line: int) -> None:
        offset = enc.first_bad_line(block)
        if offset is not None:
            raise enc.bad_encoding(line + offset, "不是UTF-8编码，而其前各行是", "is not UTF-8 while the lines before it are")

    def _careful(self, block: bytes, line: int) -> Iterator[Chunk]:
        yield from self._slow(iter([block]), line=line)

    def _slow(self, source: Iterator[bytes], *, line: int | None = None) -> Iterator[Chunk]:
        """Row by row with the standard reader: ragged rows are named, embedded line ends counted."""
        begin = self.line if line is None else line
        lines = _Lines(source, begin)
        reader = csv.reader(lines, delimiter=self.delimiter)
        rows: list[tuple[int, list[str | None]]] = []
        faults: list[tuple[object, ...]] = []
        while True:
            at = lines.number
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise unclosed(at) if len(lines.kept) > 1 else _huge_cell(at) from error
            if row is None:
                break
            self._take(row, at, lines, rows, faults)
            if len(rows) >= SLOW_ROWS:
                yield mark_control_characters(chunk_of(rows, self.header, faults))
                rows, faults = [], []
        if lines.opened:
            raise unclosed(lines.last_start)
        self.line = lines.number
        if rows:
            yield mark_control_characters(chunk_of(rows, self.header, faults))

    def _take(
        self, row: list[str], at: int, lines: _Lines, rows: list[tuple[int, list[str | None]]], faults: list[tuple[object, ...]],
    ) -> None:
        if lines.number - at > 1:
            self._no_swallowed_rows(row, at)
        lines.opened = lines.ended and not _closes(lines.kept, self.delimiter)
        lines.close_row()
        if not any(cell.strip() for cell in row):
            return
        while len(row) > self.width and not row[-1].strip():
            row.pop()
        used = max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0)
        if len(row) != self.width or used > self.titled:
            first = next(name for name in self.header.columns if name)
            faults.append(cell_fault(at, first, str(max(len(row) if len(row) != self.width else 0, used)), "ROW-WIDTH", str(self.titled)))
        rows.append((at, [cell or None for cell in row]))

    def _no_swallowed_rows(self, row: list[str], at: int) -> None:
        """A cell whose inner lines look like whole rows was opened by a stray quotation mark."""
        if self.width < 3:
            return
        for cell in row:
            if "\n" in cell and any(part.count(self.delimiter) >= self.width - 1 for part in cell.split("\n")[1:]):
                raise unclosed(at)


class _Lines:
    """Feeds the standard reader line by line and keeps the present row's text."""

    def __init__(self, source: Iterator[bytes], line: int) -> None:
        self.source, self.number = source, line
        self.kept: list[str] = []
        self.last_start, self.opened, self.ended = line, False, False
        self._parts = self._walk()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            text = next(self._parts)
        except StopIteration:
            self.ended = True
            raise
        if not self.kept:
            self.last_start = self.number
        self.kept.append(text)
        self.number += 1
        return text

    def close_row(self) -> None:
        self.kept = []

    def _walk(self) -> Iterator[str]:
        held, line = b"", self.number
        for block in self.source:
            parts = (held + block).split(b"\n")
            held = parts.pop()
            _not_endless(held)
            for part in parts:
                yield _decoded(part, line)
                line += 1
        if held:
            yield _decoded(held, line)


def _decoded(part: bytes, line: int) -> str:
    try:
        return part.decode("utf-8").removeprefix(MARK) + "\n"
    except UnicodeDecodeError as error:
        raise enc.bad_encoding(line, "不是UTF-8编码，而其余各行是", "is not UTF-8 while the other lines are") from error


@dataclass(frozen=True, slots=True)
class _Counts:
    ends: int = 0
    delimiters: int = 0
    controls: int = 0
    broken: int = 0


def _sizes(frame: pl.DataFrame) -> tuple[list[int], int]:
    """The bytes of the longest cell of each column, and of all cells."""
    sizes = frame.select(pl.all().str.len_bytes().max().name.prefix("most:"), pl.all().str.len_bytes().sum().name.prefix("sum:")).row(0)
    return [most or 0 for most in sizes[:frame.width]], sum(sizes[frame.width:])


def _look(block: bytes) -> _Counts:
    """Control characters and signs of broken characters only.

    Where no cell is quoted, this proves a block of one-byte delimiters other than the tab: as many control characters as rows are their
    line ends, so no line was passed over; and all bytes are accounted for only if no row lacks a cell.
    """
    data, controls, broken = np.frombuffer(block, dtype=np.uint8), 0, 0
    for begin in range(0, len(data), SLICE_BYTES):
        controls += int(np.count_nonzero(data[begin:begin + SLICE_BYTES] < ord(" ")))
        for pairs in (data[begin:begin + SLICE_BYTES], data[begin + 1:begin + SLICE_BYTES + 1]):
            broken += int(np.count_nonzero(pairs[:len(pairs) // 2 * 2].view("<u2") == BROKEN))
    return _Counts(controls=controls, broken=broken)


def _tally(block: bytes, mark: int) -> _Counts:
    """Line ends, delimiters, control characters and signs of broken characters (U+FFFD … U+FFFF begin EF BF).

    Slice by slice, so that the work stays in the processor's cache.
    """
    data, found = np.frombuffer(block, dtype=np.uint8), [0, 0, 0, 0]
    for begin in range(0, len(data), SLICE_BYTES):
        part = data[begin:begin + SLICE_BYTES + 1]
        own = part[:SLICE_BYTES]
        found[0] += int(np.count_nonzero(own == ord("\n")))
        found[1] += int(np.count_nonzero(own == mark))
        found[2] += int(np.count_nonzero(own < ord(" ")))
        found[3] += int(np.count_nonzero((part[:-1] == BROKEN_LEAD) & (part[1:] == BROKEN_NEXT)))
    return _Counts(*found)


def _huge_cell(line: int) -> Refusal:
    return too_large(f"第{line}行有一个单元格过长", f"has an overlong cell on line {line}", rule=MOST_CELL)


def _not_endless(held: bytes) -> None:
    if len(held) > MOST_LINE_BYTES:
        raise too_large("有一行过长", "has an overlong line", rule=MOST_LINE_BYTES)


def _closes(lines: list[str], delimiter: str) -> bool:
    """Does the last row end outside quotation marks? (`csv` ends an unclosed cell in silence.)"""
    try:
        list(csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" not in str(error)
    return True


def _row_end(block: bytes, *, quoted: bool) -> int:
    """Just after the last line end that lies outside quotation marks; 0 if none yet, -1 if all are inside."""
    cut = block.rfind(b"\n") + 1
    if not quoted or not cut:
        return cut
    quotes = block.count(b'"', 0, cut)
    while quotes % 2 and cut > 0:
        before = block.rfind(b"\n", 0, cut - 1) + 1
        quotes -= block.count(b'"', before, cut)
        cut = before
    return cut if cut else -1


def _nothing(header: Header) -> Chunk:
    return chunk_of([], header, [])
