"""What a phrase means on a day, and what has been signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ximu.ideas.registry.models import PhraseReading
from ximu.ideas.registry.queries.book import book, index
from ximu.ideas.registry.rules import finding
from ximu.ideas.registry.rules import phrases as rules
from ximu.ideas.registry.rules.phrases import Change, Reading


def is_phrase(text: str) -> bool:
    """Do these words stand for a set of units rather than for one?"""
    return rules.is_phrase(text, book().city)


def reading(phrase: str, *, as_of: date, named: Sequence[str] = ()) -> Reading:
    """The proposal of the register, with its reason. Errors: `PHRASE-NONE`; for X成员单位 those of `find`."""
    known = index()
    before, member, _ = phrase.strip().partition(rules.ARTICLE)
    group = finding.certain(known, before, "", as_of) if member and before else ""
    return rules.read(known.book, phrase, as_of, named=named, group=group)


def expand(phrase: str, *, as_of: date, named: Sequence[str] = ()) -> list[str]:
    """The units that the phrase means that day, given those that the same sentence names."""
    return reading(phrase, as_of=as_of, named=named).units


def signed(uid: str) -> PhraseReading | None:
    return PhraseReading.objects.filter(uid=uid).first() if uid.isalnum() else None


def readings() -> list[PhraseReading]:
    return list(PhraseReading.objects.order_by("-decided_at", "-pk"))


def compare(uid: str, *, on: date) -> Change:
    """A signed reading against the register of another day: kept, added, gone, succeeded by.

    Errors: PhraseReading.DoesNotExist for a uid that was never signed; those of `reading`.
    """
    decision = PhraseReading.objects.get(uid=uid)
    now_meant = expand(decision.phrase, as_of=on, named=decision.named)
    return rules.compare(book(), decision.units, decision.proposed, now_meant, on)
