"""What is known of one record, and what was known then?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.queries.sealed import payload_of
from ximu.ideas.records.queries.terms import city_day, retention_years
from ximu.ideas.records.rules import Clause, Facts, RecordView, Shown, in_query, parse
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on the second clock. `detail` holds what the viewer may read of it."""

    what: str
    version: int
    before: str
    after: str
    known_at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    number: str
    state: str
    as_of: date
    known_at: datetime
    versions: Sequence[tuple[int, datetime, Sequence[Shown]]]
    stages: Sequence[Stage]


def absent(number: str) -> Refusal:
    """One answer for what does not exist and for what the viewer may not know of."""
    return Refusal("REC-NONE", status=404, field="number", value=number, rule="exists",
                   zh="没有这条记录，或者您无权查看。", en="There is no such record, or you may not see it.")


def covers(clause: Clause, facts: Facts) -> bool:
    return (
        facts.family in clause.families and facts.kind in clause.kinds and facts.state in clause.states
        and (clause.subjects is None or facts.subject in clause.subjects)
        and (clause.sources is None or facts.source in clause.sources)
    )


CORE = ("document_number", "authority", "behaviour", "grade", "final_date", "edition", "batch", "line")


def facts(version: Version, state: str) -> Facts:
    return Facts(
        version.number, version.version, version.item, version.family, version.kind, state, version.subject, version.source,
        version.event_date, version.end_date, version.decision_date, {name: getattr(version, name) for name in CORE},
        payload_of(version),
    )


def _then(number: str, known_at: datetime) -> tuple[list[Version], list[Step]]:
    versions = list(Version.objects.filter(number=number, known_at__lte=known_at).order_by("version").defer("salt"))
    steps = list(Step.objects.filter(number=number, known_at__lte=known_at).order_by("log_index").defer("salt"))
    return versions, steps


def state_then(newest: Version, steps: Sequence[Step]) -> str:
    moves = [s.after for s in steps if s.what == Step.What.MOVE and s.version == newest.version]
    return moves[-1] if moves else newest.entered


def facts_of(number: str, *, view: RecordView, known_at: datetime, as_of: date | None = None) -> Facts:
    """The record as known then. Errors: `REC-NUMBER`, `REC-NONE` (also when the viewer may not know of it)."""
    versions, steps = _then(parse(number), known_at)
    return _seen(number, versions, steps, view, as_of or city_day(known_at))


def _seen(number: str, versions: Sequence[Version], steps: Sequence[Step], view: RecordView, on: date) -> Facts:
    if not versions:
        raise absent(number)
    found = facts(versions[-1], state_then(versions[-1], steps))
    if found.event_date > on or not in_query(found.end_date, retention_years(on), on) \
            or not any(covers(clause, found) for clause in view.clauses()):
        raise absent(number)
    return found


def record_history(number: str, *, view: RecordView, known_at: datetime, as_of: date | None = None) -> History:
    """All versions and steps known at that time, as this viewer may see them. Errors: as `facts_of`."""
    number, on = parse(number), as_of or city_day(known_at)
    versions, steps = _then(number, known_at)
    now = _seen(number, versions, steps, view, on)
    shown = [(v.version, v.known_at, view.present(facts(v, now.state))) for v in versions]
    open_steps = any(one.name == "step" and one.outcome == "shown" for one in view.present(now))
    stages = [Stage(s.what, s.version, s.before, s.after, s.known_at, _detail(s) if open_steps else {}) for s in steps]
    return History(number, now.state, on, known_at, shown, stages)


def _detail(step: Step) -> dict[str, Any]:
    """Reasons and sources of a step, for those who are shown the field `step`."""
    return orjson.loads(step.detail) if step.detail is not None else {}


def served_at(number: str, version: int) -> datetime | None:
    """When notice of this version was last served; None before that."""
    moves = Step.objects.filter(number=number, version=version, what=Step.What.MOVE, after="notified", detail__isnull=False)
    for step in moves.order_by("-log_index")[:5]:
        if served := orjson.loads(step.detail or "{}").get("served_at"):
            return datetime.fromisoformat(served)
    return None
