"""What must a procedure know of a record to keep people apart and to count its days? Nothing of its content, nothing for a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ximu.ideas.records.models import Version
from ximu.ideas.records.queries.history import absent
from ximu.ideas.records.rules import parse

MANY = 800


@dataclass(frozen=True, slots=True)
class Duties:
    """The newest version: whose it is, who delivered and entered it, under which item, and its days."""

    number: str
    version: int
    state: str
    subject: str
    kind: str
    source: str
    entered: str
    item: str
    edition: str
    family: str
    behaviour: str
    grade: str
    key: str
    digest: str
    document_number: str
    authority: str
    event_date: date
    end_date: date | None
    decision_date: date | None
    known_at: datetime


def duties(number: str) -> Duties:
    """Errors: `REC-NUMBER`, `REC-NONE`."""
    version = Version.objects.filter(number=parse(number), newest=True).defer("payload", "salt").first()
    if version is None:
        raise absent(number)
    same = {name: getattr(version, name) for name in (
        "number", "version", "state", "subject", "kind", "source", "item", "edition", "family", "behaviour", "grade", "digest",
        "document_number", "authority", "event_date", "end_date", "decision_date", "known_at")}
    return Duties(**same, entered=version.by, key=str(version.key))


def states_of(numbers: Collection[str]) -> dict[str, tuple[int, str]]:
    """number → (newest version, its state); numbers that do not exist are left out."""
    wanted, found = list(numbers), dict[str, tuple[int, str]]()
    for start in range(0, len(wanted), MANY):
        rows = Version.objects.filter(number__in=wanted[start:start + MANY], newest=True).values_list("number", "version", "state")
        found |= {number: (version, state) for number, version, state in rows}
    return found
