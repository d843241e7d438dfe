"""What is done with records, written down: the cursor moves by conditional update, the step is added, the log grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q

from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.queries.history import absent
from ximu.ideas.records.rules.evidence import step_value
from ximu.ideas.records.services import sealing
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

MANY = 800
"""How many values one `IN` list holds, with room to spare under SQLite's limit of parameters."""


@dataclass(frozen=True, slots=True)
class Done:
    number: str
    version: int
    what: str
    before: str
    after: str
    detail: dict[str, Any]


def slices(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [values[start:start + size] for start in range(0, len(values), size)]


def write(done: Sequence[Done], *, by: str, at: datetime) -> None:
    """Add steps with their sealed entries, in the caller's transaction."""
    if not done:
        return
    texts = [canonical(step_value(vars_of(one), one.detail, by, at)) for one in done]
    first, salts = sealing.seal(texts, len(texts), at=at)
    Step.objects.bulk_create([
        Step(log_index=first + place, **vars_of(one), known_at=at, by=by, detail=canonical(one.detail).decode(), salt=salt)
        for place, (one, salt) in enumerate(zip(done, salts))
    ], batch_size=MANY // 8)


def vars_of(one: Done) -> dict[str, Any]:
    return {"number": one.number, "version": one.version, "what": one.what, "before": one.before, "after": one.after}


def newest(numbers: Iterable[str]) -> list[Version]:
    """The newest version of each record, in the order asked, without payloads. Errors: `REC-NONE`."""
    wanted = list(dict.fromkeys(numbers))
    found: dict[str, Version] = {}
    for part in slices(wanted, MANY):
        found |= {v.number: v for v in Version.objects.filter(number__in=part, newest=True).defer("payload", "salt")}
    for number in wanted:
        if number not in found:
            raise absent(number)
    return [found[number] for number in wanted]


def advance(versions: Sequence[Version], after: str) -> None:
    """Move the cursors from the state that was read. Errors: `STATE-RACE` when somebody else was first."""
    for before in {v.state for v in versions}:
        keys = [v.log_index for v in versions if v.state == before]
        moved = sum(
            Version.objects.filter(log_index__in=part, state=before, newest=True).update(state=after)
            for part in slices(keys, MANY)
        )
        if moved != len(keys):
            raise Refusal("STATE-RACE", status=409, field="state", value=before, rule=f"{before}→{after}",
                          zh="记录状态刚被他人改变，请刷新后再办。", en="Somebody else has just moved the record; reload and try again.")


def outdate(numbers: Sequence[str]) -> None:
    """A newer version is about to be added."""
    for part in slices(numbers, MANY):
        Version.objects.filter(number__in=part, newest=True).update(newest=False)


def sources_of(numbers: Sequence[str]) -> dict[str, set[str]]:
    """The other sources already noted for these records."""
    noted: dict[str, set[str]] = {}
    for part in slices(list(numbers), MANY):
        rows = Step.objects.filter(Q(number__in=part), what=Step.What.SOURCE, detail__isnull=False)
        for number, detail in rows.values_list("number", "detail"):
            noted.setdefault(number, set()).add(orjson.loads(detail)["source"])
    return noted
