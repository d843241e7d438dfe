"""What must a procedure know of a record to keep people apart and to count its days? Nothing of its content, nothing for a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ximu.ideas.records.models import Version
from ximu.ideas.records.queries import lowering
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

    @property
    def effect_grade(self) -> str:
        """The grade by which its effects are measured: that of the record, lowered for self-correction or by an exemption panel.

        Asked for when it is needed: whoever may not know of the record waits no longer where there is one.
        """
        return lowering.effect_grade(self.number, self.grade)


def first_known(number: str) -> datetime:
    """When the platform first heard of it, whatever was corrected since. Errors: `REC-NONE`."""
    found = Version.objects.filter(number=number).order_by("version").values_list("known_at", flat=True).first()
    if found is None:
        raise absent(number)
    return found


def about(subject: str, behaviour: str, on: date) -> list[str]:
    """Records of this behaviour by this subject whose act lasted over that day, whatever their state but erased."""
    rows = Version.objects.filter(newest=True, subject=subject, behaviour=behaviour, event_date__lte=on).exclude(state="erased")
    return [number for number, first, last in rows.values_list("number", "event_date", "end_date") if on <= (last or first)]


def delivered_by(numbers: Collection[str], source: str) -> set[str]:
    """Which of these records the unit delivered (first)."""
    wanted, found = list(numbers), set[str]()
    for start in range(0, len(wanted), MANY):
        rows = Version.objects.filter(number__in=wanted[start:start + MANY], newest=True, source=source)
        found |= set(rows.values_list("number", flat=True))
    return found


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


@dataclass(frozen=True, slots=True)
class Sort:
    """What a policy asks about one record, apart from its values, and the days from which a period is counted."""

    version: int
    state: str
    item: str
    edition: str
    family: str
    kind: str
    grade: str
    decision_date: date | None


def sorts_of(numbers: Collection[str]) -> dict[str, Sort]:
    """number → of which sort its newest version is; numbers that do not exist are left out."""
    wanted, found = list(numbers), dict[str, Sort]()
    for start in range(0, len(wanted), MANY):
        rows = Version.objects.filter(number__in=wanted[start:start + MANY], newest=True)
        found |= {number: Sort(*rest) for number, *rest in rows.values_list("number", *Sort.__slots__)}
    return found
