"""Ratings come in, pushed or by a code: each bound to a case, one for each person and case; a burst from one source is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from ximu.foundation import clock, receipts, vault
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.events.rules import bursts
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel import codes
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.models import Burst, Code, Rating
from ximu.notice.domains.d11_service.services import following

RATE = "d11.rate"
RATER = Actor("rater", grants=(Grant("rater", frozenset({"d11.rater"})),), channel="portal", label="评价人")
WORDS = ("confirm", "not_solved")
MOST = {"words": 2000, "contact": 100}
Row = Mapping[str, Any]


class Before:
    """What was rated before: numbers of the windows, and who rated which case."""

    def __init__(self, numbers: Iterable[str], cases: Iterable[str]) -> None:
        self.numbers, self.marks, self.cases = dict[tuple[str, str], Rating](), set[str](), set[str]()
        for row in Rating.objects.filter(Q(case__in=list(cases)) | Q(number__in=list(numbers))):
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
    row.person, row.source = queries.person_mark(row.case, person), source_of(row.window, person)
    row.number = _text(one, "number")[:64] or None
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


def issue_code(case: str, window: str, *, person: str = "", by: Actor, at: datetime) -> str:
    """16 digits for the applicant, shown this once; a new code for the same person and case puts the old one out of use.

    Errors: `PERM-DENIED`, `RATE-WINDOW`, `RATE-NOCASE`, `RATE-PERSON`, `RATE-DUP` when the person has rated.
    """
    by.must(RATE)
    place = window_of(window, queries.roster(), on=clock.city_day(at), by=by)
    row = queries.known_cases([case.strip()[:64]]).get(case.strip()[:64])
    if row is None:
        raise queries.refuse("RATE-NOCASE", "case", case)
    mark, code = queries.person_mark(row["case_no"], person), codes.fresh_code()
    if Before([], [row["case_no"]]).rated(row["case_no"], mark):
        raise queries.refuse("RATE-DUP", "case", case, status=409)
    with transaction.atomic():
        Code.objects.update_or_create(person=mark, defaults={
            "code": receipts.slow(code, "service"), "case": row["case_no"], "window": place, "source": source_of(place, person),
            "issued_at": at, "issued_by": by.uid})
        append([Entry("service.code", {"mark": mark, "window": place, "by": by.uid})], at=at)
    return code


def look(typed: str, *, at: datetime, source: str = "") -> Code:
    """Wrong, replaced and unknown codes get the same words after the same work. Errors: `RATE-CODE`, `RATE-NOCASE`, `RECEIPT-SLOW`."""
    missing = queries.refuse("RATE-CODE", "code", status=404) if typed.strip() else queries.refuse("RATE-NOCASE", "case")
    return receipts.find(Code.objects.all(), typed, "service", most=queries.value("rating_looks_an_hour", clock.city_day(at)),
                         missing=missing, at=at, source=source)


def rate_by_code(code: Code, said: Mapping[str, Any], *, at: datetime) -> str:
    """The applicant rates, without an account: `level`, second-level items, `words`, `contact`; `counted` or `held`.

    Errors: `RATE-LEVEL`, `RATE-ASPECT`, `RATE-WORDS`, `RATE-DUP`, `RATE-NOCASE`, `STATE-RACE`.
    """
    case = queries.known_cases([code.case]).get(code.case)
    if case is None:
        raise queries.refuse("RATE-NOCASE", "case")
    if Before([], [code.case]).rated(code.case, code.person):
        raise queries.refuse("RATE-DUP", "case", status=409)
    row = bare({name: said[name] for name in ("level", "words", "contact", *rules.ASPECTS) if name in said}, case, at=at)
    row.window, row.source, row.person, row.way, row.received_by = code.window, code.source, code.person, "评价码", RATER.uid
    return keep([row], by=RATER, at=at)[row.uid]


def speak(code: Code, word: str, *, at: datetime) -> None:
    """The rater's own word on what was done: solved, or not. Errors: `D11-WORD`, `D11-NONE`, `STATE-EDGE`."""
    if word not in WORDS:
        raise queries.refuse("D11-WORD", "word", word)
    row = Rating.objects.filter(person=code.person).exclude(followed="").first()
    if row is None:
        raise queries.refuse("D11-NONE", "rating", status=404)
    casework.move(row.followed, word, given=Given(), by=RATER, at=at)
