"""The register: lists, one promise with its history, its status by two clocks, figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet

from ximu.ideas.commitments import rules
from ximu.ideas.commitments.models import Commitment, Counterpart, Evaluation, Step, Turn
from ximu.ideas.commitments.queries import data
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

SLICE = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a promise's history: a step, or a turn of the daily pass."""

    what: Text
    on: date
    known_at: datetime
    by: str
    detail: dict[str, Any]
    log_index: int


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a promise on a day, as it was known at a time."""

    uid: str
    as_of: date
    known_at: datetime
    judgement: rules.Judgement
    terms: rules.Terms
    version: int
    due: date
    disputed: bool

    @property
    def state(self) -> str:
        return self.judgement.state


def commitments(
    *, kind: str = "", state: str = "", unit: str = "", domain: str = "", text: str = "", due_by: date | None = None, flag: str = "",
    on: date,
) -> QuerySet[Commitment]:
    """The register, filtered. `unit` means the unit that carries the duty on `on`: what its forebears promised is found too."""
    rows = Commitment.objects.order_by("due", "uid")
    exact = {"kind": kind, "state": state, "domain": domain}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if unit:
        rows = rows.filter(unit__in=registry.forebears(unit, on) or [unit])
    if text:
        rows = rows.filter(title__icontains=text)
    if flag == "disputed":
        rows = rows.filter(disputed=True)
    return rows.filter(due__lte=due_by) if due_by else rows


def owner(row: Commitment, on: date) -> str:
    """The unit that carries the promise on that day: a reform passes it on, it is no excuse."""
    try:
        return registry.owner_of(row.unit, max(on, row.made_on))
    except Refusal:
        return row.unit


def history(row: Commitment) -> list[Event]:
    """Everything that happened, earliest first: who, when, and the entry in the log."""
    done = [
        Event(rules.ACTS[s.what], s.on, s.known_at, s.by, s.detail, s.log_index)
        for s in Step.objects.filter(commitment=row).order_by("log_index")
    ]
    turns = Turn.objects.filter(commitment=row).select_related("evaluation")
    done += [
        Event(Text(f"每日判定：{rules.STATES[t.after].zh}", f"Daily evaluation: {rules.STATES[t.after].en}"), t.evaluation.on,
              t.evaluation.at, t.evaluation.by, {"before": t.before, "after": t.after}, t.evaluation.log_index or 0)
        for t in turns
    ]
    return sorted(done, key=lambda e: (e.known_at, e.log_index))


def papers(row: Commitment) -> list[dict[str, Any]]:
    """Papers of the steps, earliest first: digest, and which step brought it."""
    return [{"digest": e.detail["digest"], "what": e.what, "on": e.on} for e in history(row) if e.detail.get("digest")]


def versions(row: Commitment) -> list[tuple[int, date, rules.Terms, dict[str, Any]]]:
    """(number, in force from, terms, the decision) of every wording, the first one first; nothing is overwritten."""
    found = []
    for step in Step.objects.filter(commitment=row, what__in=["register", "change"]).order_by("log_index"):
        found.append((len(found) + 1, step.on, rules.from_json(step.detail["terms"]), step.detail))
    return found


def facts(row: Commitment, *, as_of: date | None = None, known_at: datetime | None = None) -> rules.Facts:
    return rules.fold(data.deeds(row, known_at=known_at), as_of=as_of)


def status(uid: str, *, as_of: date, known_at: datetime) -> Status:
    """The state on a day, from what was known at a time. Errors: `PROM-NONE`, `PROM-EARLY` before anybody knew of it."""
    row = data.row(uid)
    deeds = data.deeds(row, known_at=known_at)
    if not deeds:
        raise Refusal("PROM-EARLY", status=404, field="known_at", value=known_at.isoformat(), rule=row.registered_at.isoformat(),
                      zh="当时尚未登记该承诺。", en="The promise was not on record at that time.")
    found = rules.fold(deeds, as_of=as_of)
    return Status(uid, as_of, known_at, found.judged(data.kind(row.kind), as_of), found.terms, found.version, found.due,
                  found.open_dispute(as_of) is not None)


def judged(
    *, as_of: date, known_at: datetime, domain: str = "", kinds: Iterable[str] = (), due_from: date | None = None,
) -> Iterator[rules.Judged]:
    """Set-wise `status` for indicators: every promise made by `as_of` and on record at `known_at`."""
    rows = Commitment.objects.filter(made_on__lte=as_of, registered_at__lte=known_at).order_by("pk")
    if domain:
        rows = rows.filter(domain=domain)
    if wanted := list(kinds):
        rows = rows.filter(kind__in=wanted)
    if due_from:
        rows = rows.filter(grace_until__gte=due_from)
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), SLICE):
        yield from _judged(keys[start:start + SLICE], as_of, known_at)


def _judged(keys: list[int], as_of: date, known_at: datetime) -> Iterator[rules.Judged]:
    known = Commitment.objects.in_bulk(keys)
    steps = Step.objects.filter(commitment__in=keys, known_at__lte=known_at).order_by("commitment_id", "log_index")
    for key, some in groupby(steps, key=lambda s: s.commitment_id):
        row, deeds = known[key], [data.deed(s) for s in some]
        found = rules.fold(deeds, as_of=as_of)
        verdict = found.judged(data.kind(row.kind), as_of)
        yield rules.Judged(
            row.uid, row.kind, row.unit, found.terms.title, row.made_on, found.due, verdict.state, verdict.late_days, verdict.progress,
            found.terms.amount, found.open_dispute(as_of) is not None, found.refuted, tuple(row.flags), found.papers, row.reference,
            row.domain, found.terms.due, found.version > 1 and rules.loosened(rules.fold(deeds[:1]).terms, found.terms))


def counterpart(row: Commitment) -> Counterpart | None:
    """For those who may see it; never leaves the house."""
    return Counterpart.objects.filter(commitment=row).first()


def is_counterpart(row: Commitment, units: Iterable[str]) -> bool:
    """Was it promised to one of these bodies? Known by its social credit code, on the day of the promise."""
    to = counterpart(row)
    found = [registry.unit(uid, as_of=row.made_on) for uid in units if uid != row.unit] if to and to.code else []
    return any(unit is not None and unit.code == to.code for unit in found) if to else False


def counts_by_state(*, domain: str = "") -> dict[str, int]:
    rows = Commitment.objects.filter(domain=domain) if domain else Commitment.objects.all()
    return dict(rows.order_by("state").values_list("state").annotate(n=Count("pk")))


def open_by_unit() -> dict[str, int]:
    """How many promises are open, by the unit that made them."""
    return dict(Commitment.objects.filter(state__in=rules.OPEN).order_by("unit").values_list("unit").annotate(n=Count("pk")))


def turns(evaluation: Evaluation) -> Iterator[tuple[str, str, str]]:
    """(promise, before, after) of a pass, in the order of the promises' names."""
    rows = Turn.objects.filter(evaluation=evaluation).order_by("commitment__uid")
    return rows.values_list("commitment__uid", "before", "after").iterator(chunk_size=5000)


def evaluations(most: int = 30) -> list[Evaluation]:
    return list(Evaluation.objects.order_by("-pk")[:most])


def with_owner(found: rules.Judged, on: date) -> rules.Judged:
    """The same, under the unit that carries the promise on that day."""
    return replace(found, unit=registry.owner_of(found.unit, max(on, found.made_on)))
