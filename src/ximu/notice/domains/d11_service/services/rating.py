"""Ratings come in: each bound to a case, one for each person and case; a burst from one source is held; a poor one is followed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from ximu.foundation import clock, vault
from ximu.foundation.uid import new_uid
from ximu.ideas.events.rules import bursts
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.models import Burst, Rating
from ximu.notice.domains.d11_service.services import following

RATE = "d11.rate"
RATER = Actor("rater", grants=(Grant("rater", frozenset({"d11.rater"})),), channel="portal", label="评价人")
MOST = {"words": 2000, "contact": 100}
Row = Mapping[str, Any]
"""A rating as it is told, by the fields of `ratings.json`; without a day it is now. `person` becomes a keyed digest at once."""


class Before:
    """What was rated before: numbers of the windows, and who rated which case."""

    def __init__(self, numbers: Iterable[str], cases: Iterable[str]) -> None:
        rows = list(Rating.objects.filter(Q(case__in=list(cases)) | Q(number__in=list(numbers))))
        self.numbers: dict[tuple[str, str], Rating] = {}
        self.marks, self.cases = set[str](), set[str]()
        for row in rows:
            self.add(row)

    def add(self, row: Rating) -> None:
        if row.number:
            self.numbers[row.window, row.number] = row
        self.marks.add(row.person)
        self.cases.add(row.case)

    def rated(self, case: str, mark: str) -> bool:
        """A rating of nobody in particular may be anybody's: beside it there is no other."""
        applicant = queries.person_mark(case, "")
        return mark in self.marks or applicant in self.marks or (mark == applicant and case in self.cases)


def window_of(code: str, roster: Mapping[str, Any], *, on: Any, by: Actor) -> str:
    """One of the roster that was in use on the day and for whose unit the right is held; its code. Errors: `RATE-WINDOW`, `PERM-DENIED`."""
    row = roster.get(code.strip())
    if row is None or row.since > on or (row.until and row.until < on):
        raise queries.refuse("RATE-WINDOW", "window", code)
    by.must(RATE, row.unit)
    return str(row.code)


def source_of(window: str, person: str) -> str:
    """A window or terminal is a source; of a platform with accounts each account is. Errors: `RATE-PERSON`."""
    platform = window.startswith(rules.PLATFORM)
    if platform and not person.strip():
        raise queries.refuse("RATE-PERSON", "person")
    return queries.mark("source", window, "".join(person.split()).upper() if platform else "")


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()


def bring(said: Sequence[Row], *, way: str, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Each rating's fate, in order: `counted`, `held`, `same` (delivered before), or `refused` with code, field and words.

    Good ones are kept, bad ones change nothing. Errors: `PERM-DENIED` when the right is not held at all, `STATE-RACE`.
    """
    by.must(RATE)
    cases, roster = queries.known_cases({_text(one, "case") for one in said}), queries.roster()
    before = Before([number for one in said if (number := _text(one, "number"))], cases)
    fates, made = list[dict[str, Any]](), list[Rating]()
    for one in said:
        try:
            row = _judged(one, cases, roster, before, by=by, at=at)
        except Refusal as refusal:
            fates.append({"state": "refused", "code": refusal.code, "field": refusal.field, "zh": refusal.zh, "en": refusal.en})
            continue
        fates.append({"rating": row.uid} if row else {"state": "same"})
        if row:
            row.way, row.received_by = way, by.uid
            before.add(row)
            made.append(row)
    states = keep(made, by=by, at=at)
    return [fate | {"state": states[fate["rating"]]} if "rating" in fate else fate for fate in fates]


def _judged(one: Row, cases: Mapping[str, Row], roster: Mapping[str, Any], before: Before, *, by: Actor, at: datetime) -> Rating | None:
    """A rating to be kept; None for one that was delivered before."""
    case = cases.get(_text(one, "case"))
    if case is None:
        raise queries.refuse("RATE-NOCASE", "case", _text(one, "case"))
    row, person = bare(one, case, at=at), _text(one, "person")
    row.window = window_of(_text(one, "window"), roster, on=clock.city_day(row.rated_at), by=by)
    row.person, row.source, row.number = queries.person_mark(row.case, person), source_of(row.window, person), _text(one, "number")[:64] or None
    if old := before.numbers.get((row.window, row.number or "")):
        if (old.case, old.person, old.level) != (row.case, row.person, row.level):
            raise queries.refuse("RATE-NUMBER", "number", row.number or "", status=409)
        return None
    if before.rated(row.case, row.person):
        raise queries.refuse("RATE-DUP", "case", row.case, status=409)
    return row


def bare(one: Row, case: Row, *, at: datetime) -> Rating:
    """Without who it is and where from. Errors: `RATE-LEVEL`, `RATE-ASPECT`, `RATE-WORDS`, `TIME-FUTURE`, `SEQ`."""
    uid, day = new_uid(), one.get("rated_on")
    when = datetime.combine(day, time.fromisoformat(one.get("rated_time") or "00:00"), clock.CITY) if day else at
    if when > at:
        raise queries.refuse("TIME-FUTURE", "rated_on", clock.city_day(when).isoformat())
    if clock.city_day(when) < case["accepted_on"]:
        raise queries.refuse("SEQ", "rated_on", clock.city_day(when).isoformat())
    sealed = {}
    for what, most in MOST.items():
        if len(text := _text(one, what)) > most:
            raise queries.refuse("RATE-WORDS", what)
        sealed[what] = vault.seal(text, about=f"rating:{uid}:{what}") if text else ""
    return Rating(uid=uid, case=case["case_no"], item=case["item_name"], unit=case["unit"], level=rules.level_of(one.get("level")),
                  aspects=rules.aspects_of(one, online=case["online"] == "是"), rated_at=when, received_at=at, **sealed)


def keep(made: list[Rating], *, by: Actor, at: datetime) -> dict[str, str]:
    """Kept and proved, one delivery after the other (the head of the log is held); bursts held; poor ones followed.

    uid → `counted` or `held`. Errors: `STATE-RACE`.
    """
    if not made:
        return {}
    try:
        with transaction.atomic():
            for row, index in zip(made, append([Entry(queries.RATED, queries.rated_body(row)) for row in made], at=at), strict=True):
                row.log_index = index
            Rating.objects.bulk_create(made)
            held = {uid for source in {row.source for row in made} for uid in _hold(source, made, by=by, at=at)}
            for row in made:
                if row.level < rules.GOOD and row.uid not in held:
                    following.follow(row, by=by, at=at)
    except IntegrityError as error:
        raise queries.refuse("STATE-RACE", "case", status=409) from error
    return {row.uid: "held" if row.uid in held else "counted" for row in made}


def _hold(source: str, made: Sequence[Rating], *, by: Actor, at: datetime) -> set[str]:
    """The ratings of a source that are part of a burst now, those that came earlier too."""
    own, day = [row for row in made if row.source == source], clock.city_day(at)
    span, most = timedelta(minutes=queries.value("burst_minutes", day)), queries.value("burst_ratings", day)
    first, last = min(row.rated_at for row in own) - span, max(row.rated_at for row in own) + span
    near = list(Rating.objects.filter(Q(burst=None) | Q(burst__state="held"), source=source, rated_at__gte=first, rated_at__lte=last)
                .values_list("uid", "rated_at"))
    found = {near[place][0] for place in bursts([when for _, when in near], most=most, span=span)}
    if not found:
        return set()
    burst, fresh = Burst.objects.get_or_create(source=source, state="held", defaults={"window": own[0].window, "held_at": at})
    if added := Rating.objects.filter(uid__in=found, burst=None).update(burst=burst):
        append([Entry("service.held", {"burst": burst.uid, "window": burst.window, "ratings": added})], at=at)
    if fresh:
        following.examine(burst, by=by, at=at)
    return found
