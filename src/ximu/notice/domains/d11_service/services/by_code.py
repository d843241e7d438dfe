"""The code that an applicant takes home: to rate without an account, and to say whether a poor rating was put right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ximu.foundation import clock, vault
from ximu.foundation.pace import pace
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel import codes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d11_service import queries, rules
from ximu.notice.domains.d11_service.models import Code, Rating
from ximu.notice.domains.d11_service.services.rating import RATE, RATER, Before, bare, keep, source_of, window_of

HOUR = 3600
WORDS = ("confirm", "not_solved")


def slow(code: str) -> str:
    return codes.slow_hash(code, secret=vault.secret("service"))


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
            "code": slow(code), "case": row["case_no"], "unit": row["unit"], "window": place, "source": source_of(place, person),
            "issued_at": at, "issued_by": by.uid})
        append([Entry("service.code", {"mark": mark, "window": place, "by": by.uid})], at=at)
    return code


def look(typed: str, *, at: datetime) -> Code:
    """Wrong, replaced and unknown codes get the same words after the same work. Errors: `RATE-CODE`, `RECEIPT-SLOW`."""
    most = queries.value("rating_looks_an_hour", clock.city_day(at))
    if wait := pace("d11-look", most=most, seconds=HOUR, now=at.timestamp()):
        raise Refusal("RECEIPT-SLOW", status=429, field="code", value="", rule=f"{most}/h", extra={"retry_after": wait},
                      zh="查询过于频繁，请过一小时再试。", en="Too many look-ups; please try again in an hour.")
    found = Code.objects.filter(code=slow(codes.digits_of(typed))).first()
    if found is None:
        raise queries.refuse("RATE-CODE", "code", status=404)
    return found


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
