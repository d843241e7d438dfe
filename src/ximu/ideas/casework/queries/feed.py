"""Deadlines for a calendar program, as RFC 5545; numbers and names of procedures, nothing about anybody."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework.models import Case, FeedKey
from ximu.ideas.casework.queries.cases import inbox
from ximu.ideas.casework.queries.declared import procedure
from ximu.kernel.refusal import absent

MOST = 500
LINE_OCTETS = 75


def _fold(line: str) -> str:
    """RFC 5545 §3.1: no line is longer than 75 octets, and no character is cut."""
    parts, current = [], b""
    for char in line:
        if len(current) + len(char.encode()) > LINE_OCTETS - (1 if parts else 0):
            parts.append(current.decode())
            current = b""
        current += char.encode()
    return "\r\n ".join([*parts, current.decode()])


def _event(case: Case, at: datetime) -> list[str]:
    made = procedure(case.procedure)
    day = case.due
    if day is None:
        return []
    late = "［超期］" if case.late else ""
    return [
        "BEGIN:VEVENT", f"UID:{case.uid}@ximu", f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}", f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{late}{made.name.zh} {case.number}（{made.states[case.state].name.zh}）",
        "TRANSP:TRANSPARENT", "END:VEVENT",
    ]


def icalendar(key: str, *, at: datetime) -> str:
    """The open deadlines of the person behind the key, by the rights that the account has now. Errors: `FEED-NONE`."""
    found = FeedKey.objects.filter(digest=hashlib.sha256(key.encode()).hexdigest()).first()
    user = accounts.accounts().filter(uid=found.human, is_active=True).first() if found else None
    if user is None:
        raise absent("FEED-NONE", field="key", value="…", zh="个日历订阅", en="calendar feed")
    actor = accounts.actor_for(user, at=at, channel="feed")
    cases = inbox(actor, tab="unit").filter(due__isnull=False)[:MOST]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ximu//Cases//ZH", "CALSCALE:GREGORIAN", "X-WR-CALNAME:徙木办件期限"]
    lines += [line for case in cases for line in _event(case, at)]
    return "\r\n".join(_fold(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"
