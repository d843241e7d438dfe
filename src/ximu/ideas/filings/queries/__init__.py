"""Reads of filed figures: tables, who must report by when, what came, lineage and its proofs."""

from ximu.ideas.filings.models import Filing, Hand
from ximu.ideas.filings.queries.lineage import (
    DECLARED,
    HANDED,
    KINDS,
    Altered,
    Broken,
    altered,
    body_of,
    faults,
    form_body,
    head_of,
    proof,
    provider,
    public_hands,
    quick,
    verified,
)
from ximu.ideas.filings.queries.tables import (
    Held,
    due_of,
    filed_from,
    form_for,
    forms,
    held,
    held_of,
    of_unit,
    one_held,
    reporters,
    table_of,
)
from ximu.kernel.refusal import absent

__all__ = [
    "DECLARED",
    "HANDED",
    "KINDS",
    "Altered",
    "Broken",
    "Filing",
    "Hand",
    "Held",
    "altered",
    "body_of",
    "due_of",
    "faults",
    "filed_from",
    "filing",
    "filings_of",
    "form_body",
    "form_for",
    "forms",
    "head_of",
    "held",
    "held_of",
    "of_unit",
    "one_held",
    "proof",
    "provider",
    "public_hands",
    "quick",
    "reporters",
    "table_of",
    "verified",
]


def filing(uid: str) -> Filing:
    """Errors: `FILING-NONE`."""
    found = Filing.objects.select_related("form").filter(uid=uid).first()
    if found is None:
        raise absent("FILING-NONE", field="filing", value=uid[:16], zh="份报表", en="filed table")
    return found


def filings_of(uids: list[str]) -> dict[str, Filing]:
    return {one.uid: one for one in Filing.objects.filter(uid__in=uids).select_related("form")}
