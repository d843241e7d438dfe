"""How often does each flag on the government ring where nothing is known to be wrong? All purchases that were known, by rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ximu.notice.domains.d01_procurement.queries.book import ASKED, book
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
    return Tried(first, last, known.manifest.digest, tuple(rung))
