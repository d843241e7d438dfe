"""Reads of evaluators and their evaluations."""

from ximu.notice.mechanisms.m3_evaluators.queries.book import (
    ROLE,
    Facts,
    assessed,
    content_of,
    declarations,
    declared,
    due_of,
    engagement,
    engagements,
    evaluation,
    evaluations,
    evaluator,
    evaluators,
    facts_of,
    known_payers,
    limits,
    may_see,
    register_facts,
    register_payments,
    snapshot,
    snapshots,
    stands_for,
    surveys,
    twin_of,
)
from ximu.notice.mechanisms.m3_evaluators.queries.evidence import KINDS, provider
from ximu.notice.mechanisms.m3_evaluators.queries.shown import (
    STATES,
    acts,
    compared,
    counts_only,
    doctor,
    notes,
    public_evaluation,
    public_evaluations,
    records_opened,
    today,
    told,
)

__all__ = ["KINDS", "ROLE", "STATES", "Facts", "acts", "assessed", "compared", "content_of", "counts_only", "declarations", "declared",
           "doctor", "due_of", "engagement", "engagements", "evaluation", "evaluations", "evaluator", "evaluators", "facts_of",
           "known_payers",
           "limits", "may_see", "notes", "provider", "public_evaluation", "public_evaluations", "records_opened",
           "register_facts", "register_payments", "snapshot", "snapshots", "stands_for", "surveys", "today", "told", "twin_of"]
