"""Which measures does the list propose, what runs on whom, how well do units respond, and what came back?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import Item
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import kept_until
from ximu.ideas.registry import queries as registry

OFFICIAL = "official"
UNDER_WAY = ("sent", "accepted", "in_force", "lifting")


def proposals(record: records.Duties, *, on: date) -> list[Item]:
    """Measures of the application list in force that relate to this behaviour, grade and kind of subject."""
    if catalogue.edition_in_force(on) is None:
        return []
    kind = _kind(record)
    return [item for item in catalogue.items("application", on=on)
            if {record.behaviour, "*"} & set(item.behaviours) and (not item.grades or record.effect_grade in item.grades)
            and kind in item.subject_kinds]


def _kind(record: records.Duties) -> str:
    """What the subject was on the day of the event, in the words of the lists."""
    unit = registry.unit(record.subject, as_of=record.event_date)
    return unit.kind if unit else OFFICIAL


def record_until(record: records.Duties, *, on: date) -> date | None:
    """The last day on which the record may be queried; None while the act goes on."""
    return kept_until(record.end_date, int(records.parameters().on("retention_years", on)["value"]))


def running(number: str) -> list[Any]:
    """Cases of measures on this record that are under way."""
    return [case for case in cases.open_cases(("joint_action",), about=number) if case.state in UNDER_WAY]


@dataclass(frozen=True, slots=True)
class Rates:
    """How one unit responds: shares of what it was sent; None where nothing was."""

    unit: str
    sent: int
    response: float | None
    feedback: float | None
    lifting: float | None
    late: int


def rates() -> list[Rates]:
    """Response, feedback and lifting by implementing unit."""
    units: dict[str, Counter[str]] = {}
    late: Counter[str] = Counter()
    for unit, state, is_late, count in cases.tally("joint_action"):
        units.setdefault(unit, Counter())[state] += count
        late[unit] += count * is_late
    return [_rates(unit, found, late[unit]) for unit, found in sorted(units.items())]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rates(unit: str, found: Counter[str], late: int) -> Rates:
    sent = sum(found.values()) - found["cancelled"]
    acted = found["in_force"] + found["lifting"] + found["lifted"]
    ordered = found["lifting"] + found["lifted"]
    return Rates(unit, sent, _share(sent - found["sent"], sent), _share(acted, acted + found["accepted"]),
                 _share(found["lifted"], ordered), late)


@dataclass(frozen=True, slots=True)
class Campaign:
    """The whole chain of one theme: found, in hand, done, checked, and come back within the term."""

    topic: str
    found: int
    in_hand: int
    done: int
    checked: int
    relapsed: int
    late: int


def campaigns() -> list[Campaign]:
    """By theme, over all problems."""
    themes: dict[str, list[Any]] = {}
    for case in cases.cases_of("rectification"):
        if case.state != "merged":
            themes.setdefault(str(case.values.get("topic", "")), []).append(case)
    return [_campaign(topic, rows) for topic, rows in sorted(themes.items())]


def _campaign(topic: str, rows: list[Any]) -> Campaign:
    states = Counter(row.state for row in rows)
    relapsed = sum(bool(row.values.get("relapse_of")) for row in rows)
    late = sum(row.late for row in rows)
    return Campaign(topic, len(rows), states["assigned"], states["done"], states["closed"], relapsed, late)
