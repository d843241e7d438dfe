"""What may a peer forward, beside facts? An objection to a record that it has from us, a lead; and what is it told of the outcome?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

OBJECTION, LEAD, ANSWER, WITHDRAW = "objection", "lead", "answer", "withdraw"
LONGEST_CASE, LONGEST_REASON, SALT = 64, 4000, 32
FIELDS = frozenset({"op", "case", "record", "reason", "lodged_on", "salt"})
WITHDRAW_FIELDS = frozenset({"op", "case", "reason", "withdrawn_on", "salt"})
LEAD_FIELDS = frozenset({"op", "case", "origin", "unit", "title", "words", "salt"})
LONGEST_LEAD = {"case": 56, "origin": 20, "unit": 120, "title": 120, "words": LONGEST_REASON}


@dataclass(frozen=True, slots=True)
class Objection:
    """`case` is the peer's own number of the matter, `record` our number of the record, `lodged_on` the day it came in there."""

    case: str
    record: str
    reason: str
    lodged_on: date


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who objected takes an objection back that was forwarded under this case number."""

    case: str
    reason: str
    withdrawn_on: date


@dataclass(frozen=True, slots=True)
class Lead:
    """`case` is the peer's own number (of a hotline ticket, say), `unit` the body as it is named there, `origin` the kind of source."""

    case: str
    origin: str
    unit: str
    title: str
    words: str


def lead_row(lead: Lead, *, salt: str) -> bytes:
    """The line that a peer sends (canonical JSON)."""
    return canonical({"op": LEAD, "case": lead.case, "origin": lead.origin, "unit": lead.unit, "title": lead.title, "words": lead.words,
                      "salt": salt})


def lead_in(row: Mapping[str, Any]) -> Lead:
    """Errors: `FWD-FORM` naming the field."""
    told = _texts(row, LEAD_FIELDS)
    for name, most in LONGEST_LEAD.items():
        lines = told[name].splitlines() if name == "words" else [told[name]]
        if len(told[name]) > most or not all(line.isprintable() for line in lines):
            raise _form(name, f"{len(told[name])}")
    return Lead(*(told[name] for name in LONGEST_LEAD))


def _texts(row: Mapping[str, Any], fields: frozenset[str]) -> dict[str, str]:
    """Every field as text that is not empty, none beside them, the salt in its length."""
    for name in sorted(fields):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise _form(name, row.get(name))
    if odd := sorted(row.keys() - fields):
        raise _form(odd[0], "")
    if len(row["salt"]) != SALT:
        raise _form("salt", f"{len(row['salt'])}")
    return {name: row[name].strip() for name in fields}


def objection_row(matter: Objection, *, salt: str) -> bytes:
    """The line that a peer sends (canonical JSON)."""
    return canonical({"op": OBJECTION, "case": matter.case, "record": matter.record, "reason": matter.reason,
                      "lodged_on": matter.lodged_on.isoformat(), "salt": salt})


def objection_in(row: Mapping[str, Any], *, on: date) -> Objection:
    """Errors: `FWD-FORM` naming the field; `TIME-FUTURE` for a day that has not come."""
    told = _texts(row, FIELDS)
    if not told["record"].isprintable():
        raise _form("record", told["record"])
    return Objection(_case(told), told["record"], _reason(told), _day(told, "lodged_on", on))


def withdraw_row(matter: Withdrawal, *, salt: str) -> bytes:
    """The line that a peer sends (canonical JSON)."""
    return canonical({"op": WITHDRAW, "case": matter.case, "reason": matter.reason, "withdrawn_on": matter.withdrawn_on.isoformat(),
                      "salt": salt})


def withdrawal_in(row: Mapping[str, Any], *, on: date) -> Withdrawal:
    """Errors: `FWD-FORM` naming the field; `TIME-FUTURE`."""
    told = _texts(row, WITHDRAW_FIELDS)
    return Withdrawal(_case(told), _reason(told), _day(told, "withdrawn_on", on))


def _case(told: Mapping[str, str]) -> str:
    if len(told["case"]) > LONGEST_CASE or not told["case"].isprintable():
        raise _form("case", told["case"])
    return told["case"]


def _reason(told: Mapping[str, str]) -> str:
    reason = told["reason"]
    if len(reason) > LONGEST_REASON or not all(line.isprintable() for line in reason.splitlines()):
        raise _form("reason", f"{len(reason)}")
    return reason


def _day(told: Mapping[str, str], name: str, on: date) -> date:
    try:
        day = date.fromisoformat(told[name])
    except ValueError as error:
        raise _form(name, told[name]) from error
    if day > on:
        raise Refusal("TIME-FUTURE", field=name, value=day.isoformat(), rule=f"≤ {on.isoformat()}", zh="日期在未来。",
                      en="The day is in the future.")
    return day


def answer_row(theirs: str, number: str, *, outcome: str, on: date, salt: str) -> bytes:
    """What the peer is told when its matter is closed here: the outcome, not the words of the decision."""
    return canonical({"op": ANSWER, "case": theirs, "record": number, "outcome": outcome, "decided_on": on.isoformat(), "salt": salt})


def _form(field: str, value: Any) -> Refusal:
    return Refusal("FWD-FORM", field=field[:40], value=str(value)[:40],
                   rule=f"objection: case ≤ {LONGEST_CASE}; record; reason ≤ {LONGEST_REASON}; lodged_on YYYY-MM-DD; salt {SALT}. "
                        "withdraw: case; reason; withdrawn_on. lead: "
                        + "; ".join(f"{name} ≤ {most}" for name, most in LONGEST_LEAD.items()),
                   zh=f"转来的事项缺少“{field[:40]}”，或其写法不对。", en=f"The forwarded matter has no good “{field[:40]}”.")
