"""A delivery of tickets: checked by intake's rules, resolved in the register, appended."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from ximu.ideas.events import queries as events
from ximu.ideas.events.services import append
from ximu.ideas.intake.rules.schema import ItemSchema, read_schema
from ximu.ideas.intake.services import blocks
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d13_hotline import rules

DATASET, MARKS = "hotline", "hotline_marks"
MOST_FAULTS = 1000


def delivered_schema() -> ItemSchema:
    """The fields that a file brings; derived ones are reckoned here."""
    raw = events.dataset(DATASET).schema
    return read_schema({**raw, "ximu:roles": {}, "fields": [f for f in raw["fields"] if not f.get("ximu:derived")]})


def load_tickets(path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """CSV, XLSX or JSON; each block of the file is a batch `<batch>-<n>`, so that a broken load is taken up by a repeat.

    Errors: every `FILE-*` code, `EVT-BATCH`. Rows with faults stay out and are named; so are rows of a unit that the
    register does not know for sure (`SUBJ-NONE`).
    """
    told: dict[str, Any] = {"dataset": DATASET, "batch": batch, "rows": 0, "new": 0, "corrected": 0, "same": 0, "late": 0, "bad": 0,
                            "unknown_topics": 0, "faults": []}
    for number, block in enumerate(blocks(path, delivered_schema(), at=at), 1):
        good = block.good
        prepared = rules.prepare(good, _units(good["unit_name"], _newest(good)))
        made = append(DATASET, prepared.frame, batch=f"{batch}-{number}", by=by, at=at)
        _mark(prepared.frame, batch=f"{batch}-{number}", by=by, at=at)
        lost = sum(len(lines) for lines in prepared.strangers.values())
        told["rows"] += block.rows
        told["bad"] += len(block.bad) + lost
        told["unknown_topics"] += prepared.unknown_topics
        for name in ("new", "corrected", "same", "late"):
            told[name] += getattr(made, name)
        told["faults"] += _faults(block.faults, prepared)[:MOST_FAULTS - len(told["faults"])]
    told["manifest"] = events.manifest(DATASET).digest
    return told


def _mark(frame: pl.DataFrame, *, batch: str, by: Actor, at: datetime) -> None:
    """What the same caller says twice on a day is found by its mark: without the key nobody can try a text against it."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"hotline-marks", hashlib.sha256).digest()
    if (made := rules.marks(frame, key)).height:
        append(MARKS, made, batch=batch, by=by, at=at)


def _newest(frame: pl.DataFrame) -> date:
    return frame["called_on"].max() or date.max  # type: ignore[return-value]


def _units(names: pl.Series, on: date) -> dict[str, str]:
    """Names → uids: as of the newest day, else the unit that once bore the name."""
    found, refused = registry.find_many(names.unique().to_list(), as_of=on)
    for name, refusal in refused.items():
        if refusal.code == "ORG-ENDED":
            found[name] = registry.named(name, as_of=on)
    return found


def _faults(faults: list[dict[str, Any]], prepared: rules.Prepared) -> list[dict[str, Any]]:
    """Line, field and code; no value, since a cell may hold personal data."""
    bad = [{name: one[name] for name in ("line", "field", "code")} for one in faults]
    return bad + [{"line": line, "field": "unit_name", "code": "SUBJ-NONE"} for lines in prepared.strangers.values() for line in lines]
