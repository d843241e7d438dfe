"""What does an evaluator get? Once, whole, by digest: the granted fields of what the list may share and the policy shows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules.data import read as read_table
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import LIVE
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries
from ximu.notice.mechanisms.m3_evaluators.models import Engagement, Snapshot
from ximu.notice.mechanisms.m3_evaluators.queries import evidence
from ximu.notice.mechanisms.m3_evaluators.services.registering import LOOKER, RUN


@dataclass(slots=True)
class _Frozen:
    facts: list[dict[str, Any]] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    left_out: int = 0


@transaction.atomic
def freeze(uid: str, *, by: Actor, at: datetime) -> str:
    """The snapshot of an engagement, its digest in the log. Errors: `PERM-DENIED`, `EVAL-NONE`, `LIST-*`."""
    by.must("evaluators.manage")
    about, day = queries.engagement(uid), clock.city_day(at)
    first, last = assessment.year(about.period)
    owners = _owners(about.units, min(day, last))
    bodies: dict[str, str] = {}
    parts: dict[str, _Frozen] = {}
    for item in about.granted:
        source = queries.facts_of(item)
        if source is not None:
            parts[item] = _of_a_pack(about, item, source, bodies, span=(first, last), at=at)
        elif item != RUN:
            parts[item] = _facts(about, item, (owners, bodies), span=(first, last), at=at)
    units = _units(about, min(day, last))
    content = {
        "columns": [*about.granted.get(RUN, []), *(f"survey:{s.code}" for s in queries.surveys(about))], "units": units,
        "items": {item: fields for item, fields in about.granted.items() if item != RUN},
        "facts": {item: part.facts for item, part in parts.items()}, "period": about.period,
    }
    text = canonical(content).decode()
    row = Snapshot(engagement=about, content=text, digest=evidence.digest(text), refs={item: part.refs for item, part in parts.items()},
                   left_out={item: part.left_out for item, part in parts.items()}, twin_seed=secrets.randbits(48), known_at=at, at=at)
    [row.log_index] = append([Entry(evidence.FROZEN, evidence.frozen_body(row))], at=at)
    row.save(force_insert=True)
    return row.uid


def _of_a_pack(
    about: Engagement, item: str, source: queries.Facts, bodies: dict[str, str], *, span: tuple[date, date], at: datetime,
) -> _Frozen:
    """Rows of a pack in the span; bodies under the same short names as elsewhere."""
    found = _Frozen()
    for row in source.rows(about.units, *span, known_at=at):
        body = bodies.setdefault(row["body"], f"b{len(bodies) + 1}")
        found.facts.append({"unit": row["unit"], "body": body, **{name: _plain(row[name]) for name in about.granted[item]}})
        found.refs.append(row["ref"])
    return found


def _owners(units: list[str], day: date) -> dict[str, str]:
    """Body → the unit assessed that answers for it: itself, or its district."""
    found = {one.uid: one.district for one in registry.units(as_of=day) if one.district in units}
    return {**found, **{unit: unit for unit in units}}


def _pages(subjects: list[str], view: Any, family: str, at: datetime, on: date) -> Iterator[Any]:
    page = 1
    while True:
        found = records.records_of(subjects, view=view, known_at=at, as_of=on, family=family, page=page, size=records.MOST)
        yield from found.rows
        if page * records.MOST >= found.total:
            return
        page += 1


@asks_gate("share")
def _facts(about: Engagement, item: str, given: tuple[Mapping[str, str], dict[str, str]], *, span: tuple[date, date], at: datetime
           ) -> _Frozen:
    """Rows of one item: only in effect, of the year, by what the policy shows and the list of the event's day lets be shared."""
    owners, bodies = given
    view, found = disclosure.view_for(LOOKER, purpose="assessment", at=at), _Frozen()
    days: dict[date, bool] = {}
    family = gate(item, use="share", on=clock.city_day(at)).family
    rows = [row for row in _pages(sorted(owners), view, family, at, span[1]) if row.facts.item == item and row.facts.state in LIVE
            and span[0] <= row.facts.event_date <= span[1]]
    for row in sorted(rows, key=lambda row: row.facts.number):
        shown = {one.name: one.value for one in row.shown if one.outcome == "shown"}
        if not _shared(item, row.facts.event_date, days):
            found.left_out += 1
            continue
        body = bodies.setdefault(row.facts.subject, f"b{len(bodies) + 1}")
        found.facts.append({"unit": owners[row.facts.subject], "body": body,
                            **{name: _plain(shown.get(name)) for name in about.granted[item]}})
        found.refs.append(row.facts.number)
    return found


def _shared(item: str, day: date, days: dict[date, bool]) -> bool:
    """Each fact is judged by the list of its own day."""
    if day not in days:
        try:
            days[day] = bool(gate(item, use="share", on=day))
        except Refusal:
            days[day] = False
    return days[day]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else "" if value is None else value if isinstance(value, int | str) else str(value)


def _units(about: Engagement, day: date) -> list[dict[str, Any]]:
    """The units with the granted columns of the official run and the survey's values."""
    rows: dict[str, dict[str, Any]] = {unit: {"unit": unit, "name": registry.name(unit, as_of=day)} for unit in about.units}
    if wanted := about.granted.get(RUN, []):
        table = read_table(assessment.run_row(about.official).data)
        for unit, row in zip(table.units, table.rows, strict=True):
            if unit in rows:
                rows[unit] |= {c: row[table.header.index(c)] for c in wanted}
    for survey in queries.surveys(about):
        for line in survey.lines:
            if line["unit"] in rows:
                rows[line["unit"]][f"survey:{survey.code}"] = line["value"]
    return list(rows.values())
