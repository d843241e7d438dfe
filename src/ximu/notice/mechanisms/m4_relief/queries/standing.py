"""Who is the subject, until when may it object, what stands in the way of an effect?"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import parse
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

UNDECIDED = ("objection", "exemption")
"""While one of these is open, the record takes no effect."""
DECIDE = "relief.decide"


def must_be_subject(record: records.Duties, by: Actor) -> None:
    """Errors: `SUBJ-NOT`. Only an explicit grant for the subject counts: the office of the whole city is not the subject."""
    if not any(g.unit == record.subject and "relief.object" in g.permissions for g in by.grants):
        raise Refusal("SUBJ-NOT", status=403, field="by", value=record.number, rule="本人", zh="只有被记录主体本人可以提出。",
                      en="Only the subject of the record may do this.")


def of_subject(number: str, by: Actor) -> records.Duties:
    """The record, for its subject. Others get one answer, whether it exists or not. Errors: `REC-NUMBER`, `SUBJ-NOT`."""
    found = or_nobodys(number)
    must_be_subject(found, by)
    return found


def of_source(number: str, by: Actor) -> records.Duties:
    """The record, for those who decide for its source or for the whole city. Others get one answer, whether it exists or not.

    Errors: `REC-NUMBER`, `PERM-DENIED`, and `REC-NONE` for the city's own.
    """
    if by.units_with(DECIDE) is None:
        return records.duties(number)
    found = or_nobodys(number)
    by.must(DECIDE, found.source)
    return found


def decides_on(number: str, by: Actor, *, case: str = "") -> bool:
    """Whether this person decides for the unit that delivered the record, or for the city, or has to do with the case about it."""
    if not by.can(DECIDE):
        return False
    return by.can(DECIDE, or_nobodys(number).source) or bool(case and cases.known_of([case], actor=by))


def or_nobodys(number: str) -> records.Duties:
    """The record; where there is none, one of nobody: nobody is its subject or its source."""
    try:
        return records.duties(number)
    except Refusal as refusal:
        if refusal.code != "REC-NONE":
            raise
    day = date.min
    return records.Duties(parse(number), 0, "", "-", "", "-", "", "", "", "", "", "", "", "", "", "", day, None, None,
                          datetime.min.replace(tzinfo=UTC))


def is_subject(number: str, by: Actor) -> bool:
    """Whether the record is about this person or the unit for which they speak."""
    try:
        must_be_subject(records.duties(number), by)
    except Refusal:
        return False
    return True


def undecided(number: str) -> list[str]:
    """Numbers of the open cases that keep the record from taking effect."""
    return [case.number for case in cases.open_cases(UNDECIDED, about=number)]


def window(number: str) -> date | None:
    """The last day of the objection window; None while notice is not proved."""
    record = records.duties(number)
    served = records.served_at(record.number, record.version)
    if served is None:
        return None
    day = clock.city_day(served)
    return cases.calendar().due(day, cases.terms().on("OBJ-WINDOW", day).value).day


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parents[1] / "rules" / name).read_text("utf-8"))
