"""How does one reader get the papers of a case: as they were handed in, or with places blacked out?"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from ximu.foundation import files as store
from ximu.foundation import sheets
from ximu.ideas.casework.models import Case, CaseFile, Redaction
from ximu.ideas.casework.rules import Parties
from ximu.ideas.casework.rules import redaction as rules
from ximu.kernel.words import Text

TABLE = Path(rules.__file__).with_suffix(".toml")
SHELF, HEAD_BYTES = "cases", 8


def place_of(digest: str) -> Path | None:
    """Where the bytes of a paper lie; None where they do not."""
    sound = len(digest) == 64 and digest.isascii() and digest.isalnum()
    return next((p for p in (store.path_of(digest, SHELF), store.path_of(digest)) if p.exists()), None) if sound else None


def office(digest: str) -> bool:
    """Whether a paper is an office file: what is struck out, hidden or noted in it is not seen on its pages."""
    place = place_of(digest)
    if place is None:
        return False
    with place.open("rb") as opened:
        return sheets.office(opened.read(HEAD_BYTES))


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as one reader gets it: with `original` false its name is withheld and its digest and size are those of the redacted form;
    `waiting` is a redaction that nobody decided yet; `held`: an office file that nobody has redacted or declared `free` yet."""

    uid: str
    name: str
    digest: str
    size: int
    at: datetime
    original: bool
    valid: Redaction | None
    waiting: Redaction | None
    held: bool
    free: bool
    openings: list[tuple[str, datetime, bool]]

    @property
    def marks(self) -> list[tuple[int, Text]]:
        """(page, reason) of each blacked place of the valid form."""
        return marks_of(self.valid) if self.valid else []


@cache
def versions() -> tuple[rules.Redacting, ...]:
    return tuple(rules.redacting_of(tomllib.loads(TABLE.read_text("utf-8"))))


def redacting(on: date) -> rules.Redacting:
    """The rules in force: reasons, and who gets originals."""
    return rules.redacting_on(versions(), on)


def marks_of(one: Redaction) -> list[tuple[int, Text]]:
    known = next((v for v in versions() if v.version == one.version), versions()[-1])
    return [(int(r["page"]), known.reasons[r["reason"]].name if r["reason"] in known.reasons else Text(r["reason"], r["reason"]))
            for r in one.regions]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the human, the units for which it acts, who is who in the case today, and the day."""

    human: str
    units: frozenset[str]
    held: Parties
    on: date

    def entitled(self, file: CaseFile) -> bool:
        """May this reader have the paper as it was handed in?"""
        return rules.gets_original(redacting(self.on), parties=self.held, units=self.units, given_by=file.by, human=self.human)


def papers_of(case: Case, reader: Reader) -> list[PaperView]:
    """The papers of a case in the order they came, as this reader gets them."""
    files = list(case.files.order_by("pk").prefetch_related("openings"))
    made = redactions_of([f.pk for f in files])
    return [_view(f, reader.entitled(f), made.get(f.pk, [])) for f in files]


def redactions_of(files: Collection[int]) -> dict[int, list[Redaction]]:
    """The valid and the waiting redaction of each paper."""
    found: dict[int, list[Redaction]] = {}
    rows: Iterable[Redaction] = Redaction.objects.filter(file__in=files, state__in=["proposed", "approved"]) if files else ()
    for one in rows:
        found.setdefault(one.file_id, []).append(one)
    return found


def _view(file: CaseFile, whole: bool, made: Sequence[Redaction]) -> PaperView:
    valid, waiting = (next((r for r in made if r.state == state), None) for state in ("approved", "proposed"))
    held = not whole and not made and office(file.digest)
    original = whole or not (made or held)
    digest, size = (file.digest, file.size) if original else (valid.digest, valid.size) if valid else ("", 0)
    return PaperView(file.uid, file.name if original else "", digest, size, file.at, original, valid, waiting if whole else None,
                     held, bool(valid and valid.digest == file.digest), [(o.unit, o.at, o.redacted) for o in file.openings.all()])
