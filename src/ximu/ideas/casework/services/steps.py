"""How is a step written down? With its sealed entry in the log, in the caller's transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

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


@dataclass(frozen=True, slots=True)
class Done:
    case: Named
    verb: str
    before: str
    after: str
    detail: dict[str, Any] = field(default_factory=dict)
    decides: bool = False


@dataclass(slots=True)
class _Row:
    """A step on its way into its table: what `Step` has, without the weight of a model."""

    case_id: int
    verb: str
    before: str
    after: str
    unit: str
    by: str
    at: datetime
    decides: bool
    detail: dict[str, Any]
    salt: bytes
    commitment: str = ""


_COLUMNS = tuple(one.name for one in fields(_Row))
_values = attrgetter(*_COLUMNS)


def write(done: Sequence[Done], *, by: Actor, at: datetime) -> list[int]:
    """Add steps and their entries; the log indices."""
    if not done:
        return []
    unit, human = by.unit or "", by.human
    pool = os.urandom(SALT * len(done))
    rows = [_Row(d.case.pk, d.verb, d.before, d.after, unit, human, at, d.decides, d.detail, pool[place * SALT:(place + 1) * SALT])
            for place, d in enumerate(done)]
    first = append_many(sealed_many(zip(rows, (d.case.uid for d in done), strict=True), at=at), at=at)
    insert_rows(Step, ("log_index", *_COLUMNS), [(first + place, *_values(row)) for place, row in enumerate(rows)])
    return list(range(first, first + len(rows)))


def lost_race(case: Case, verb: str) -> Refusal:
    return Refusal("STATE-RACE", status=409, field="state", value=case.state, rule=verb, zh="该办件刚被他人办理，请刷新后再办。",
                   en="Somebody else has just moved this case; reload and try again.")
