"""A file of monthly values: checked cell by cell, placed by the roster, made whole with explicit gaps."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import Expected
from ximu.ideas.events.services import append
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.services import blocks
from ximu.kernel.actor import Actor
from ximu.notice.domains.d08_environment import queries, rules

DATASET = "air"
MOST_FAULTS = 1000


def delivered_schema() -> ItemSchema:
    """The fields that a file brings; derived ones are reckoned here."""
    raw = events.dataset(DATASET).schema
    return read_schema({**raw, "primaryKey": ["station", "item", "month"], "ximu:roles": {},
                        "fields": [f for f in raw["fields"] if not f.get("ximu:derived")]})


def load_air(path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """CSV, XLSX or JSON; each month of the file is a batch `<batch>-<month>`.

    Errors: every `FILE-*` code, `EVT-BATCH`. Rows with faults stay out and are named, so are rows of a station that is not on the roster
    (`PNT-NONE`) or not in use in that month (`PNT-CLOSED`), of a month that is not over (`TIME-FUTURE`), and with more days than the
    month has (`NUM-RANGE`). `gaps` counts station items without a value: they enter the store as such.
    """
    today = clock.city_day(at)
    told: dict[str, Any] = {"dataset": DATASET, "batch": batch, "rows": 0, "new": 0, "corrected": 0, "same": 0, "bad": 0, "gaps": 0,
                            "faults": []}
    good: dict[date, list[dict[str, Any]]] = {}
    posts = {post.code: post for post in events.expected(DATASET)}
    for block in blocks(path, delivered_schema(), at=at):
        faults = [{name: one[name] for name in ("line", "field", "code")} for one in block.faults]
        told["rows"] += block.rows
        told["bad"] += len(block.bad)
        for row in block.good.iter_rows(named=True):
            month = rules.month_of(row["month"])
            if fault := _fault(row, month, posts, today):
                faults.append({"line": row["line"], "field": fault[0], "code": fault[1]})
                told["bad"] += 1
            else:
                value, days = row["value"], int(row["valid_days"])
                good.setdefault(month, []).append({**row, "value": None if value is None else float(value), "valid_days": days})
        told["faults"] += faults[:MOST_FAULTS - len(told["faults"])]
    for month, rows in sorted(good.items()):
        _month(month, rows, list(posts.values()), told, batch=f"{batch}-{month:%Y-%m}", by=by, at=at)
    told["manifest"] = events.manifest(DATASET).digest
    return told


def _fault(row: dict[str, Any], month: date, posts: dict[str, Expected], today: date) -> tuple[str, str] | None:
    """(field, code) of what is wrong with a row, seen from the roster and the calendar."""
    last, post = rules.end_of(month), posts.get(row["station"])
    if post is None:
        return "station", "PNT-NONE"
    if not post.counts_in(month, last):
        return "station", "PNT-CLOSED"
    if last >= today:
        return "month", "TIME-FUTURE"
    return ("valid_days", "NUM-RANGE") if int(row["valid_days"]) > last.day else None


def _month(
    month: date, rows: list[dict[str, Any]], roster: list[Expected], told: dict[str, Any], *, batch: str, by: Actor, at: datetime,
) -> None:
    whole = rules.whole_month(month, rows, roster, queries.known_items(month), queries.needed_on(month))
    made = append(DATASET, pl.DataFrame(whole, infer_schema_length=None), batch=batch, by=by, at=at, covers=(month, rules.end_of(month)))
    told["gaps"] += sum(row["value"] is None for row in whole)
    for name in ("new", "corrected", "same"):
        told[name] += getattr(made, name)
