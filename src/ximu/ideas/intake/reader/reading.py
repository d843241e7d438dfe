"""One file, start to end: opened by its kind, checked chunk by chunk, good rows and faults written aside."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.intake.reader import kinds
from ximu.ideas.intake.reader.chunks import Chunk, Delivery
from ximu.ideas.intake.reader.csvfile import open_csv
from ximu.ideas.intake.reader.jsonfile import open_json
from ximu.ideas.intake.reader.limits import BLOCK_BYTES, MOST_FILE_BYTES, MOST_ROWS, too_large
from ximu.ideas.intake.reader.xlsxfile import open_xlsx
from ximu.ideas.intake.rules import header, keys, problems
from ximu.ideas.intake.rules.checking import Checked, check_chunk
from ximu.ideas.intake.rules.schema import ItemSchema

MOST_DETAILS = 200_000
"""So many faults are told one by one; beyond, they are counted by field and code."""
MOST_REJECTS = 50_000
CHECKED_AT_A_TIME = 2
RESULT, FAULTS, REJECTS = "result.json", "faults.arrow", "rejects.arrow"
GOOD, TOLD, BAD = "good-{:05}.arrow", "told-{:05}.arrow", "bad-{:05}.arrow"
MOST_TOLD = 10_000
"""Faults of a block that are told one by one to what takes rows block by block."""


@dataclass(slots=True)
class Tally:
    """What is known so far about the file; `bad` counts rows, `faults` by (field, code, severity) cells."""

    rows: int = 0
    good: int = 0
    details: int = 0
    rejects: int = 0
    parts: int = 0
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    faults: list[pl.DataFrame] = field(default_factory=list)
    reject_rows: list[pl.DataFrame] = field(default_factory=list)
    traces: list[pl.DataFrame] = field(default_factory=list)

    def count(self, faults: pl.DataFrame) -> None:
        for *key, n in faults.group_by("field", "code", "severity").len().iter_rows():
            self.counts[tuple(key)] = self.counts.get(tuple(key), 0) + n
        kept = faults.head(MOST_DETAILS - self.details)
        self.details += kept.height
        self.faults.append(compact(kept))


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy of its own: filtered text would keep the whole block alive that it was cut from."""
    return pl.DataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), schema=frame.schema)


def open_file(path: Path, schema: ItemSchema, *, block_bytes: int = BLOCK_BYTES) -> Delivery:
    """Errors: every `FILE-*` code."""
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        raise too_large(f"有{size}字节", f"has {size} bytes", rule=MOST_FILE_BYTES)
    match kinds.kind_of(path):
        case kinds.XLSX:
            return open_xlsx(path, schema)
        case kinds.JSON:
            return open_json(path, schema)
        case _:
            return open_csv(path, schema, block_bytes=block_bytes)


@dataclass(frozen=True, slots=True)
class Part:
    """A checked block: good rows, the first faults, all bad rows without their wrong cells, how many rows were read and cells are wrong."""

    good: pl.DataFrame
    faults: pl.DataFrame
    bad: pl.DataFrame
    rows: int
    errors: int


def parts_of(path: Path, schema: ItemSchema, *, today: date) -> Iterator[Part]:
    """Block by block. Errors: every `FILE-*` code."""
    delivery, rows = open_file(path, schema), 0
    headers = _SecondHeader(delivery, schema)
    for chunk in delivery.chunks:
        rows += chunk.frame.height
        must_fit(rows)
        checked = _looked_at(headers, delivery, schema, chunk, today=today)
        wrong = checked.faults.filter(pl.col("severity") == problems.ERROR)
        yield Part(checked.good, wrong.head(MOST_TOLD), _bad(checked), chunk.frame.height, wrong.height)
    if not rows:
        raise kinds.empty_file()


def _bad(checked: Checked) -> pl.DataFrame:
    return checked.clean.filter(pl.col("line").is_in(checked.bad_lines.implode()))


def read_parts(path: Path, schema: ItemSchema, *, today: date, out: Path) -> list[tuple[int, int]]:
    """What `parts_of` gives, written under `out`; rows and wrong cells of each part."""
    found = []
    for number, part in enumerate(parts_of(path, schema, today=today), 1):
        for name, frame in ((GOOD, part.good), (TOLD, part.faults), (BAD, part.bad)):
            frame.write_ipc(out / name.format(number))
        found.append((part.rows, part.errors))
    return found


def must_fit(rows: int) -> None:
    if rows > MOST_ROWS:
        raise too_large(f"超过{MOST_ROWS}行", f"has more than {MOST_ROWS} rows", rule=MOST_ROWS)


def read_file(
    path: Path, schema: ItemSchema, *, today: date, out: Path | None = None, records: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> dict[str, Any]:
    """Read and check one file; the summary that is also written as `result.json` under `out`.

    With `records`, good rows are written as Arrow parts with payload, digest and natural key.
    Errors: every `FILE-*` code; nothing else leaves this function.
    """
    delivery = open_file(path, schema)
    tally, headers = Tally(), _SecondHeader(delivery, schema)
    with _Aside() as aside:
        for chunk, coming in _under_check(_ahead(delivery.chunks), partial(_looked_at, headers, delivery, schema, today=today)):
            tally.rows += chunk.frame.height
            must_fit(tally.rows)
            checked = coming.result()
            _take(chunk, checked, schema, tally)
            if out is not None and records and checked.good.height:
                tally.parts += 1
                aside.do(partial(_write, checked.good, schema, out / f"rows-{tally.parts:05}.arrow"))
            progress(tally.rows)
    if not tally.rows:
        raise kinds.empty_file()
    double = keys.doubles(pl.concat(tally.traces))
    content = _contents(path, schema, double["line"], today=today)
    return _conclude(delivery, schema, tally, out, found=keys.repeats(double, content, schema))


def _ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The next chunk is read while the present one is checked."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield chunk


def _under_check(chunks: Iterator[Chunk], check: Callable[[Chunk], Checked]) -> Iterator[tuple[Chunk, Future[Checked]]]:
    """Chunks in their order, each with what its check will give; two are checked at a time, for Polars and NumPy work without the
    interpreter's lock."""
    with ThreadPoolExecutor(CHECKED_AT_A_TIME, thread_name_prefix="check") as checkers:
        going: deque[tuple[Chunk, Future[Checked]]] = deque()
        for chunk in chunks:
            going.append((chunk, checkers.submit(check, chunk)))
            if len(going) == CHECKED_AT_A_TIME:
                yield going.popleft()
        yield from going


class _SecondHeader:
    """A row that is the header again is a fault (`ROW-HEADER`); where its columns stand in another order, the rows below cannot be read."""

    def __init__(self, delivery: Delivery, schema: ItemSchema) -> None:
        self.columns = [name for name in delivery.header.columns if name]
        self.known = header.names_of(schema)
        titles = {title for one in schema.fields for title in (one.name, one.title, one.title_en, *one.aliases)}
        self.perhaps = pl.any_horizontal(pl.col(self.columns[:2]).is_in(sorted(titles | set(delivery.header.shown))))

    def look(self, chunk: Chunk) -> None:
        """Errors: `FILE-HEADER`."""
        columns = [name for name in self.columns if name in chunk.frame.columns]
        if len(columns) < 2 or not chunk.frame.select(self.perhaps.any()).item():
            return
        found = []
        for row in chunk.frame.filter(self.perhaps).iter_rows(named=True):
            told = {name: self.known.get(header.plain(row[name])) for name in columns if row[name]}
            if len(told) < 2 or None in told.values():
                continue
            if any(name != field for name, field in told.items()):
                raise header.again(row["line"])
            shown = (row[columns[0]] or "")[:problems.SHOWN_CHARACTERS]
            found.append((row["line"], columns[0], shown, "ROW-HEADER", "", "", "", problems.ERROR))
        if found:
            chunk.faults = pl.concat([chunk.faults, problems.from_rows(found)])


class _Aside:
    """One piece of work at a time goes on beside the rest; what it raises is raised at the next or at the end."""

    def __init__(self) -> None:
        self.worker = ThreadPoolExecutor(1)
        self.going: Future[object] | None = None

    def __enter__(self) -> _Aside:
        return self

    def do(self, work: Callable[[], object]) -> None:
        self._wait()
        self.going = self.worker.submit(work)

    def _wait(self) -> None:
        if self.going is not None:
            self.going.result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.worker.shutdown()
        if kind is None:
            self._wait()


def _write(good: pl.DataFrame, schema: ItemSchema, path: Path) -> None:
    keys.record_frame(good, schema).write_ipc(path)


def _looked_at(headers: _SecondHeader, delivery: Delivery, schema: ItemSchema, chunk: Chunk, *, today: date) -> Checked:
    headers.look(chunk)
    return _checked(chunk, delivery, schema, today=today)


def _checked(chunk: Chunk, delivery: Delivery, schema: ItemSchema, *, today: date) -> Checked:
    return check_chunk(
        chunk.frame, schema, today=today, serial_from=delivery.serial_from, found=chunk.faults,
    )


def _contents(path: Path, schema: ItemSchema, lines: pl.Series, *, today: date) -> pl.DataFrame:
    """What the rows with a repeated key hold: the file is read again, for these lines only."""
    parts = [pl.DataFrame(schema={"line": pl.Int64, "content": pl.UInt64})]
    if len(lines):
        again = open_file(path, schema)
        for chunk in again.chunks:
            chunk.frame = chunk.frame.filter(pl.col("line").is_in(lines.implode()))
            if chunk.frame.height:
                parts.append(keys.contents(_checked(chunk, again, schema, today=today).clean, schema))
    return pl.concat(parts)


def _take(chunk: Chunk, checked: Checked, schema: ItemSchema, tally: Tally) -> None:
    bad = checked.bad_lines
    tally.good += chunk.frame.height - len(bad)
    traced = keys.traces(checked.clean, schema)
    tally.traces.append(traced.filter(~pl.col("line").is_in(bad.implode())) if len(bad) else traced)
    if checked.faults.height:
        tally.count(checked.faults)
        _keep_rejects(chunk, checked.faults, tally)


def _keep_rejects(chunk: Chunk, faults: pl.DataFrame, tally: Tally) -> None:
    lines = faults.filter(pl.col("severity") != problems.HELD)["line"].unique()
    kept = chunk.frame.filter(pl.col("line").is_in(lines.implode())).head(MOST_REJECTS - tally.rejects)
    tally.rejects += kept.height
    if kept.height:
        tally.reject_rows.append(compact(kept))


def _conclude(delivery: Delivery, schema: ItemSchema, tally: Tally, out: Path | None, *, found: keys.Repeats) -> dict[str, Any]:
    clashing = found.faults["line"].to_list()
    if clashing:
        tally.count(found.faults)
    late = [name for name in delivery.late if name not in delivery.header.unknown]
    faults = pl.concat([*tally.faults, problems.empty()])
    result = {
        "kind": delivery.kind, "encoding": delivery.encoding,
        "notes": [{"zh": n.zh, "en": n.en} for n in (*delivery.notes, *header.kept_out(late))],
        "header_line": delivery.header.row + 1, "unknown_columns": [*delivery.header.unknown, *late],
        "rows": tally.rows, "good": tally.good - len(clashing) - len(found.same), "same_in_file": len(found.same),
        "bad": tally.rows - tally.good + len(clashing), "dropped_lines": [*clashing, *found.same], "parts": tally.parts,
        "held": sum(n for (_, _, severity), n in tally.counts.items() if severity == problems.HELD),
        "errors": sum(n for (_, _, severity), n in tally.counts.items() if severity == problems.ERROR),
        "warnings": sum(n for (_, _, severity), n in tally.counts.items() if severity == problems.WARNING),
        "counts": [{"field": f, "code": c, "severity": s, "n": n} for (f, c, s), n in sorted(tally.counts.items())],
        "told": faults.height,
    }
    if out is None:
        result["faults"] = list(problems.told(faults, schema))
        return result
    faults.sort("line", maintain_order=True).write_ipc(out / FAULTS)
    rejects = pl.concat(tally.reject_rows) if tally.reject_rows else pl.DataFrame({"line": pl.Series([], dtype=pl.Int64)})
    rejects.write_ipc(out / REJECTS)
    (out / RESULT).write_text(json.dumps(result, ensure_ascii=False), "utf-8")
    return result
