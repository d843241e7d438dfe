"""Is this chunk of rows right? Every column, then every rule between columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import polars as pl

from ximu.ideas.intake.rules import problems
from ximu.ideas.intake.rules.cells import Column, check_column, tidy
from ximu.ideas.intake.rules.cross import check_rules
from ximu.ideas.intake.rules.schema import ItemSchema
from ximu.ideas.intake.rules.values import EXCEL_1900

THREADS = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """`clean` has every row with typed values (null where refused); `faults` one row per bad cell."""

    clean: pl.DataFrame
    faults: pl.DataFrame

    @property
    def bad_lines(self) -> pl.Series:
        return self.faults.filter(pl.col("severity") == problems.ERROR)["line"].unique()

    @property
    def good(self) -> pl.DataFrame:
        bad = self.bad_lines
        return self.clean.filter(~pl.col("line").is_in(bad.implode())) if len(bad) else self.clean


def check_chunk(
    frame: pl.DataFrame, schema: ItemSchema, *, today: date, serial_from: date = EXCEL_1900,
    found: pl.DataFrame | None = None,
) -> Checked:
    """`frame` has text columns named by field and `line`; `found` are faults that the reader saw already."""
    lines, frame = frame["line"].cast(pl.Int64), tidy(frame)

    def run(name: str) -> tuple[pl.Series, list[pl.DataFrame]]:
        spec = schema.field(name)
        if name not in frame.columns:
            return pl.repeat(None, len(lines), dtype=pl.Date if spec.type == "date" else pl.String, eager=True), []
        column = Column(spec, lines, frame[name], today, serial_from)
        return check_column(column), column.faults

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(run, schema.names))
    clean = pl.DataFrame({"line": lines, **{name: values for name, (values, _) in zip(schema.names, results)}})
    faults = [fault for _, part in results for fault in part]
    known = pl.concat([*faults, *([found] if found is not None else []), problems.empty()])
    crossed = check_rules(clean, schema, today=today)
    # a rule between fields says nothing new about a cell that is refused already
    if crossed:
        told = known.filter(pl.col("severity") == problems.ERROR).select("line", "field").unique()
        crossed = [pl.concat(crossed).join(told, on=["line", "field"], how="anti", maintain_order="left")]
    keyless = _keyless(clean, schema, known)
    return Checked(clean, pl.concat([known, *crossed, *keyless]))


def _keyless(clean: pl.DataFrame, schema: ItemSchema, known: pl.DataFrame) -> list[pl.DataFrame]:
    """A row with an empty key field cannot be told from another (`KEY-NEED`)."""
    told = known.select("line", "field").unique()
    found = []
    for name in schema.key:
        rows = clean.filter(pl.col(name).is_null()).select("line", pl.lit(name).alias("field"), pl.lit("").alias("value"))
        rows = rows.join(told, on=["line", "field"], how="anti", maintain_order="left")
        if rows.height:
            found.append(problems.frame_of(rows, name, "KEY-NEED"))
    return found
