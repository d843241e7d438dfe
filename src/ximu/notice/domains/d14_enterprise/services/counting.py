"""What is counted: files of the enterprise service platform in full volume, and the demands that were handled here."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.events.services import append
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.services import blocks
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d14_enterprise import queries, rules
from ximu.notice.domains.d14_enterprise.models import Demand

DATASET = queries.DATASET
MOST_FAULTS = 1000
TOLD = ("demand", "raised_on", "kind", "topic", "accepted_on", "promised_on", "answered_on", "outcome", "explained_on", "closed_on",
        "closed_as", "solved", "rating", "reopened", "amount", "paid", "unit", "district", "due_by")


def delivered_schema() -> ItemSchema:
    """The fields that a file brings; derived ones are reckoned here."""
    raw = events.dataset(DATASET).schema
    return read_schema({**raw, "ximu:roles": {}, "fields": [f for f in raw["fields"] if not f.get("ximu:derived")]})


def load_demands(path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """CSV, XLSX or JSON; each block is a batch of its own. Rows with faults stay out and are named without their values.

    Errors: every `FILE-*` code, `EVT-BATCH`; rows of a unit or district that the register does not know: `SUBJ-NONE`.
    """
    told: dict[str, Any] = {"dataset": DATASET, "batch": batch, "rows": 0, "new": 0, "corrected": 0, "same": 0, "late": 0, "bad": 0,
                            "one_sided": 0, "faults": []}
    for number, block in enumerate(blocks(path, delivered_schema(), at=at), 1):
        good = block.good
        ready = rules.prepare(good, _named(good), queries.last_day_of)
        made = append(DATASET, ready.frame, batch=f"{batch}-{number}", by=by, at=at)
        told["rows"] += block.rows
        told["bad"] += len(block.bad) + len(ready.strangers)
        told["one_sided"] += ready.alone
        for name in ("new", "corrected", "same", "late"):
            told[name] += getattr(made, name)
        bad = [{name: one[name] for name in ("line", "field", "code")} for one in block.faults]
        bad += [{"line": line, "field": field, "code": "SUBJ-NONE"} for line, field in ready.strangers]
        told["faults"] += bad[:MOST_FAULTS - len(told["faults"])]
    return told


def _named(good: pl.DataFrame) -> dict[str, str]:
    """Names → uids as of the newest day, else the unit that once bore the name."""
    names = {name for column in ("unit_name", "district_name") for name in good[column].drop_nulls().unique().to_list()}
    on: date = good["raised_on"].max() or date.max  # type: ignore[assignment]
    found, refused = registry.find_many(sorted(names), as_of=on)
    return found | {name: registry.named(name, as_of=on) for name, refusal in refused.items() if refusal.code == "ORG-ENDED"}


def feed(*, by: Actor, at: datetime) -> int:
    """Demands handled here enter the figures as they stand: one batch a day or on call; who asks stays behind. How many changed."""
    rows = list(Demand.objects.filter(fed=False).order_by("pk"))
    if rows:
        names = {u: registry.name(u, as_of=clock.city_day(at)) for row in rows for u in (row.unit, row.district) if u}
        frame = pl.DataFrame([_line(row, names) for row in rows], infer_schema_length=None)
        append(DATASET, frame, batch=f"cases-{at:%Y%m%dT%H%M%S%f}", by=by, at=at)
        for row in rows:
            Demand.objects.filter(pk=row.pk, closed_as=row.closed_as, answered_on=row.answered_on, accepted_on=row.accepted_on).update(
                fed=True)
    return len(rows)


def _line(row: Demand, names: dict[str, str]) -> dict[str, Any]:
    whole = {name: getattr(row, name) for name in TOLD if name != "demand"} | {"demand": row.number, "unit_name": names[row.unit]}
    for name in ("outcome", "closed_as", "solved", "rating", "district"):
        whole[name] = whole[name] or None
    money = {name: None if whole[name] is None else float(whole[name]) for name in ("amount", "paid")}
    return whole | money | {"district_name": names.get(row.district)}
