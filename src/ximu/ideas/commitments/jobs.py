"""The daily evaluation; a city's example promises (`commitments/promises.csv` of its profile)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.commitments import rules, services
from ximu.kernel.actor import Actor

Row = dict[str, str]
TARGET = ("indicator", "measure", "value", "baseline", "direction", "source")
TERMS = ("title", "text", "due", "begins", "deliverable", "basis", "amount", "budget_line", "condition")


def evaluate_today(*, by: Actor, at: datetime) -> dict[str, int]:
    """Run once a day by the worker."""
    done = services.evaluate(by=by, at=at)
    return {"turned": done.turned, "overdue": done.overdue, "lapsed": done.lapsed}


def promise_of(row: Row, *, unit: str, uid: str = "") -> services.Promise:
    """One line of a file as a promise: columns of `TERMS` and `TARGET`, `matters` divided by |, `to`, `to_kind`, `to_code`.

    Errors: `DATE-FORM`, `NUM-FORM`.
    """
    terms: dict[str, Any] = {name: row.get(name, "") for name in TERMS}
    terms["matters"] = tuple(filter(None, row.get("matters", "").split("|")))
    if row.get("indicator"):
        terms["target"] = {name: row.get(name, "") for name in TARGET}
        terms["target"]["direction"] = row.get("direction") or "up"
    to = services.To(row["to"], row.get("to_kind") or "enterprise", row.get("to_code", "")) if row.get("to") else None
    return services.Promise(
        kind=row.get("kind", ""), unit=unit, terms=rules.from_json(terms), made_on=rules.day_of(row.get("made_on"), "made_on") or date.min,
        to=to, reference=row.get("reference", ""), domain=row.get("domain", ""), why=row.get("why", ""), uid=uid)


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """The promises of the profile; those that are on record are left alone."""
    rows = rows_of(folder / "commitments" / "promises.csv")
    known = len(rows)
    if rows:
        made = [promise_of(r, unit=uid_of(folder.name, r["unit"]), uid=uid_of(folder.name, f"promise:{r['reference']}")) for r in rows]
        services.register_many(made, by=by, at=at)
    return {"promises": known}
