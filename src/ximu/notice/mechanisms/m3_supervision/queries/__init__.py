"""Reads of proposals and of inspection rounds."""

from ximu.notice.mechanisms.m3_supervision.queries.evidence import KINDS, provider
from ximu.notice.mechanisms.m3_supervision.queries.letters import answer_letter, given_letter
from ximu.notice.mechanisms.m3_supervision.queries.proposals import (
    due_of,
    leads,
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
    sealed_places,
    seed_of,
    speaks_for,
    visit,
    visits,
)
from ximu.notice.mechanisms.m3_supervision.queries.yearly import register_figures, year_envelope, year_figures, year_text

__all__ = [
    "KINDS", "answer_letter", "bundle", "due_of", "extract_of", "extracts", "finding", "findings", "given_letter", "leads", "mine",
    "opinions", "own", "proposal", "proposals", "provider", "public_proposals", "redraw", "register_figures", "round_of", "rounds",
    "sealed_places", "seed_of", "speaks_for", "term", "today", "totals", "visit", "visits", "year_envelope", "year_figures", "year_text",
]
