"""What runs by itself, how often, and how did it go? Declared in `config/timetable.py`, run by any number of workers.

A worker takes a due job by a conditional update; the row count tells who won. A worker that dies keeps its job only
until `HOLD` has passed. A job that fails is told, and does not stop the others.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from ximu.foundation.apart import PartlyError
from ximu.foundation.models import Duty
from ximu.foundation.uid import new_uid
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

HOLD = timedelta(minutes=30)
"""After this a run counts as dead and another worker may take the job; every job is safe to repeat."""
RETRY = timedelta(minutes=5)
"""A job that failed is tried again after this, or after its own interval when that is shorter."""
LONGEST = 200
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One declared job; `work(by=, at=)` answers plain counts."""

    name: str
    words: Text
    every: timedelta
    work: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Run:
    """How a run went: `done`, `failed`, or `taken` when another worker holds the job."""

    name: str
    outcome: str
    seconds: float = 0.0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job with its last run and its next."""

    job: Job
    due_at: datetime | None
    ran_at: datetime | None
    seconds: float
    outcome: str
    said: str
    failures: int
    running: bool


_jobs: dict[str, Job] = {}


def declare(name: str, words: Text, every: timedelta, work: Callable[..., Any]) -> None:
    """Called at start only, by `config/timetable.py`."""
    _jobs[name] = Job(name, words, every, work)


def job(name: str) -> Job:
    if name not in _jobs:
        raise Refusal(
            "JOB-NONE", field="name", value=name, rule=" ".join(_jobs), status=404,
            zh=f"没有名为“{name}”的作业。", en=f"There is no job “{name}”.",
        )
    return _jobs[name]


def standings(*, at: datetime) -> list[Standing]:
    rows = {row.name: row for row in Duty.objects.all()}
    return [_standing(one, rows.get(one.name), at) for one in _jobs.values()]


def _standing(one: Job, row: Duty | None, at: datetime) -> Standing:
    if row is None:
        return Standing(one, None, None, 0.0, "", "", 0, running=False)
    running = bool(row.holder) and row.held_until is not None and row.held_until > at
    return Standing(one, row.due_at, row.ran_at, row.seconds, row.outcome, row.said, row.failures, running)


def run_due(*, by: Actor, at: datetime) -> list[Run]:
    """Run what is due and not held by another worker, in the order of declaration."""
    _rows(at)
    due = {name for name, due_at in _free(at).values_list("name", "due_at") if name in _jobs and _is_due(_jobs[name], due_at, at)}
    runs = [_run(one, by=by, at=at, only_due=True) for one in list(_jobs.values()) if one.name in due]
    return [run for run in runs if run.outcome != "taken"]


def run(name: str, *, by: Actor, at: datetime) -> Run:
    """Run one job now, due or not, unless a worker has it in hand."""
    _rows(at)
    return _run(job(name), by=by, at=at, only_due=False)


def _rows(at: datetime) -> None:
    missing = set(_jobs) - set(Duty.objects.values_list("name", flat=True))
    Duty.objects.bulk_create([Duty(name=name, due_at=at) for name in sorted(missing)], ignore_conflicts=True)


def _free(at: datetime) -> Any:
    """A hold that ends later than any hold that could begin now was taken by a clock that has been put back: it holds nothing."""
    return Duty.objects.filter(Q(holder="") | Q(held_until__lte=at) | Q(held_until__gt=at + HOLD))


def _is_due(one: Job, due_at: datetime, at: datetime) -> bool:
    """Also when it is due later than a run that ended now would make it: the clock went ahead for a while, and no job waits for it."""
    return due_at <= at or due_at > at + one.every + RETRY


def _run(one: Job, *, by: Actor, at: datetime, only_due: bool) -> Run:
    mine, rows = new_uid(), _free(at).filter(name=one.name)
    if only_due:
        rows = rows.filter(Q(due_at__lte=at) | Q(due_at__gt=at + one.every + RETRY))
    if not rows.update(holder=mine, held_until=at + HOLD, ran_at=at):
        return Run(one.name, "taken")
    began = time.perf_counter()
    outcome, said = _work(one, by=by, at=at)
    seconds = round(time.perf_counter() - began, 3)
    _finish(one, mine, Run(one.name, outcome, seconds, said), at=at)
    return Run(one.name, outcome, seconds, said)


def _work(one: Job, *, by: Actor, at: datetime) -> tuple[str, str]:
    try:
        return Duty.Outcome.DONE.value, json.dumps(one.work(by=by, at=at), ensure_ascii=False, default=str)[:LONGEST]
    except PartlyError as partly:
        said = partly.said[:LONGEST]
    except Refusal as refusal:
        said = refusal.code
    except Exception as error:
        said = type(error).__name__
    log.warning("job %s failed (%s)", one.name, said)
    return Duty.Outcome.FAILED.value, said


def _finish(one: Job, mine: str, ran: Run, *, at: datetime) -> None:
    """Only the holder writes the outcome: a run that was given up as dead does not overwrite its successor's."""
    held = Duty.objects.filter(name=one.name, holder=mine)
    failed = ran.outcome == Duty.Outcome.FAILED
    failures = (held.values_list("failures", flat=True).first() or 0) + 1 if failed else 0
    held.update(
        holder="", held_until=None, seconds=ran.seconds, outcome=ran.outcome, said=ran.said, failures=failures,
        due_at=at + (min(RETRY, one.every) if failed else one.every),
    )
