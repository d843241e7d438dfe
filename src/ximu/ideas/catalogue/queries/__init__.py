"""Which edition, which item, and may this be done? Editions are public: no view is needed to read them."""

from __future__ import annotations

from ximu.ideas.catalogue.queries.desk import desk, draft_item, objections_of, steps_of, today
from ximu.ideas.catalogue.queries.document import docx_of
from ximu.ideas.catalogue.queries.exports import FORMATS, File, diff_file, edition_file, unit_names
from ximu.ideas.catalogue.queries.lists import (
    CALLERS,
    EditionView,
    Span,
    as_item,
    asks_gate,
    bases,
    basis_titles,
    basis_value,
    called,
    canonical_edition,
    canonical_of,
    compare,
    edition,
    edition_in_force,
    editions,
    evidence,
    gate,
    history,
    item,
    items,
    items_of,
    must_be_listed,
    no_edition,
    published_body,
    spans,
)

__all__ = [
    "CALLERS", "FORMATS", "EditionView", "File", "Span", "as_item", "asks_gate", "bases", "basis_titles", "basis_value",
    "called", "canonical_edition", "canonical_of", "compare", "desk", "diff_file", "docx_of", "draft_item", "edition", "edition_file",
    "edition_in_force", "editions", "evidence", "gate", "history", "item", "items", "items_of", "must_be_listed", "no_edition",
    "objections_of", "published_body", "spans", "steps_of", "today", "unit_names",
]
