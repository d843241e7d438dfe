"""A line of a file as a promise."""

from __future__ import annotations

from datetime import date
from typing import Any

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.services.registering import Promise, To

TARGET = ("indicator", "measure", "value", "baseline", "direction", "source")
TERMS = ("title", "text", "due", "begins", "deliverable", "basis", "amount", "budget_line", "condition")


def promise_of(row: dict[str, str], *, unit: str, uid: str = "") -> Promise:
    """One line of a file as a promise: columns of `TERMS` and `TARGET`, `matters` divided by |, `to`, `to_kind`, `to_code`.

    Errors: `DATE-FORM`, `NUM-FORM`.
    """
    terms: dict[str, Any] = {name: row.get(name, "") for name in TERMS}
    terms["matters"] = tuple(filter(None, row.get("matters", "").split("|")))
    if row.get("indicator"):
        terms["target"] = {name: row.get(name, "") for name in TARGET}
        terms["target"]["direction"] = row.get("direction") or "up"
    to = To(row["to"], row.get("to_kind") or "enterprise", row.get("to_code", "")) if row.get("to") else None
    return Promise(
        kind=row.get("kind", ""), unit=unit, terms=rules.from_json(terms), made_on=rules.day_of(row.get("made_on"), "made_on") or date.min,
        to=to, reference=row.get("reference", ""), domain=row.get("domain", ""), why=row.get("why", ""), uid=uid)
