"""Public targets of a year: every wording, the value of the data, the result by the present wording and by the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import Judged, Terms, fold, loosened
from ximu.ideas.registry import queries as registry
from ximu.kernel.words import Text
from ximu.notice.domains.d08_environment.rules import RESULTS

KIND = "environmental_target"


@dataclass(frozen=True, slots=True)
class Line:
    """`value` is that of the newest month with data (`value_on`); `first` the result under the first wording, where there is another."""

    judged: Judged
    result: Text
    wordings: list[tuple[int, date, Terms]]
    present: Terms
    value: Decimal | None
    value_on: date | None
    first: Text | None
    loosened: bool
    readings: list[tuple[date, Decimal]]


def targets(found: promises.Sheet, *, unit: str = "") -> list[Line]:
    """Targets that are due in the year of the sheet, or still run; judged as the sheet is."""
    place = {uid: n for n, uid in enumerate(registry.in_order({j.unit for j in found.judged.values()}))}
    return [_line(found, j) for j in sorted(found.judged.values(), key=lambda j: (place[j.unit], j.reference, j.uid))
            if j.kind == KIND and (found.first <= (j.due_asked or j.due) <= found.last) and unit in ("", j.unit)]


def _line(found: promises.Sheet, judged: Judged) -> Line:
    row = promises.row(judged.uid)
    deeds = [d for d in promises.deeds(row, known_at=found.known_at) if not (d.what == "change" and d.on > found.as_of)]
    facts = fold(deeds)
    readings = sorted((o.proof.day, o.proof.value) for o in facts.offers.values() if o.state == "accepted" and o.proof.day <= found.as_of)
    last = readings[-1] if readings else (None, None)
    first, easier = None, False
    if facts.version > 1:
        original = fold([d for d in deeds if d.what != "change"])
        first = RESULTS[original.judged(promises.kind(row.kind), found.as_of).state]
        easier = loosened(original.terms, facts.terms)
    wordings = [(n, since, terms) for n, since, terms, _ in promises.versions(row) if since <= found.as_of]
    return Line(judged, RESULTS[judged.state], wordings, facts.terms, last[1], last[0], first, easier, readings)
