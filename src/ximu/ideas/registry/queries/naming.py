"""From words to units and officials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ximu.ideas.registry.queries.book import index
from ximu.ideas.registry.rules import finding, resolution
from ximu.ideas.registry.rules.resolution import Resolution
from ximu.kernel.refusal import Refusal


def resolve(text: str, *, as_of: date, code: str = "") -> Resolution:
    """Which unit is meant? By full, short, former name, pinyin, initials or credit code, as of a day; never guessed."""
    return resolution.resolve(index(), text, code, as_of)


def resolve_many(pairs: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """Set-wise, for intake: (name, code, as_of) of each line, answered in the same order."""
    return resolution.resolve_all(index(), pairs)


def find(text: str, *, as_of: date, code: str = "") -> str:
    """The uid of a unit that lives that day. Errors: `ORG-UNKNOWN` with the nearest names, `ORG-ENDED` naming the
    successor, `SUBJ-AMBIG` with the candidates."""
    return finding.certain(index(), text, code, as_of)


def named(text: str, *, as_of: date) -> str:
    """The uid of the unit of that name, even of one that has ended by that day. Errors: `ORG-UNKNOWN`, `SUBJ-AMBIG`."""
    return finding.named(index(), text, as_of)


def find_many(texts: Sequence[str], *, as_of: date) -> tuple[dict[str, str], dict[str, Refusal]]:
    """Each text → uid, and for those that are not certain the refusal that says why."""
    found: dict[str, str] = {}
    refused: dict[str, Refusal] = {}
    for text in dict.fromkeys(texts):
        try:
            found[text] = finding.certain(index(), text, "", as_of)
        except Refusal as refusal:
            refused[text] = refusal
    return found, refused


def resolve_official(text: str, *, as_of: date, unit: str = "") -> Resolution:
    """Which civil servant? By internal number, or by name together with the unit in which they held a post that day."""
    return finding.official(index().book, text, unit, as_of)


def resolve_officials(asked: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """Set-wise: (name or number, unit uid or empty, as_of)."""
    return finding.officials(index().book, asked)


def resolve_persons(asked: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """Set-wise: (name, internal number, as_of), either of the first two may be empty."""
    return finding.persons(index().book, asked)


@dataclass(frozen=True, slots=True)
class Found:
    """A result of the instant search: the unit under its name of the day, and the name that was matched if another."""

    uid: str
    name: str
    matched: str
    kind: str
    living: bool
    score: float
    near: bool = False
    """No name holds the words; this one sounds or looks like them."""


def search(text: str, *, as_of: date, limit: int = 20) -> list[Found]:
    """Instant results by part of a name, former name, pinyin, initials or credit code; the best first. When there are none, names that
    sound or look like the words."""
    known = index()
    hits = finding.search(known, text, as_of, limit)
    near = () if hits or not text.strip() else finding.near(known, text, as_of, limit)
    return [
        Found(uid, known.book.name_on(uid, as_of), matched, known.book.units[uid].kind, known.book.living(uid, as_of), score, bool(near))
        for uid, matched, score in hits or near
    ]
