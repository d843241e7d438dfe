"""People around one made-up record."""

from __future__ import annotations

from datetime import datetime, timedelta

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.records import services as records
from ximu.ideas.records.tests.factories import REVIEWER, T0, deliver, row
from ximu.kernel.actor import Actor, Grant
from ximu.notice.mechanisms.m4_relief import services

SUBJECT_UNIT, SOURCE_UNIT, OFFICE_UNIT = "unit000000000001", "unit000000000009", "unitoffice000001"
DAY = timedelta(days=1)
NONE_HOLDS = dict.fromkeys(("pioneer", "exploring", "unintended", "force_majeure"), "no")


def person(name: str, unit: str, *rights: str, city: bool = False) -> Actor:
    return Actor(name, unit, (Grant("r", frozenset(rights), None if city else unit),), name)


STAFF = ("relief.decide", "casework.handle", "casework.effects", "casework.effects_see")
OFFICE = person("office", OFFICE_UNIT, *STAFF, "records.notify", "records.decide", "records.dispute", "casework.see_all", city=True)
OFFICE_TWO = person("office2", OFFICE_UNIT, *STAFF, "records.decide", city=True)
SUBJECT = person("subject", SUBJECT_UNIT, "relief.object", "records.dispute")
ENTERER = person("clerk", SOURCE_UNIT, *STAFF)
SECOND = person("second", SOURCE_UNIT, *STAFF)
STRANGER = person("stranger", "unitother0000001", "relief.object", *STAFF)


def checked(key: str = "示罚〔2018〕1号", **columns: object) -> str:
    number: str = deliver([row(key, **columns)]).lines["number"][0]
    records.check(number, by=REVIEWER, at=T0)
    services.examine([number], answers=NONE_HOLDS, reason="逐项核对，均不成立", by=REVIEWER, at=T0)
    return number


def served(key: str = "示罚〔2018〕1号", **columns: object) -> tuple[str, str]:
    """(record, notice case): signed for by the subject on the first day."""
    number = checked(key, **columns)
    case = services.open_notice(number, by=OFFICE, at=T0)
    services.sign(case, by=SUBJECT, at=T0)
    return number, case


def in_effect(key: str = "示罚〔2018〕1号", **columns: object) -> tuple[str, datetime]:
    """(record, a day on which it is in effect)."""
    number, case = served(key, **columns)
    at = T0 + 30 * DAY
    casework.sweep_deadlines(at=at)
    casework.move(case, "take_effect", given=Given(), by=OFFICE, at=at)
    return number, at
