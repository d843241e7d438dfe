"""Reads of row M4.1."""

from ximu.notice.mechanisms.m4_relief.queries.exempting import (
    FEATURES,
    KINDS,
    Seat,
    all_precedents,
    barred,
    barred_rows,
    checklist,
    draw_again,
    fact_of,
    panel_for,
    panels_of,
    precedents,
    reviewers,
    seat_code,
    seats,
    told_feature,
)
from ximu.notice.mechanisms.m4_relief.queries.printing import no_form, printed_form
from ximu.notice.mechanisms.m4_relief.queries.repairing import (
    bundle,
    certificate,
    certificates,
    conditions,
    erasure_of,
    mitigations,
    repair_table,
    self_report,
    self_reports_on,
    steps_lowered,
)
from ximu.notice.mechanisms.m4_relief.queries.shown import (
    ENTRY,
    NOTICE_WORDS,
    STATEMENT,
    Effect,
    effects_to_come,
    provider,
    stated,
    statements,
    today,
)
from ximu.notice.mechanisms.m4_relief.queries.standing import (
    UNDECIDED,
    is_subject,
    must_be_subject,
    of_source,
    of_subject,
    or_nobodys,
    undecided,
    window,
)

__all__ = [
    "ENTRY", "FEATURES", "KINDS", "NOTICE_WORDS", "STATEMENT", "UNDECIDED", "Effect", "Seat", "all_precedents", "barred",
    "barred_rows", "bundle", "certificate", "certificates", "checklist", "conditions", "draw_again", "effects_to_come",
    "erasure_of", "fact_of", "is_subject", "mitigations", "must_be_subject", "no_form", "of_source", "of_subject", "or_nobodys",
    "panel_for", "panels_of", "precedents", "printed_form", "provider", "repair_table", "reviewers", "seat_code", "seats",
    "self_report", "self_reports_on", "stated", "statements", "steps_lowered", "today", "told_feature", "undecided", "window",
]
