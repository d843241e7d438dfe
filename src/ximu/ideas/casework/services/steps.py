"""How is a step written down? With its sealed entry in the log, in the caller's transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from ximu.foundation.bulk import insert_rows
from ximu.ideas.casework.models import Case, Step
from ximu.ideas.casework.queries.evidence import sealed_many
from ximu.ideas.ledger.services import append_many
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT = 32
AT_ONCE = 90
"""Rows per statement, under SQLite's limit of parameters."""


class Named(Protocol):
    """A case, or what the nightly pass read of one."""

    @property
    def pk(self) -> int: ...

    @property
    def uid(self) -> str: ...


class Done(NamedTuple):
    case: Named
    verb: str
    before: str
    after: str
    detail: dict[str, Any]
    decides: bool = False


_COLUMNS = ("log_index", "case_id", "verb", "before", "after", "unit", "by", "at", "decides", "detail", "salt", "commitment")


def write(done: Sequence[Done], *, by: Actor, at: datetime) -> list[int]:
    """Add steps and their entries; the log indices."""
    if not done:
        return []
    unit, human = by.unit or "", by.human
    pool = os.urandom(SALT * len(done))
    salts = [pool[start:start + SALT] for start in range(0, len(pool), SALT)]
    first = append_many(sealed_many(done, salts, unit=unit, by=human, at=at), at=at)
    insert_rows(Step, _COLUMNS, [
        (first + place, d.case.pk, d.verb, d.before, d.after, unit, human, at, d.decides, d.detail, salt, "")
        for place, (d, salt) in enumerate(zip(done, salts, strict=True))])
    return list(range(first, first + len(done)))


def lost_race(case: Case, verb: str) -> Refusal:
    return Refusal("STATE-RACE", status=409, field="state", value=case.state, rule=verb, zh="该办件刚被他人办理，请刷新后再办。",
                   en="Somebody else has just moved this case; reload and try again.")
