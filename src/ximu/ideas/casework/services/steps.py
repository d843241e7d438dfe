"""How is a step written down? With its sealed entry in the log, in the caller's transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ximu.foundation.bulk import insert_rows
from ximu.ideas.casework.models import Case, Step
from ximu.ideas.casework.queries.evidence import sealed
from ximu.ideas.ledger.services import append_many
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT = 32
COLUMNS = ("log_index", "case_id", "verb", "before", "after", "unit", "by", "at", "decides", "detail", "salt", "commitment")
AT_ONCE = 90
"""Rows per statement, under SQLite's limit of parameters."""


@dataclass(frozen=True, slots=True)
class Done:
    case: Case
    verb: str
    before: str
    after: str
    detail: dict[str, Any] = field(default_factory=dict)
    decides: bool = False


def write(done: Sequence[Done], *, by: Actor, at: datetime) -> list[int]:
    """Add steps and their entries; the log indices."""
    steps = [Step(case=d.case, verb=d.verb, before=d.before, after=d.after, unit=by.unit or "", by=by.human, at=at, decides=d.decides,
                  detail=d.detail, salt=os.urandom(SALT)) for d in done]
    if not steps:
        return []
    first = append_many([sealed(step, step.case.uid) for step in steps], at=at)
    for place, step in enumerate(steps):
        step.log_index = first + place
    insert_rows(Step, COLUMNS, [[getattr(step, name) for name in COLUMNS] for step in steps])
    return [step.log_index for step in steps]


def lost_race(case: Case, verb: str) -> Refusal:
    return Refusal("STATE-RACE", status=409, field="state", value=case.state, rule=verb, zh="该办件刚被他人办理，请刷新后再办。",
                   en="Somebody else has just moved this case; reload and try again.")
