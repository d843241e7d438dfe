"""Which bytes does the log commit to for a version? Canonical JSON of every column of evidence value.

The set-wise path builds the text with a pattern; `tests/test_rules.py` holds it equal to `kernel.canonical`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ximu.ideas.ledger.rules import entry_bytes, moment

SEALED = "record.sealed"
"""The one kind of entry for everything that is not public: it tells neither item nor subject nor what happened."""
_HOLE = "0" * 64
TEXTS = ("authority", "batch", "behaviour", "by", "digest", "document_number", "edition", "entered", "family", "grade",
         "item", "kind", "known_at", "natural_key", "number", "source", "subject")
DATES = ("decision_date", "end_date", "event_date", "final_date")
NUMBERS = ("line", "version")
COLUMNS = tuple(sorted((*TEXTS, *DATES, *NUMBERS)))


def sealed_template(at: datetime) -> tuple[bytes, bytes]:
    """What stands before and behind the commitment in a sealed entry of that moment."""
    before, _, behind = entry_bytes(SEALED, {"commitment": _HOLE}, at).partition(_HOLE.encode())
    return before, behind


def evidence_value(row: Mapping[str, Any], payload: Any) -> dict[str, Any]:
    """The committed object of a version; `payload` is the delivered row itself."""
    plain = {name: _plain(row[name]) for name in COLUMNS}
    return {**plain, "payload": payload}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


STEP_COLUMNS = ("after", "before", "number", "version", "what")


def step_value(columns: Mapping[str, Any], detail: Any, by: str, known_at: datetime) -> dict[str, Any]:
    """The committed object of a step."""
    return {**{name: columns[name] for name in STEP_COLUMNS}, "by": by, "detail": detail, "known_at": moment(known_at)}
