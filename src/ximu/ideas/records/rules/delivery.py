"""Is this delivery fit to become records? Columns, dates and digests of checked rows, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from ximu.kernel.refusal import Refusal

COLUMNS: dict[str, Any] = {
    "natural_key": pl.String, "digest": pl.String, "payload": pl.String, "subject": pl.String, "event_date": pl.Date,
    "end_date": pl.Date, "decision_date": pl.Date, "family": pl.String, "behaviour": pl.String, "grade": pl.String,
    "document_number": pl.String, "authority": pl.String, "line": pl.Int64,
}
OPTIONAL: dict[str, Any] = {"final_date": pl.Date, "final": pl.Boolean}
NEEDED = {
    "natural_key": "FIELD-NEED", "digest": "EVID-DIGEST", "payload": "FIELD-NEED", "subject": "SUBJ-KIND",
    "event_date": "FIELD-NEED", "family": "FIELD-NEED", "line": "FIELD-NEED",
}
"""Without these there is no record (invariant I1)."""
LENGTHS = {"natural_key": 400, "subject": 16, "family": 16, "behaviour": 40, "grade": 16, "document_number": 200, "authority": 200}
"""The longest text that each column of a version holds."""


@dataclass(frozen=True, slots=True)
class Delivery:
    item: str
    edition: str
    source: str
    batch: str
    by: str
    at: datetime


def prepared(rows: pl.DataFrame, delivery: Delivery, *, today: date) -> pl.DataFrame:
    """The rows with all columns of a version that are known so far. Errors as in `services.admit`."""
    for name in ("item", "edition", "source", "batch"):
        if not getattr(delivery, name):
            raise needed(name, 0)
    frame = rows.select(
        *(_column(rows, name, kind) for name, kind in COLUMNS.items()),
        *(_column(rows, name, kind) if name in rows.columns else pl.lit(None, dtype=kind).alias(name) for name, kind in OPTIONAL.items()),
    )
    _check(frame, today)
    texts = [name for name, kind in COLUMNS.items() if kind == pl.String]
    entered = pl.when(pl.col("final").fill_null(True)).then(pl.lit("draft")).otherwise(pl.lit("held"))
    return frame.with_columns(
        pl.col(texts).fill_null(""), entered=entered, state=entered, item=pl.lit(delivery.item), edition=pl.lit(delivery.edition),
        source=pl.lit(delivery.source), batch=pl.lit(delivery.batch), by=pl.lit(delivery.by),
    ).drop("final")


def _column(rows: pl.DataFrame, name: str, kind: Any) -> pl.Expr:
    if name not in rows.columns:
        raise needed(name, 0)
    return pl.col(name).cast(kind)


def _check(frame: pl.DataFrame, today: date) -> None:
    for name in NEEDED:
        column = frame[name]
        empty = column.is_null() if column.dtype != pl.String else column.is_null() | (column == "")
        if empty.any():
            raise needed(name, frame["line"].gather(empty.arg_true()[:1]).to_list()[0] or 0)
    odd = frame.filter(~pl.col("digest").str.contains("^[0-9a-f]{64}$"))
    if odd.height:
        raise needed("digest", odd["line"][0])
    for name, most in LENGTHS.items():
        long = frame.filter(pl.col(name).str.len_chars() > most)
        if long.height:
            raise Refusal(
                "FIELD-LEN", field=name, value=long[name][0][:40], rule=f"≤ {most}",
                zh=f"第{long['line'][0]}行的“{name}”超过{most}个字符。",
                en=f"“{name}” in line {long['line'][0]} has more than {most} characters.",
            )
    future = frame.filter(pl.col("event_date") > today)
    if future.height:
        raise Refusal(
            "TIME-FUTURE", field="event_date", value=str(future["event_date"][0]), rule=f"≤ {today.isoformat()}",
            zh=f"第{future['line'][0]}行的发生日期在今天之后。", en=f"The event date of line {future['line'][0]} lies in the future.",
        )


def needed(name: str, line: int) -> Refusal:
    """The refusal for a part that a record cannot be without."""
    code, where = NEEDED.get(name, "FIELD-NEED"), (f"第{line}行" if line else "报送")
    place = f"line {line}" if line else "the delivery"
    words = {"field": name, "value": "", "rule": "I1"}
    if code == "EVID-DIGEST":
        return Refusal("EVID-DIGEST", zh=f"{where}缺少依据文件的内容摘要。",
                       en=f"There is no digest of the source document in {place}.", **words)
    if code == "SUBJ-KIND":
        return Refusal("SUBJ-KIND", zh=f"{where}没有确定的主体。", en=f"There is no resolved subject in {place}.", **words)
    return Refusal("FIELD-NEED", zh=f"{where}缺少“{name}”。", en=f"“{name}” is missing in {place}.", **words)
