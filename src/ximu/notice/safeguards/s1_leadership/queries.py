"""Who leads, what was decided, where nobody is in office, and is every duty carried?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules.posts import ANSWERABLE
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.safeguards.s1_leadership import rules
from ximu.notice.safeguards.s1_leadership.models import DayProof, Meeting, Resolution, Vacancy

KINDS = ("leadership.",)
MEETING, DAY = "leadership.meeting", "leadership.day"
Provider = Callable[[date], Mapping[str, int]]
"""Open duties of one kind as of a day: unit → how many; an empty unit counts those whose unit could not be read."""
_providers: dict[str, tuple[Text, Provider]] = {}


def register_duties(kind: str, words: Text, provider: Provider) -> None:
    """Called once by the wiring for each room that lays duties on units."""
    _providers[kind] = (words, provider)


def kind_words(kind: str) -> Text:
    return _providers[kind][0] if kind in _providers else Text(kind, kind)


@dataclass(frozen=True, slots=True)
class Leader:
    """A post of a unit on a day; `official` is a uid of the registry, empty where the post is vacant."""

    post: str
    title: str
    official: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Lead:
    """A unit with its first responsible person and its leader in charge; None where there is no such post."""

    unit: str
    name: str
    first: Leader | None
    charge: Leader | None


def leads(on: date) -> list[Lead]:
    """Every living unit that must have a first responsible person."""
    return [Lead(one.uid, one.name, _leader(one.uid, "first", on), _leader(one.uid, "charge", on))
            for one in registry.units(as_of=on) if one.kind in ANSWERABLE]


def _leader(unit: str, role: str, on: date) -> Leader | None:
    found = None
    for post in registry.posts(unit, as_of=on):
        if post.role != role:
            continue
        for held, _ in registry.holders(post.uid, on):
            return Leader(post.uid, post.title, held.official, held.since)
        found = found or Leader(post.uid, post.title, "", None)
    return found


def gaps(on: date) -> dict[str, list[Lead]]:
    """Units without a first responsible person, and without a leader in charge, that day."""
    found = leads(on)
    return {"first": [one for one in found if one.first is None or not one.first.official],
            "charge": [one for one in found if one.charge is None or not one.charge.official]}


def groups(on: date) -> list[Any]:
    """Coordination bodies that live that day."""
    return list(registry.units(as_of=on, kind="coordination"))


def members(group: str, on: date) -> list[str]:
    """Names of the group's members that day, in the order of the registry."""
    found = [m.unit for m in registry.book().members if m.group == group and m.since <= on and (m.until is None or on < m.until)]
    return [registry.name(unit, as_of=on) for unit in dict.fromkeys(registry.owner_of(one, on=on) for one in found)]


def meetings() -> list[Meeting]:
    return list(Meeting.objects.order_by("-held_on", "-pk"))


def meeting(uid: str) -> Meeting:
    """Errors: `MEET-NONE`."""
    found = Meeting.objects.filter(uid=uid).first()
    if found is None:
        raise absent("MEET-NONE", field="meeting", value=uid, zh="次会议", en="meeting")
    return found


def resolutions(of: Meeting) -> list[Resolution]:
    return list(of.resolutions.all())


def open_vacancies() -> list[Vacancy]:
    return list(Vacancy.objects.filter(filled_on=None).order_by("found_on", "unit"))


def held(on: date) -> list[rules.Held]:
    """All open duties of all rooms by kind and unit, with the unit that carries them that day."""
    return rules.carried({kind: provider(on) for kind, (_, provider) in _providers.items()}, lambda unit: _owner(unit, on))


def _owner(unit: str, on: date) -> tuple[str, str, str]:
    try:
        owner = registry.owner_of(unit, on=on)
        found = registry.responsible(unit, on)
    except Refusal as refusal:
        return "", "", refusal.code
    return owner, found.answering, found.code


def proofs(most: int = 60) -> list[DayProof]:
    return list(DayProof.objects.order_by("-day")[:most])


def proof(day: date) -> DayProof:
    """Errors: `PROOF-NONE`."""
    found = DayProof.objects.filter(day=day).first()
    if found is None:
        raise absent("PROOF-NONE", field="day", value=day.isoformat(), zh="日的核验", en="proof of that day")
    return found


def meeting_body(row: Meeting) -> dict[str, Any]:
    return {"meeting": row.uid, "group": row.group, "number": row.number, "held_on": row.held_on.isoformat(), "minutes": row.minutes,
            "resolutions": [[r.number, r.unit, r.due.isoformat(), r.commitment] for r in row.resolutions.all()], "by": row.issued_by}


def day_body(row: DayProof) -> dict[str, Any]:
    return {"day": row.day.isoformat(), "duties": row.duties, "units": row.units, "ownerless": row.ownerless,
            "carried_up": row.carried_up, "digest": row.digest}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about meetings and daily proofs."""
    for row in Meeting.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(MEETING, meeting_body(row), row.issued_at), f"会议 {row.number}"
    for one in DayProof.objects.filter(log_index__gte=first, log_index__lt=last):
        yield one.log_index, entry_bytes(DAY, day_body(one), one.known_at), f"每日核验 {one.day}"


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Meetings to be issued, vacancies, duties without an owner."""
    if not actor.can("leadership.see"):
        return []
    items: list[TodayItem] = []
    if actor.can("leadership.issue"):
        items += [TodayItem(Text("会议待印发", "meeting to be issued"), Text(m.title, m.title), reverse("s1:meeting", args=[m.uid]))
                  for m in Meeting.objects.filter(state=Meeting.State.ENTERED)]
    if actor.can("leadership.record") and (vacant := Vacancy.objects.filter(filled_on=None).count()):
        items.append(TodayItem(Text("第一责任人空缺", "no first responsible person"), Text("组织领导", "leadership"), reverse("s1:desk"),
                               count=vacant, state="overdue"))
    last = DayProof.objects.order_by("-day").first()
    if last and last.ownerless and last.day >= clock.city_day(at) and actor.can("leadership.record"):
        items.append(TodayItem(Text("无主职责", "duties without an owner"), Text("每日核验", "daily proof"), reverse("s1:desk"),
                               count=last.ownerless, state="overdue"))
    return items
