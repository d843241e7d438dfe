"""A line of a file as a promise."""

from __future__ import annotations

from datetime import date
from typing import Any

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.services.registering import Promise, To
from ximu.ideas.registry import queries as registry

TARGET = ("indicator", "measure", "value", "baseline", "direction", "source")
TERMS = ("title", "text", "due", "begins", "deliverable", "basis", "amount", "budget_line", "condition")


def promise_of(row: dict[str, str], *, unit: str, uid: str = "") -> Promise:
    """One line of a file as a promise: columns of `TERMS` and `TARGET`, `matters` divided by |, `to`, `to_kind`, `to_code`.

    `post` by its title, `official` by internal number; a post that somebody held that day names him.

    Errors: `DATE-FORM`, `NUM-FORM`.
    """
    terms: dict[str, Any] = {name: row.get(name, "") for name in TERMS}
    terms["matters"] = tuple(filter(None, row.get("matters", "").split("|")))
    if row.get("indicator"):
        terms["target"] = {name: row.get(name, "") for name in TARGET}
        terms["target"]["direction"] = row.get("direction") or "up"
    to = To(row["to"], row.get("to_kind") or "enterprise", row.get("to_code", "")) if row.get("to") else None
    made_on = rules.day_of(row.get("made_on"), "made_on") or date.min
    post, official = _who(unit, row.get("post", "").strip(), row.get("official", "").strip(), made_on)
    return Promise(
        kind=row.get("kind", ""), unit=unit, terms=rules.from_json(terms), made_on=made_on, post=post, official=official, to=to,
        reference=row.get("reference", ""), domain=row.get("domain", ""), why=row.get("why", ""), uid=uid)


def _who(unit: str, post: str, official: str, on: date) -> tuple[str, str]:
    """Post and official as the registry knows them; words that it does not know stay and are refused at registration."""
    post = next((one.uid for one in registry.posts(unit, as_of=on) if post in (one.title, one.uid)), post) if post else ""
    servant = registry.official_of(official) if official else None
    if servant is None and not official and post:
        servant = next((who for _, who in registry.holders(post, on)), None)
    return post, servant.uid if servant else official
