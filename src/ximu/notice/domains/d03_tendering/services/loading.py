"""Files of sections, disputes and inquiries: good rows are kept, each bad one is named. There is no column for a bidder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d03_tendering import queries
from ximu.notice.domains.d03_tendering.queries import register

DELIVER = "d03.deliver"
NUMBERS = {queries.SECTIONS: "section", queries.DISPUTES: "dispute", queries.FINDINGS: "finding"}
Fault = tuple[int, str, str]
Rows = list[tuple[int, dict[str, Any]]]


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Errors: `PERM-DENIED`, those of `deliver_rows`; of rows `PERM-DENIED` for another's unit or row, `SEQ`, `STD-NONE`, `D03-NONE` …"""
    by.must(DELIVER)
    return deliver_rows(dataset, path, batch=batch, by=by, at=at, judge=_judge(dataset, by, at), right=DELIVER)


def _judge(dataset: str, by: Actor, at: datetime) -> Callable[[Rows], list[Fault]]:
    def judged(rows: Rows) -> list[Fault]:
        found = [(line, "unit_name", "PERM-DENIED") for line, row in rows if not by.can(DELIVER, row["unit"])]
        found += _of_others(dataset, rows, by, at)
        if dataset == queries.SECTIONS:
            versions = {one.version: one.since for one in register.standards()}
            found += [(line, "standard", "STD-NONE") for line, row in rows if row["standard"] and not _held(row, versions)]
        if dataset == queries.DISPUTES:
            known = {row["section"]: row for row in queries.sections(known_at=at)}
            found += [(line, "section", "D03-NONE") for line, row in rows if row["section"] not in known]
            found += [(line, "raised_on", "SEQ") for line, row in rows
                      if row["section"] in known and row["raised_on"] < known[row["section"]]["notice_on"]]
        return found

    return judged


def _of_others(dataset: str, rows: Rows, by: Actor, at: datetime) -> list[Fault]:
    """Under a number that is another unit's nobody puts a row of his own in its place."""
    key, today = NUMBERS[dataset], clock.city_day(at)
    theirs = {row[key]: row["unit"] for row in events.rows_of(dataset, known_at=at)}
    return [(line, key, "PERM-DENIED") for line, row in rows if (unit := theirs.get(row[key])) and not (
        by.can(DELIVER, unit) or by.can(DELIVER, registry.owner_of(unit, today)))]


def _held(row: dict[str, Any], versions: dict[str, Any]) -> bool:
    """A tender applies the version that was in force on the day of its notice, not one to come and not one of the past."""
    begun = [(since, version) for version, since in versions.items() if since <= row["notice_on"]]
    return bool(begun) and max(begun)[1] == row["standard"]


LOADERS = {name: partial(deliver, name) for name in queries.DATASETS}
