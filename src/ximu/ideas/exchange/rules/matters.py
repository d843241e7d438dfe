"""What may a peer forward, beside facts? An objection to a record that it has from us; and what is it told of the outcome?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

OBJECTION, ANSWER = "objection", "answer"
LONGEST_CASE, LONGEST_REASON, SALT = 64, 4000, 32
FIELDS = frozenset({"op", "case", "record", "reason", "lodged_on", "salt"})


@dataclass(frozen=True, slots=True)
class Objection:
    """`case` is the peer's own number of the matter, `record` our number of the record, `lodged_on` the day it came in there."""

    case: str
    record: str
    reason: str
    lodged_on: date


def objection_row(matter: Objection, *, salt: str) -> bytes:
    """The line that a peer sends (canonical JSON)."""
    return canonical({"op": OBJECTION, "case": matter.case, "record": matter.record, "reason": matter.reason,
                      "lodged_on": matter.lodged_on.isoformat(), "salt": salt})


def objection_in(row: Mapping[str, Any], *, on: date) -> Objection:
    """Errors: `FWD-FORM` naming the field; `TIME-FUTURE` for a day that has not come."""
    for name in sorted(FIELDS):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise _form(name, row.get(name))
    if odd := sorted(row.keys() - FIELDS):
        raise _form(odd[0], "")
    case, record, reason = (row[name].strip() for name in ("case", "record", "reason"))
    if len(case) > LONGEST_CASE or not case.isprintable():
        raise _form("case", case)
    if not record.isprintable():
        raise _form("record", record)
    if len(reason) > LONGEST_REASON or not all(line.isprintable() for line in reason.splitlines()):
        raise _form("reason", f"{len(reason)}")
    if len(row["salt"]) != SALT:
        raise _form("salt", f"{len(row['salt'])}")
    try:
        day = date.fromisoformat(row["lodged_on"])
    except ValueError as error:
        raise _form("lodged_on", row["lodged_on"]) from error
    if day > on:
        raise Refusal("TIME-FUTURE", field="lodged_on", value=day.isoformat(), rule=f"≤ {on.isoformat()}", zh="提出日期在未来。",
                      en="The day of lodging is in the future.")
    return Objection(case, record, reason, day)


def answer_row(theirs: str, number: str, *, outcome: str, on: date, salt: str) -> bytes:
    """What the peer is told when its matter is closed here: the outcome, not the words of the decision."""
    return canonical({"op": ANSWER, "case": theirs, "record": number, "outcome": outcome, "decided_on": on.isoformat(), "salt": salt})


def _form(field: str, value: Any) -> Refusal:
    return Refusal("FWD-FORM", field=field[:40], value=str(value)[:40],
                   rule=f"case ≤ {LONGEST_CASE}; record; reason ≤ {LONGEST_REASON}; lodged_on YYYY-MM-DD; salt {SALT}",
                   zh=f"转来的异议缺少“{field[:40]}”，或其写法不对。", en=f"The forwarded objection has no good “{field[:40]}”.")
