"""Reads of methods and runs: replay, reasons, comparison, drafts, what the public sees."""

from ximu.ideas.assessment.queries import runs as _runs
from ximu.ideas.assessment.queries.card import card
from ximu.ideas.assessment.queries.comparing import BackTest, backtest, changed, moved, peers
from ximu.ideas.assessment.queries.facts import causes_opened, opened
from ximu.ideas.assessment.queries.measures import measures
from ximu.ideas.assessment.queries.replaying import replay_unit
from ximu.ideas.assessment.queries.runs import (
    KINDS,
    asked_of,
    entry_of,
    explained,
    gathered,
    method_row,
    newest,
    pins,
    register_source,
    replaced,
    replay,
    run_row,
    same_rule,
    year,
)
from ximu.ideas.assessment.queries.shown import (
    EXTRACTED,
    bundle,
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
    ranks_open,
    runs,
    seen_by,
    today,
)
from ximu.ideas.assessment.queries.stale import stale, to_recompute

_sources = _runs._sources

__all__ = ["EXTRACTED", "KINDS", "BackTest", "_sources", "asked_of", "backtest", "bundle", "card", "causes_opened", "changed", "entry_of",
           "evidence", "explained", "extract_of", "extracts", "gathered", "measures", "method_row", "methods", "moved",
           "newest", "objections", "open_objections", "opened", "own_draft", "peers", "pins", "public_ranking", "public_unit",
           "quality_of", "ranking", "ranks_open", "register_source", "replaced", "replay", "replay_unit", "run_row", "runs",
           "same_rule", "seen_by", "stale", "to_recompute", "today", "year"]
