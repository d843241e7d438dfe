"""How long has something time, and which numbers hold that day?"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ximu.foundation import clock, vault
from ximu.foundation.parameters import row_on
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules import Term, begin
from ximu.kernel.refusal import Refusal

ROOM = Path(__file__).parents[1]


def secret() -> bytes:
    """Pepper, salt and form key of this room: beside the other keys, never in the database or a backup."""
    return vault.secret("reports")


def value(name: str, on: date) -> int:
    return int(_row(name, on)["value"])


def _row(name: str, on: date) -> dict[str, Any]:
    return row_on(ROOM, name, on)


def due(name: str, on: date, *, left: int | None = None) -> tuple[date | None, dict[str, Any]]:
    """The last day of a limit (or of the days that were `left` of it), and how it was counted; none in a year without a calendar: a
    report is never refused for that."""
    row = _row(name, on)
    days = int(row["value"]) if left is None else left
    try:
        counted = begin(Term(name, row["since"], days, row["unit"], row["source"], not row.get("to_be_confirmed")), on,
                        cases.calendar())
    except Refusal as refusal:
        return None, {"code": refusal.code}
    return counted.due.day, counted.due.envelope()


def days_left(name: str, on: date, last: date) -> int:
    """How many days of a limit are left after `on`, in the unit of that limit."""
    return cases.calendar().count(on, last) if _row(name, on)["unit"] == "working-day" else (last - on).days


def hour_of(at: datetime) -> str:
    """A mark of the hour that only the key beside the database can make again."""
    return hmac.new(secret(), f"hour:{at.astimezone(clock.CITY):%Y-%m-%d %H}".encode(), hashlib.sha256).hexdigest()[:12]
