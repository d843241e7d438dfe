"""A unit's figure once more, by both clocks: is it what was published?"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from ximu.foundation import clock
from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.queries.runs import asked_of, gathered, pins, replay, run_row
from ximu.ideas.assessment.queries.shown import AREA
from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal

ORDER = (Run.State.PUBLISHED, Run.State.FINAL, Run.State.SENT, Run.State.DRAFT)


def replay_unit(unit: str, *, as_of: date, known_at: datetime, of: str = "") -> dict[str, Any]:
    """The figure of a unit (uid or name) from the facts as of a day and as known by then; beside it what the run of that year says.

    `of` is the run's uid or the code of its method; without it the yearly assessment goes before those of single areas.
    With the run's own clocks its bytes are compared as well (`same_bytes`). Errors: `SCORE-NONE`, `INDEX-UNIT`, those of the registry.
    """
    run = _run_of(as_of, of)
    kept = json.loads(run.result)
    uid = _uid(unit, kept["labels"], as_of)
    whole = as_of == run.as_of and clock.city_day(known_at) == clock.city_day(run.known_at)
    known = run.known_at if whole else known_at
    method = loading.load(run.method.text)
    data, _ = gathered(method, run.attached, asked_of(method, run.attached, run.period, (as_of, known)))
    told = json.loads(frozen.outcome(method, data, {**pins(run), "as_of": as_of.isoformat(), "known_at": known.isoformat(),
                                                    "data": loading.digest_of(data)}))
    now, then = told["published"][uid], kept["published"][uid]
    return {"run": run.uid, "state": run.state, "unit": uid, "label": kept["labels"][uid], "as_of": as_of.isoformat(),
            "known_at": known.isoformat(), **now, "interval": told.get("uncertainty", {}).get("units", {}).get(uid),
            "published": then, "same": now == then, "same_bytes": replay(run.uid)["same"] if whole else None}


def _run_of(as_of: date, of: str) -> Run:
    """The run of that day, or of that year; what is published before what is not, the newest first."""
    rows = Run.objects.filter(state__in=ORDER)
    if of:
        rows = rows.filter(Q(uid=of) | Q(method__code=of))
    elif rows.filter(period=str(as_of.year)).exclude(method__code__regex=AREA).exists():
        rows = rows.exclude(method__code__regex=AREA)
    same_day = list(rows.filter(as_of=as_of)) or list(rows.filter(period=str(as_of.year)))
    found = min(same_day, key=lambda run: (ORDER.index(run.state), -run.pk), default=None)
    return run_row(found.uid if found else "")


def _uid(unit: str, labels: dict[str, str], as_of: date) -> str:
    """A unit of the run by its uid, by its name there, or by any name that the registry knows."""
    if unit in labels:
        return unit
    named = next((uid for uid, label in labels.items() if label == unit), "") or registry.named(unit, as_of=as_of)
    if named not in labels:
        raise Refusal("INDEX-UNIT", status=404, field="unit", value=unit[:80], rule="unit of the run", zh="本次计算没有这个单位。",
                      en="The run has no such unit.")
    return named
