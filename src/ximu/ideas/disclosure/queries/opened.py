"""Whole views of the open publications: counts, the newest, all of them for download. Nothing that is not open is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import orjson
from django.db.models import Count, Max

from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import STATES
from ximu.kernel.words import Text

CHUNK = 500
NEWEST_MOST = 50_000


def _with_proof(row: Publication) -> dict[str, Any]:
    shown: dict[str, Any] = orjson.loads(row.body)
    return shown | {"log_index": row.log_index, "opened_at": row.decided_at}


def public_counts(subjects: Collection[str], *, on: date) -> dict[str, int]:
    """How many records of each body are public."""
    return dict(open_on(on).filter(subject__in=subjects).order_by().values_list("subject").annotate(Count("pk")))


def all_public(numbers: Collection[str], *, on: date) -> bool:
    """Is every one of these records public on that day?"""
    return set(numbers) <= set(open_on(on).filter(number__in=numbers).values_list("number", flat=True))


def public_stamp(*, on: date) -> str:
    """Another word as soon as anything that is public changes; nothing hidden moves it."""
    found = open_on(on).aggregate(n=Count("pk"), last=Max("log_index"))
    return f"{on.isoformat()}-{found['n']}-{found['last']}"


def public_latest(*, on: date, limit: int = 10, subjects: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The records that were opened last, the newest first."""
    rows = open_on(on) if subjects is None else open_on(on).filter(subject__in=subjects)
    return [_with_proof(row) for row in rows.order_by("-log_index")[:min(limit, NEWEST_MOST)]]


def public_rows(*, on: date) -> Iterator[dict[str, Any]]:
    """Everything that is public, in the order of the log; memory stays bounded."""
    for row in open_on(on).order_by("log_index").iterator(chunk_size=CHUNK):
        yield _with_proof(row)


def public_history(number: str, *, on: date) -> list[dict[str, Any]]:
    """When an open record became public, and earlier times at which it was: days and log indices, no content.

    For a record that is not public now the answer is empty, as for one that never was.
    """
    rows = list(Publication.objects.filter(number=number, log_index__isnull=False).order_by("log_index"))
    if not any(row.state == Publication.State.OPEN and row.closes_on >= on for row in rows):
        return []
    return [
        {"version": row.version, "opened_at": row.decided_at, "opened_index": row.log_index, "policy": row.policy,
         "closes_on": row.closes_on, "closed_at": row.closed_at, "closed_index": row.closed_index}
        for row in rows
    ]


def public_states(numbers: Collection[str], *, on: date) -> dict[str, tuple[str, Text]]:
    """How those of the records that are open now stand: in effect, or flagged as disputed. The others are left out."""
    shown = set(open_on(on).filter(number__in=numbers).values_list("number", flat=True))
    return {number: (state, STATES[state]) for number, (_, state) in records.states_of(shown).items()} if shown else {}
