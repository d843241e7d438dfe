"""A file for a dataset of event data: cells and rules as of any delivery, units found on their day; taken whole, or its good rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import Dataset
from ximu.ideas.events.services import append
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.rules.ties import must_tie
from ximu.ideas.intake.services.items import MOST_FAULTS, blocks, must_be_clean, must_be_few, told_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

Row = dict[str, Any]
Check = Callable[[list[tuple[int, Row]]], None]
"""What a pack asks beyond cells, ties and restatements: rows with their lines, units found, numbers exact; it raises a `Refusal`."""


Judge = Callable[[list[tuple[int, Row]]], list[tuple[int, str, str]]]
"""What a pack asks of rows beyond cells: (line, field, code) of each fault; rows with their lines, units found, numbers exact."""
Derive = Callable[[Row], Row]
UNITS = {"unit_name": "unit"}
ROWS_AT_ONCE = 20_000
"""Rows that stand in memory one by one; a block holds many more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the file; `units` whose rows it brought."""

    rows: int
    new: int
    corrected: int
    same: int
    manifest: str
    units: tuple[str, ...]


def _schema(dataset: str) -> ItemSchema:
    raw = events.dataset(dataset).schema
    return read_schema({**raw, "ximu:roles": {}, "primaryKey": [],
                        "fields": [f for f in raw["fields"] if not f.get("ximu:derived")]})


def deliver_whole(dataset: str, path: Path, *, batch: str, check: Check, by: Actor, at: datetime, right: str = "") -> Told:
    """The calling room has asked for the right. `unit_name` is found in the register on the row's own event day. With `right` a row that
    stands for another unit is restated only by who holds it for that unit, too (`PERM-DENIED`).

    Errors: every `FILE-*` code, `ROWS-BAD` with the faults (line, field, code; `SUBJ-NONE` for a unit that is not known for sure),
    those of `check`, `BAL-TIE` (schema: `ximu:ties`), `RESTATE-BASIS` (schema: `ximu:restates`), `EVT-BATCH`. After any of them nothing
    was taken.
    """
    schema, declared = _schema(dataset), events.dataset(dataset)
    faults, frames, errors, read = list[Row](), list[pl.DataFrame](), 0, 0
    for block in blocks(path, schema, at=at):
        read += block.rows
        must_be_few(read)
        faults += block.faults
        frames.append(block.good)
        errors += block.errors
    must_be_clean(faults, errors=errors)
    frame = _booleans(pl.concat(frames), schema)
    named = frame.select("line", "unit_name", declared.time).rows()
    units = {(name, day): _unit(name, day) for name, day in {(name, day) for _, name, day in named}}
    must_be_clean(told_of([(line, "unit_name", "SUBJ-NONE", name) for line, name, day in named if not units[name, day]], schema))
    found = pl.Series("unit", [units[name, day] for _, name, day in named], dtype=pl.String)
    whole = frame.drop("line").with_columns(found)
    rows = list(zip(frame["line"], events.exact(_numbers(whole, schema)), strict=True))
    check(rows)
    for _, unit in _of_others(dataset, whole, rows, right, by, at):
        _must(by, right, unit, at)
    must_tie(declared.schema.get("ximu:ties", ()), rows, {c.name: c.title for c in declared.columns})
    _must_say_why(dataset, rows, at)
    made = append(dataset, whole, batch=batch, by=_writer(by), at=at)
    return Told(frame.height, made.new, made.corrected, made.same, made.manifest, tuple(sorted(set(found))))


def _numbers(frame: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    numbers = [f.name for f in schema.fields if f.type in ("number", "integer")]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64)) if numbers else frame


def _booleans(frame: pl.DataFrame, schema: ItemSchema) -> pl.DataFrame:
    """What was read as `true` or `false` is one."""
    found = [f.name for f in schema.fields if f.type == "boolean"]
    return frame.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.col(name) == "true").alias(name) for name in found)


def deliver_held(
    dataset: str, path: Path, *, right: str, batch: str, by: Actor, at: datetime, check: Check = lambda rows: None,
) -> dict[str, Any]:
    """A loader of a pack: `deliver_whole` for whoever holds the right for every unit in the file. Errors: `PERM-DENIED` and those of it."""
    by.must(right)

    def checked(rows: list[tuple[int, Row]]) -> None:
        for unit in sorted({row["unit"] for _, row in rows}):
            _must(by, right, unit, at)
        check(rows)

    told = deliver_whole(dataset, path, batch=batch, check=checked, by=by, at=at, right=right)
    return {"dataset": dataset, "batch": batch, "rows": told.rows, "new": told.new, "corrected": told.corrected, "same": told.same,
            "manifest": told.manifest, "bad": 0, "faults": []}


def deliver_rows(
    dataset: str, path: Path, *, batch: str, by: Actor, at: datetime, units: Mapping[str, str] = UNITS,
    judge: Judge = lambda rows: [], derive: Derive = lambda row: {}, right: str = "",
) -> dict[str, Any]:
    """CSV, XLSX or JSON of any size, a block at a time (each a batch `<batch>-<n>`): good rows are kept, bad ones named and left out.

    The calling room has asked for the right. `units`: column with a name → derived column with the uid, found in the register on the
    row's own event day (`SUBJ-NONE`). `derive` gives further derived columns of a row. With `right` a row, also one that stands for
    another unit and would be restated, is taken only from who holds it for that unit (`PERM-DENIED`). A restatement without its document
    (schema: `ximu:restates`) is a fault of its row (`RESTATE-BASIS`). Errors: every `FILE-*` code, after which nothing was taken,
    `EVT-BATCH`.
    """
    told: dict[str, Any] = {"dataset": dataset, "batch": batch, "rows": 0, "new": 0, "corrected": 0, "same": 0, "bad": 0, "faults": []}
    schema, known = _schema(dataset), events.dataset(dataset)
    asked = _Asked(known, schema, units, judge, derive, right, by, at)
    for number, block in enumerate(blocks(path, schema, at=at), 1):
        parts = [_sift(asked, part) for part in block.good.iter_slices(ROWS_AT_ONCE)]
        kept = [part.kept for part in parts if part.kept.height]
        made = append(dataset, pl.concat(kept, how="vertical_relaxed"), batch=f"{batch}-{number}", by=_writer(by), at=at) if kept else None
        told["rows"] += block.rows
        told["bad"] += len(block.bad) + sum(part.bad for part in parts)
        for name in ("new", "corrected", "same") if made else ():
            told[name] += getattr(made, name)
        faults = [*block.faults, *(fault for part in parts for fault in part.faults)]
        told["faults"] += faults[:MOST_FAULTS - len(told["faults"])]
    return {**told, "manifest": events.manifest(dataset).digest}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a delivery of rows is asked for beyond its cells."""

    dataset: Dataset
    schema: ItemSchema
    units: Mapping[str, str]
    judge: Judge
    derive: Derive
    right: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class _Sifted:
    kept: pl.DataFrame
    faults: list[Row]
    bad: int


def _sift(asked: _Asked, good: pl.DataFrame) -> _Sifted:
    """Units found, rows judged: what may enter the dataset, and the faults of the rest."""
    name, units = asked.dataset.name, asked.units
    pairs = {column: list(zip(good[column], good[asked.dataset.time], strict=True)) for column in units}
    found = {pair: _unit(*pair) for some in pairs.values() for pair in set(some) if pair[0]}
    lines = list(good["line"])
    faults = [(line, column, "SUBJ-NONE") for column, some in pairs.items()
              for line, pair in zip(lines, some, strict=True) if pair[0] and not found[pair]]
    whole = _booleans(good, asked.schema).with_columns(
        pl.Series(uid, [found.get(pair) or None for pair in pairs[column]], dtype=pl.String) for column, uid in units.items()).drop("line")
    rows = list(zip(lines, events.exact(_numbers(whole, asked.schema)), strict=True))
    named = {line for line, *_ in faults}
    rest = [one for one in rows if one[0] not in named]
    strangers = _strangers(name, whole, rest, asked.right, units, asked.by, asked.at)
    faults += dict.fromkeys([*asked.judge(rest), *strangers])
    faults += _unexplained(name, whole, rest)
    named = {line for line, *_ in faults}
    kept = [place for place, line in enumerate(lines) if line not in named]
    values = dict(rows) if faults else {}
    said = told_of([(line, field, code, values[line].get(field)) for line, field, code in faults], asked.schema)
    return _Sifted(_derived(whole[kept], [rows[place][1] for place in kept], asked.derive), said, len(named))


def _may(by: Actor, right: str, unit: str, at: datetime) -> bool:
    """For the unit of the row's own day, or for the one that carries its duties today."""
    return by.can(right, unit) or by.can(right, registry.owner_of(unit, clock.city_day(at)))


def _must(by: Actor, right: str, unit: str, at: datetime) -> None:
    if not _may(by, right, unit, at):
        by.must(right, unit)


def _strangers(
    dataset: str, whole: pl.DataFrame, rows: list[tuple[int, Row]], right: str, units: Mapping[str, str], by: Actor, at: datetime,
) -> list[tuple[int, str, str]]:
    own = events.dataset(dataset).unit
    column = next((name for name, uid in units.items() if uid == own), own)
    lines = [line for line, row in rows if right and not _may(by, right, row[own], at)]
    lines += [line for line, unit in _of_others(dataset, whole, rows, right, by, at) if not _may(by, right, unit, at)]
    return [(line, column, "PERM-DENIED") for line in lines]


def _of_others(
    dataset: str, whole: pl.DataFrame, rows: list[tuple[int, Row]], right: str, by: Actor, at: datetime,
) -> list[tuple[int, str]]:
    """Lines under whose key another unit stands by now, with that unit; its successor is no other unit."""
    if not right or by.units_with(right) is None or not rows:
        return []
    declared = events.dataset(dataset)
    standing = {tuple(one[name] for name in declared.key): one[declared.unit]
                for one in events.exact(events.present(dataset, whole))}
    owner = registry.owners(clock.city_day(at))
    pairs = [(line, standing.get(tuple(row[name] for name in declared.key)), row[declared.unit]) for line, row in rows]
    return [(line, before) for line, before, unit in pairs if before and owner.get(before, before) != owner.get(unit, unit)]


def _derived(whole: pl.DataFrame, rows: list[Row], derive: Derive) -> pl.DataFrame:
    found = [derive(row) for row in rows]
    return whole.with_columns(pl.Series(name, [one[name] for one in found]) for name in (found[0] if found else ()))


def _writer(by: Actor) -> Actor:
    """Who may deliver to a pack lends the right to append for this call."""
    return replace(by, grants=(*by.grants, Grant("intake", frozenset({"events.append"}))))


def _unexplained(dataset: str, whole: pl.DataFrame, rows: list[tuple[int, Row]]) -> list[tuple[int, str, str]]:
    declared = events.dataset(dataset)
    if not rows or not (column := declared.schema.get("ximu:restates")):
        return []
    known = {tuple(one[k] for k in declared.key): one for one in events.exact(events.present(dataset, whole))}
    found = []
    for line, row in rows:
        before = known.get(tuple(row[k] for k in declared.key), row)
        if any(before[name] != row[name] for name in row) and (not row[column] or row[column] == before[column]):
            found.append((line, column, "RESTATE-BASIS"))
    return found


def _must_say_why(dataset: str, rows: list[tuple[int, Row]], at: datetime) -> None:
    """What was delivered is restated by a document, never in silence."""
    declared = events.dataset(dataset)
    column = declared.schema.get("ximu:restates")
    if not column:
        return
    known = {tuple(one[k] for k in declared.key): one for one in events.rows_of(dataset, known_at=at)}
    for line, row in rows:
        before = known.get(tuple(row[k] for k in declared.key), row)
        changed = [name for name in row if before[name] != row[name]]
        if changed and (not row[column] or row[column] == before[column]):
            raise Refusal("RESTATE-BASIS", status=409, field=column, value=row[column] or "", rule="required",
                          extra={"line": line, "changed": changed},
                          zh=f"第{line}行的数据已报送过，更正须写明更正依据文号；整份文件未入库。",
                          en=f"Line {line} was delivered before: a restatement names its document; nothing of the file was taken.")


def _unit(name: str, day: date) -> str:
    try:
        return registry.find(name, as_of=day)
    except Refusal:
        return ""
