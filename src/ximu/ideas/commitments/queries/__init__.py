"""Reads of promises; `as_of` is the day asked about, `known_at` the time of knowing."""

from ximu.ideas.commitments.queries.book import (
    Event,
    Status,
    commitments,
    counterpart,
    counts_by_state,
    evaluations,
    facts,
    history,
    is_counterpart,
    judged,
    open_by_unit,
    owner,
    papers,
    status,
    turns,
    versions,
    with_owner,
)
from ximu.ideas.commitments.queries.data import city_day, deed, deeds, kind, kinds, moved, procedure, rolled, row
from ximu.ideas.commitments.queries.desk import doctor, today
from ximu.ideas.commitments.queries.evidence import KINDS, provider
from ximu.ideas.commitments.queries.figures import CITY, Sheet, figures
from ximu.ideas.commitments.queries.shown import public_among, public_promises, shown

__all__ = [
    "CITY", "KINDS", "Event", "Sheet", "Status", "city_day", "commitments", "counterpart", "counts_by_state", "deed", "deeds", "doctor",
    "evaluations", "facts", "figures", "history", "is_counterpart", "judged", "kind", "kinds", "moved", "open_by_unit", "owner", "papers",
    "procedure", "provider", "public_among", "public_promises", "rolled", "row", "shown", "status", "today", "turns", "versions",
    "with_owner",
]
