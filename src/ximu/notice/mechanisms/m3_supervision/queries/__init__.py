"""Reads of proposals and of inspection rounds."""

from ximu.notice.mechanisms.m3_supervision.queries.evidence import KINDS, provider
from ximu.notice.mechanisms.m3_supervision.queries.proposals import (
    due_of,
    mine,
    opinions,
    own,
    proposal,
    proposals,
    public_proposals,
    term,
    today,
    totals,
)
from ximu.notice.mechanisms.m3_supervision.queries.rounds import (
    bundle,
    extract_of,
    extracts,
    finding,
    findings,
    redraw,
    round_of,
    rounds,
    seed_of,
    visit,
    visits,
)

__all__ = ["KINDS", "bundle", "due_of", "extract_of", "extracts", "finding", "findings", "mine", "opinions", "own", "proposal", "proposals",
           "provider", "public_proposals", "redraw", "round_of", "rounds", "seed_of", "term", "today", "totals", "visit", "visits"]
