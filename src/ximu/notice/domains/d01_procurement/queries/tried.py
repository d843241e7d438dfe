"""How often does each flag on the government ring where nothing is known to be wrong? All purchases that were known, by rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ximu.notice.domains.d01_procurement.queries.book import ASKED, book
from ximu.notice.domains.d01_procurement.rules import examining
from ximu.notice.domains.d01_procurement.rules.steps import GOVERNMENT

DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Rung:
    """`judged` purchases not found to be wrong, `alarms` among them, `per_year` purchases of one buyer in a year."""

    rule: str
    judged: int
    alarms: int
    per_year: float


@dataclass(frozen=True, slots=True)
class Tried:
    first: date
    last: date
    manifest: str
    rung: tuple[Rung, ...]


def tried(true: Collection[tuple[str, str, str, str]], on: date, *, known_at: datetime | None) -> Tried | None:
    """Every rule on all purchases as of a day; `true` are (rule, unit, process, period) of alarms found true. None without purchases."""
    known = book(on, known_at=known_at)
    if not known.processes:
        return None
    first = min(day for one in known.processes for _, day, _ in one.releases)
    last = max(one.last_day for one in known.processes)
    units, years = len({one.unit for one in known.processes}), max(((last - first).days + 1) / DAYS_OF_A_YEAR, 1 / DAYS_OF_A_YEAR)
    rung = []
    for rule in sorted(GOVERNMENT & set(ASKED.flags)):
        wrong = {process for name, _, process, _ in true if name == rule}
        quiet = [one for one in known.processes if one.ocid not in wrong]
        rung.append(Rung(rule, len(quiet), sum(rule in one.codes for one in quiet), round(len(known.processes) / units / years, 6)))
    rung += _doubts(true, doubts(on, known_at=known_at), round(1 / years, 6))
    return Tried(first, last, known.manifest.digest, tuple(rung))


def doubts(on: date, *, known_at: datetime | None) -> list[tuple[str, examining.Asked]]:
    """(unit, what was found) of each buyer's own purchases, passed and not judged ones too."""
    by_unit: dict[str, list[Any]] = {}
    for one in book(on, known_at=known_at).processes:
        by_unit.setdefault(one.unit, []).append(one.compiled)
    return [(unit, asked) for unit, listed in sorted(by_unit.items()) for asked in examining.examined(listed)]


def doubt_subject(asked: examining.Asked) -> str:
    """What an alarm speaks of: the first process, else the kind of amount."""
    return asked.ocids[0] if asked.ocids else asked.what


def _doubts(true: Collection[tuple[str, str, str, str]], found: list[tuple[str, examining.Asked]], per_year: float) -> list[Rung]:
    """Checks that judge a buyer's amounts together are tried per buyer; those that name single purchases per buyer too."""
    units, rung = {unit for unit, _ in found}, []
    for check in examining.CHECKS:
        rule = examining.rule_of(check)
        wrong = {(unit, subject) for name, unit, subject, _ in true if name == rule}
        judged = [(unit, one) for unit, one in found if one.finding.check == check and one.finding.suspicious is not None]
        rang = {(unit, doubt_subject(one)) for unit, one in judged if one.finding.suspicious}
        whole = len(units) if check in ("duplicate", "sum") else len({(unit, one.what) for unit, one in judged})
        rung.append(Rung(rule, whole - len(rang & wrong), len(rang - wrong), per_year))
    return rung
