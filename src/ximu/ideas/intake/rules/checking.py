"""Is this chunk of rows right? Every column, then every rule between columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.cells import check_column, columns_of
from ximu.ideas.intake.rules.cross import check_rules
from ximu.ideas.intake.rules.schema import FieldSpec, ItemSchema
from ximu.ideas.intake.rules.values import EXCEL_1900


@dataclass(frozen=True)
class Checked:
    """`clean` has every row with typed values (null where refused); `faults` one row per bad cell."""

    clean: pl.DataFrame
    faults: pl.DataFrame

    @cached_property
    def bad_lines(self) -> pl.Series:
        return self.faults.filter(pl.col("severity") == problems.ERROR)["line"].unique()

    @cached_property
    def good(self) -> pl.DataFrame:
        bad = self.bad_lines
        return self.clean.filter(~pl.col("line").is_in(bad.implode())) if len(bad) else self.clean


def check_chunk(
    frame: pl.DataFrame, schema: ItemSchema, *, today: date, serial_from: date = EXCEL_1900,
    found: pl.DataFrame | None = None,
) -> Checked:
    """`frame` has text columns named by field and `line`; `found` are faults that the reader saw already."""
    columns = {
        column.spec.name: column for column in columns_of(
            frame, [spec for spec in schema.fields if spec.name in frame.columns], today=today, serial_from=serial_from)
    }
    values = [check_column(columns[spec.name]) if spec.name in columns else _nothing(spec, frame.height) for spec in schema.fields]
    clean = pl.DataFrame([frame["line"].cast(pl.Int64), *(series.alias(name) for name, series in zip(schema.names, values))])
    faults = [fault for column in columns.values() for fault in column.faults]
    known = pl.concat([*faults, *([found] if found is not None else []), problems.empty()])
    if found is not None and found.height:  # what the reader saw and the rules see, too, is told once
        known = known.unique(["line", "field", "code"], keep="first", maintain_order=True)
    crossed = check_rules(clean, schema, today=today)
    # a rule between fields says nothing new about a cell that is refused already
    if crossed:
        told = known.filter(pl.col("severity") == problems.ERROR).select("line", "field").unique()
        crossed = [pl.concat(crossed).join(told, on=["line", "field"], how="anti", maintain_order="left")]
    keyless = _keyless(clean, schema, known)
    return Checked(clean, pl.concat([known, *crossed, *keyless]))


def _nothing(spec: FieldSpec, height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.Date if spec.type == "date" else pl.String, eager=True)


def _keyless(clean: pl.DataFrame, schema: ItemSchema, known: pl.DataFrame) -> list[pl.DataFrame]:
    """A row with an empty key field cannot be told from another (`KEY-NEED`)."""
    found = []
    for name in schema.key:
        if not clean[name].null_count():
            continue
        told = known.select("line", "field").unique()
        rows = clean.filter(pl.col(name).is_null()).select("line", pl.lit(name).alias("field"), pl.lit("").alias("value"))
        rows = rows.join(told, on=["line", "field"], how="anti", maintain_order="left")
        if rows.height:
            found.append(problems.frame_of(rows, name, "KEY-NEED"))
    return found
