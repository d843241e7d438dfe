"""What is new in a batch, what a correction, what was known already?"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ximu.ideas.events.rules.clocks import KNOWN, ROW
from ximu.ideas.events.rules.dataset import TYPES, Dataset
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Sorted:
    """`kept` goes into the part (new and corrected rows), `gone` are row numbers that corrections replace."""

    kept: pl.DataFrame
    gone: pl.Series
    new: int
    corrected: int
    same: int


def conform(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Every column of the dataset in its type; key and event day present.

    Errors: `EVT-COLUMNS` for a missing or unknown column, `EVT-VALUE` for a value that is not of the type or is needed.
    """
    names = [c.name for c in dataset.columns]
    unknown = [n for n in frame.columns if n not in names]
    absent = [n for n in (*dataset.key, dataset.time, dataset.unit) if n not in frame.columns]
    if unknown or absent:
        listed = "、".join([*unknown, *absent])[:100]
        raise Refusal("EVT-COLUMNS", field="frame", value=listed, rule="、".join(names)[:200],
                      zh=f"数据集“{dataset.title.zh}”的列不符：{listed}。",
                      en=f"The columns do not fit the dataset “{dataset.name}”: {listed}.")
    for column in dataset.columns:
        kind = TYPES[column.type][0]
        if column.name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(column.name))
        try:
            frame = frame.with_columns(pl.col(column.name).cast(kind))
        except pl.exceptions.PolarsError as error:
            raise _value(column.name, str(frame.schema[column.name]), column.type) from error
    for name in (*dataset.key, dataset.time):
        if frame[name].null_count():
            raise _value(name, f"{frame[name].null_count()} null", "required")
    return frame.select(names)


def _value(name: str, value: str, rule: str) -> Refusal:
    return Refusal("EVT-VALUE", field=name, value=value, rule=rule, zh=f"列“{name}”的值不能使用（应为{rule}）。",
                   en=f"Values of the column “{name}” cannot be used (must be {rule}).")


def sort_out(frame: pl.DataFrame, known: pl.DataFrame, dataset: Dataset) -> Sorted:
    """`known` holds the present rows of the store that have a key of the batch. Of a key twice in a batch the last stands."""
    key, plain = list(dataset.key), [c.name for c in dataset.plain]
    once = frame.unique(subset=key, keep="last", maintain_order=True)
    repeated = frame.height - once.height
    joined = once.join(known.drop(KNOWN), on=key, how="left", suffix="_before", maintain_order="left")
    others = [n for n in plain if n not in key]
    seen = pl.col(ROW).is_not_null()
    alike = pl.all_horizontal([pl.col(n).eq_missing(pl.col(f"{n}_before")) for n in others]) if others else pl.lit(value=True)
    judged = joined.with_columns((seen & alike).alias("_same"), (seen & ~alike).alias("_corrected"))
    kept = judged.filter(~pl.col("_same"))
    gone = kept.filter(pl.col("_corrected"))[ROW]
    same = judged.height - kept.height
    return Sorted(kept.select(frame.columns), gone, kept.height - len(gone), len(gone), same + repeated)
