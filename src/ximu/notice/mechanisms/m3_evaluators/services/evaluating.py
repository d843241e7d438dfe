"""How does a method become a publication? Computed twice in the sandbox, checked, sent, commented on, published when its time has come."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation import apart, clock
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, rules
from ximu.notice.mechanisms.m3_evaluators.models import Act, Evaluation, Snapshot
from ximu.notice.mechanisms.m3_evaluators.queries import evidence
from ximu.notice.mechanisms.m3_evaluators.reader import Job, run

LONGEST = 4000


def _inner(of: Snapshot, text: str, pins: dict[str, Any]) -> bytes:
    return run(Job(queries.content_of(of), text, pins))


def outward(inner: bytes, text: str, of: Snapshot, at: datetime) -> str:
    """What leaves the checks, as canonical text; held against everything that left of the same snapshot before."""
    method, measures = rules.load(text)
    earlier = [(rules.load(row.method)[1], json.loads(row.inner)["measures"]) for row in of.evaluations.all()]
    return canonical(rules.outward(json.loads(inner), method, measures, queries.limits(clock.city_day(at)), earlier)).decode()


def try_on_twin(snapshot: str, text: str, *, by: Actor) -> dict[str, Any]:
    """The method on the made-up twin, nothing kept. Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-FIELD`, those of the engine."""
    of = queries.snapshot(snapshot)
    _must_submit(by, of)
    found: dict[str, Any] = json.loads(run(Job(queries.twin_of(of), text, {"draws": 0, "seed": 0, "data": "twin"})))
    return {"synthetic": True, "published": found["result"]["published"], "warnings": found["result"]["warnings"]}


@transaction.atomic
def evaluate(snapshot: str, text: str, *, by: Actor, at: datetime, draws: int = 200, seed: int = 0) -> Evaluation:
    """Run a method file on a snapshot, twice; not the same bytes twice: kept as `unstable`, never published.

    Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-FIELD`, `EVAL-MEASURE`, `EVAL-RUN`, `LIST-*`, those of the engine.
    """
    of = queries.snapshot(snapshot)
    _must_submit(by, of)
    method, measures = rules.load(text)
    content = queries.content_of(of)
    rules.must_be_granted(method, measures, columns=content["columns"], items=content["items"])
    for item in sorted(content["items"]):
        _may_score(item, clock.city_day(of.at))
    pins = {"draws": draws, "seed": seed, "data": of.digest, "snapshot": of.uid, "period": of.engagement.period}
    first, again = _inner(of, text, pins), _inner(of, text, pins)
    row = Evaluation(snapshot=of, method=text, pins=pins, inner=first.decode(), digest=evidence.digest(first), by=by.human, at=at,
                     result=outward(first, text, of, at), state="computed" if first == again else "unstable")
    row.save()
    _log("evaluation.computed", row, by=by, at=at)
    return row


@asks_gate("score")
def _may_score(item: str, day: date) -> None:
    """The list must let facts of the item be scored."""
    gate(item, use="score", on=day)


def _must_submit(by: Actor, of: Snapshot) -> None:
    if not queries.stands_for(by, of.engagement.evaluator):
        by.must("evaluators.manage")


def _log(kind: str, row: Evaluation, *, by: Actor, at: datetime, unit: str = "", words: str = "", late: bool = False) -> None:
    act = Act(evaluation=row, kind=kind, unit=unit, words=words, late=late, by=by.uid, at=at)
    [act.log_index] = append([Entry(kind, evidence.act_body(act))], at=at)
    act.save(force_insert=True)


def _moved(row: Evaluation, before: str, after: str, **changes: Any) -> None:
    if not Evaluation.objects.filter(pk=row.pk, state=before).update(state=after, **changes):
        raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule=f"{before} → {after}", zh="现状态不能办理此事项。",
                      en="This cannot be done in the present state.")
    row.refresh_from_db()


def send(uid: str, *, by: Actor, at: datetime) -> Evaluation:
    """To the units for comments; from now on the clock runs to publication.

    Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-RERUN`, `STATE-EDGE`.
    """
    row = queries.evaluation(uid)
    _must_submit(by, row.snapshot)
    with transaction.atomic():
        _must_be_stable(row)
        _moved(row, "computed", "sent", sent_at=at, due=queries.due_of(clock.city_day(at)))
        _log("evaluation.sent", row, by=by, at=at)
    return row


def _must_be_stable(row: Evaluation) -> None:
    if row.state == "unstable":
        raise Refusal("EVAL-RERUN", status=409, field="result", value=row.digest[:16], rule="same bytes twice",
                      zh="结果不能逐字节复算，不得公布。", en="The result cannot be computed again byte for byte; it may not be published.")


def comment(uid: str, words: str, *, unit: str, by: Actor, at: datetime) -> None:
    """A unit's note travels with the result wherever it is shown; late ones are kept and marked.

    Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-UNIT`, `REASON`, `STATE-EDGE`.
    """
    by.must("evaluators.comment", unit)
    row = queries.evaluation(uid)
    if unit not in row.snapshot.engagement.units:
        raise Refusal("EVAL-UNIT", status=404, field="unit", value=unit[:16], rule="unit assessed", zh="该单位不在被评价单位之中。",
                      en="The unit is not among those assessed.")
    _note("evaluation.comment", row, words, unit=unit, by=by, at=at)


def annotate(uid: str, words: str, *, by: Actor, at: datetime) -> None:
    """The city's note: beside the result, never in it. Errors: `PERM-DENIED`, `EVAL-NONE`, `REASON`, `STATE-EDGE`."""
    by.must("evaluators.annotate")
    _note("evaluation.note", queries.evaluation(uid), words, unit="", by=by, at=at)


def _note(kind: str, row: Evaluation, words: str, *, unit: str, by: Actor, at: datetime) -> None:
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明说明。", en="Say what there is to say.")
    if row.state not in ("sent", "published"):
        raise Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="sent", zh="该评价尚未征求意见。",
                      en="The evaluation is not out for comments.")
    late = row.due is not None and clock.city_day(at) > row.due
    with transaction.atomic():
        _log(kind, row, by=by, at=at, unit=unit, words=words.strip()[:LONGEST], late=late)


def publish(uid: str, *, by: Actor, at: datetime) -> Evaluation:
    """Nobody can hold it back: it is published after the last day for comments, or earlier when every unit has commented.

    It is computed once more; other bytes than before stop it. Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-TERM`, `EVAL-RERUN`, `STATE-EDGE`.
    """
    by.must("evaluators.publish")
    row = queries.evaluation(uid)
    _must_be_stable(row)
    heard = {act.unit for act in queries.acts(row) if act.kind == "evaluation.comment"}
    if row.state == "sent" and row.due and clock.city_day(at) <= row.due and not set(row.snapshot.engagement.units) <= heard:
        raise Refusal("EVAL-TERM", status=409, field="due", value=row.due.isoformat(), rule="after the last day for comments",
                      zh=f"征求意见期至{row.due}，期满前须各单位均已作说明方可公布。",
                      en=f"Units may comment until {row.due}; before that it is published only when all have.")
    with transaction.atomic():
        return _published(row, by=by, at=at)


def _published(row: Evaluation, *, by: Actor, at: datetime) -> Evaluation:
    again = _inner(row.snapshot, row.method, row.pins)
    if again != row.inner.encode() or evidence.digest(again) != row.digest:
        raise Refusal("EVAL-RERUN", status=409, field="result", value=row.digest[:16], rule="same bytes",
                      zh="重算结果与所存结果不一致，不得公布。", en="Computed again, the result is another one; it may not be published.")
    _moved(row, "sent", "published", published_at=at)
    _log("evaluation.published", row, by=by, at=at)
    return row


def publish_due(*, by: Actor, at: datetime) -> int:
    """Every day: what was out for comments past its last day is published by itself; what cannot be computed again becomes unstable."""
    due = [row.uid for row in queries.evaluations(state="sent") if row.due is not None and clock.city_day(at) > row.due]
    return apart.each("evaluations", due, lambda uid: _publish_or_mark(queries.evaluation(uid), by=by, at=at))


def _publish_or_mark(full: Evaluation, *, by: Actor, at: datetime) -> bool:
    try:
        with transaction.atomic():
            _published(full, by=by, at=at)
    except Refusal as refusal:
        if refusal.code != "EVAL-RERUN":
            raise
        _moved(full, "sent", "unstable")
        _log("evaluation.unstable", full, by=by, at=at)
        return False
    return True


def rerun(uid: str) -> dict[str, Any]:
    """Computed once more: the same bytes? Errors: `EVAL-NONE`."""
    row = queries.evaluation(uid)
    again = _inner(row.snapshot, row.method, row.pins)
    return {"evaluation": uid, "same": again == row.inner.encode() and evidence.digest(again) == row.digest,
            "digest": evidence.digest(again), "kept": row.digest}
