"""Reads of methods and runs: replay, reasons, comparison, drafts, what the public sees."""

from ximu.ideas.assessment.queries import runs as _runs
from ximu.ideas.assessment.queries.runs import (
    KINDS,
    asked_of,
    entry_of,
    explained,
    gathered,
    method_row,
    pins,
    register_source,
    replay,
    run_row,
    same_rule,
    year,
)
from ximu.ideas.assessment.queries.shown import (
    EXTRACTED,
    bundle,
    card,
    evidence,
    extract_of,
    extracts,
    methods,
    objections,
    open_objections,
    own_draft,
    public_ranking,
    public_unit,
    quality_of,
    ranking,
    runs,
    seen_by,
    today,
)

_sources = _runs._sources

__all__ = ["EXTRACTED", "KINDS", "_sources", "asked_of", "bundle", "card", "entry_of", "evidence", "explained", "extract_of", "extracts",
           "gathered", "method_row", "methods", "objections", "open_objections", "own_draft", "pins", "public_ranking", "public_unit",
           "quality_of", "ranking", "register_source", "replay", "run_row", "runs", "same_rule", "seen_by", "today", "year"]
