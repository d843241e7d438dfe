"""Verbs of assessment: add and adopt a method, run it, make the result final."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.ideas.assessment import queries
from ximu.ideas.assessment.models import Act, MethodVersion, Run
from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.assessment.services.recounting import use_records
from ximu.ideas.ledger.queries import tree
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

MUST = Text("须明确接受。", " This must be accepted.")
SETTLED = (Run.State.FINAL, Run.State.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Facts as they stood on `as_of`, as far as they were known at `known_at`."""

    as_of: date
    known_at: datetime


def add_method(text: str, *, code: str, by: Actor, at: datetime) -> MethodVersion:
    """Keep a method file that holds together. The same text again answers what is there.

    Errors: the `METH-*` of loading; `METH-VERSION` for another text under a version that exists.
    """
    by.must("assessment.method")
    method = loading.load(text)
    with transaction.atomic():
        if (before := MethodVersion.objects.filter(digest=method.digest).first()) is not None:
            return before
        if not method.version or MethodVersion.objects.filter(code=code, version=method.version).exists():
            raise Refusal("METH-VERSION", status=409, field="method.version", value=method.version, rule="new version",
                          zh="改动方法须另立版本号。", en="A changed method needs a version of its own.")
        made = MethodVersion.objects.create(code=code, version=method.version, name_zh=method.name.zh, name_en=method.name.en, text=text,
                                            digest=method.digest, added_by=by.uid, added_at=at)
        log(Act(kind="score.method", method=made, by=by.uid, at=at))
    return made


def adopt(uid: str, *, resolution: str, by: Actor, at: datetime, accept: Collection[str] = ()) -> MethodVersion:
    """Put a draft in force by a numbered resolution, which accepts what the method warns of.

    Errors: `METH-RESOLUTION`, `STATE-EDGE`; `METH-SRC`, `METH-SILENT` and other warnings that neither file nor resolution accepts.
    """
    by.must("assessment.method")
    if not resolution.strip():
        raise Refusal("METH-RESOLUTION", field="resolution", rule="required", zh="须写明决议文号。",
                      en="Name the resolution by its number.")
    row = queries.method_row(uid)
    told = [w.envelope() for w in loading.load(row.text).warnings]
    if why := _lacks("METH-SRC", told, accept):
        raise Refusal("METH-SRC", field="accept", value=why["value"], rule="owner and source", zh=why["message_zh"] + MUST.zh,
                      en=why["message_en"] + MUST.en)
    if why := _lacks("METH-SILENT", told, accept):
        raise Refusal("METH-SILENT", field="accept", value=why["value"], rule="accept", zh=why["message_zh"] + MUST.zh,
                      en=why["message_en"] + MUST.en)
    with transaction.atomic():
        done = MethodVersion.objects.filter(pk=row.pk, state=MethodVersion.State.DRAFT).update(
            state=MethodVersion.State.ADOPTED, resolution=resolution.strip()[:100])
        if not done:
            raise edge(row.state, "adopted")
        row.refresh_from_db()
        log(Act(kind="score.adopted", method=row, by=by.uid, at=at))
    return row


def run(
    uid: str, attached: str, *, period: str, clocks: Clocks, by: Actor, at: datetime, draws: int = 1000, seed: int = 0,
    accept: Collection[str] | None = None,
) -> Run:
    """Compute a period by an adopted method. Errors: `METH-DRAFT`, `SCORE-PERIOD`, `SCORE-CLOCK`, those of the engine; `METH-CLIP` for
    values beyond the goalposts unless `accept` (or the method) says so; None asks nobody.
    """
    by.must("assessment.run")
    row = queries.method_row(uid)
    if row.state == MethodVersion.State.DRAFT:
        raise Refusal("METH-DRAFT", status=409, field="method", value=row.version, rule="adopted", zh="该方法版本尚未经决议通过。",
                      en="This version of the method has not been adopted.")
    if clocks.known_at > at:
        raise Refusal("SCORE-CLOCK", field="known_at", value=clocks.known_at.isoformat(), rule="not in the future",
                      zh="“所知截至”不能晚于现在。", en="What is known cannot lie in the future.")
    with transaction.atomic():
        made = compute(row, attached, period=period, clocks=clocks, by=by, at=at, draws=draws, seed=seed)
        if accept is not None and (why := _lacks("METH-CLIP", json.loads(made.result)["warnings"], accept)):
            raise Refusal("METH-CLIP", field=why["field"], value=why["value"], rule="accept", zh=why["message_zh"] + MUST.zh,
                          en=why["message_en"] + MUST.en)
    return made


def _lacks(code: str, told: Iterable[dict[str, Any]], accept: Collection[str]) -> dict[str, Any] | None:
    """The warning that nobody accepted; a missing owner or source can only be accepted by hand."""
    return next((w for w in told if w["code"] == code and code not in accept and (code == "METH-SRC" or not w["accepted"])), None)


def compute(
    row: MethodVersion, attached: str, *, period: str, clocks: Clocks, by: Actor, at: datetime, draws: int, seed: int,
    replaces: Run | None = None,
) -> Run:
    """The computation itself. One that replaces another stays the work of who computed that one. Errors: those of `run`."""
    method = loading.load(row.text)
    data, facts = queries.gathered(method, attached, queries.asked_of(method, attached, period, (clocks.as_of, clocks.known_at)))
    with transaction.atomic():
        made = Run(method=row, period=period, as_of=clocks.as_of, known_at=clocks.known_at, log_size=tree.size(), draws=draws, seed=seed,
                   attached=attached, data=data, data_digest=loading.digest_of(data), facts=facts, run_at=at,
                   run_by=replaces.run_by if replaces else by.human, replaces=replaces.uid if replaces else "")
        made.result = frozen.outcome(method, data, queries.pins(made)).decode()
        made.digest = loading.digest_of(made.result)
        made.save()
        use_records(made, at=at)
        log(Act(kind="score.run", method=row, run=made, by=by.uid, at=at))
    return made


def compute_anew(uid: str, *, by: Actor, at: datetime) -> Run:
    """After an objection was upheld: the same method and period with what is known by now; the run objected to is replaced.

    What was delivered as a file stays as it was: a coordinator who was told of an error in it runs the period with a corrected file.
    Errors: `SCORE-NONE`, `STATE-EDGE` when the result is final, those of the engine.
    """
    row = queries.run_row(uid)
    with transaction.atomic():
        if not Run.objects.filter(pk=row.pk, state__in=[Run.State.DRAFT, Run.State.SENT]).update(state=Run.State.REPLACED):
            raise edge(row.state, "replaced")
        log(Act(kind="score.replaced", method=row.method, run=row, by=by.uid, at=at))
        return compute(row.method, row.attached, period=row.period, clocks=Clocks(row.as_of, at), by=by, at=at, draws=row.draws,
                       seed=row.seed, replaces=row)


def finish(uid: str, *, by: Actor, at: datetime) -> Run:
    """Make a draft final: by another person than computed it; one per method and period, whatever the version.

    Errors: `SCORE-TWO`, `SCORE-OPEN`, `SCORE-FINAL`, `STATE-EDGE`.
    """
    by.must("assessment.finish")
    row = queries.run_row(uid)
    if row.run_by == by.human:
        raise Refusal("SCORE-TWO", status=403, field="by", rule="second person", zh="计算人不能自己定稿。",
                      en="Who computed a result cannot make it final.")
    with transaction.atomic():
        if queries.open_objections(row):
            raise Refusal("SCORE-OPEN", status=409, field="objections", value=len(queries.open_objections(row)), rule="0",
                          zh="还有未办结的意见，不能定稿。", en="There are open objections; it cannot be made final.")
        if Run.objects.filter(method__code=row.method.code, period=row.period, state__in=SETTLED).exclude(pk=row.pk).exists():
            raise Refusal("SCORE-FINAL", status=409, field="period", value=row.period, rule="one final result",
                          zh="该考核期已有定稿。", en="The period has a final result already.")
        if not Run.objects.filter(pk=row.pk, state__in=[Run.State.DRAFT, Run.State.SENT]).update(state=Run.State.FINAL):
            raise edge(row.state, "final")
        row.refresh_from_db()
        log(Act(kind="score.final", method=row.method, run=row, by=by.uid, at=at))
    return row


def log(act: Act) -> None:
    kind, body = queries.entry_of(act)
    act.log_index = append([Entry(kind, body)], at=act.at)[0]
    act.save(force_insert=True)


def edge(before: str, after: str) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=before, rule=after, zh="现状态不能办理此事项。",
                   en="This cannot be done in the present state.")
