"""How does a case open and move? Only along its declaration; state, holder, clock, step and consequences in one transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.outbox import announce
from ximu.ideas.casework import queries
from ximu.ideas.casework.hooks import CaseMoved
from ximu.ideas.casework.models import Case
from ximu.ideas.casework.queries.cases import row
from ximu.ideas.casework.rules import Given, Move, Procedure, decide, must_choose
from ximu.ideas.casework.services import clocks, steps
from ximu.ideas.casework.services.conduct import conduct_of
from ximu.ideas.casework.services.effects import resume_effects
from ximu.ideas.casework.services.files import Upload, attach
from ximu.ideas.records.rules import draw
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case is about. `key` lets one matter have one open case; empty: as many as come."""

    about: str = ""
    key: str = ""
    subject: str = ""
    source: str = ""
    office: str = ""
    entered: str = ""
    parent: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def _number() -> str:
    return next(iter(draw(os.urandom(64))))


def _duplicate(procedure: Procedure, key: str) -> None:
    found = Case.objects.filter(procedure=procedure.code, key=key, closed_at=None).first() if key else None
    if found is not None:
        raise Refusal("CASE-DUP", status=409, field="key", value=found.number, rule=procedure.code, extra={"case": found.uid},
                      zh=f"同一事项已有在办的“{procedure.name.zh}”（{found.number}），请并入该件办理。",
                      en=f"The same matter has an open case “{procedure.name.en}” ({found.number}); join that one.")


def open_case(
    code: str, *, opening: Opening, by: Actor, at: datetime, given: Given | None = None, files: Sequence[Upload] = (),
    checked: bool = False,
) -> str:
    """Open a case; its uid. `checked`: the calling room has asked for the right and the conditions already.

    Errors: `PROC-NONE`, `PERM-DENIED`, `CASE-DUP`, `CAL-NONE`.
    """
    made, given = queries.procedure(code), given or Given()
    if not checked:
        by.must(made.opens or "casework.open_any")
    state, day = made.states[made.start], clock.city_day(at)
    with transaction.atomic():
        _duplicate(made, opening.key)
        case = Case(
            number=_number(), procedure=code, state=made.start, about=opening.about, key=opening.key, subject=opening.subject,
            source=opening.source, office=opening.office or queries.office() or by.unit or "", entered=opening.entered,
            opened_by=by.human, opener=by.unit or "", parent=opening.parent or None, values=opening.values, opened_at=at,
        )
        case.holder = queries.parties(case, on=day).unit_of(state.holder)
        try:
            with transaction.atomic():
                case.save()
        except IntegrityError:
            _duplicate(made, opening.key)
            raise
        digests = attach(case, files, by=by, at=at)
        if state.limit:
            proof_on = day if given.proof.strip() else None
            Case.objects.filter(pk=case.pk).update(due=clocks.start(case, state.limit, proof_on=proof_on, day=day))
        detail = {**_said(given), "files": [*given.files, *digests]}
        steps.write([steps.Done(case, "open", "", made.start, detail)], by=by, at=at)
        announce(CaseMoved(case.uid, code, "open", "", made.start, case.about), at=at)
    return case.uid


def open_or_join(code: str, *, opening: Opening, given: Given, by: Actor, at: datetime) -> str:
    """What opens by itself: the new case, or the open one of the same matter; empty where no calendar knows the year.

    The calling room has asked for the right and the conditions.
    """
    try:
        return open_case(code, opening=opening, given=given, by=by, at=at, checked=True)
    except Refusal as refusal:
        if refusal.code not in {"CASE-DUP", "CAL-NONE"}:
            raise
        return str(refusal.extra.get("case", ""))


def _said(given: Given) -> dict[str, Any]:
    said = {"reason": given.reason.strip(), "ground": given.ground.strip(), "proof": given.proof.strip()}
    values = {name: value for name, value in given.values.items() if value not in ("", None)}
    return {**{name: words for name, words in said.items() if words}, **({"values": values} if values else {})}


def move(uid: str, verb: str, *, by: Actor, at: datetime, given: Given | None = None, files: Sequence[Upload] = ()) -> str:
    """Make a move; the new state.

    Errors: `CASE-NONE`, `STATE-EDGE`, `STATE-RACE`, `PERM-DENIED`, `DUAL`, `CONFLICT`, `REASON`, `EVID-DIGEST`, `NOTICE-NONE`,
    `GROUND-NONE`, `VALUE-CHOICE`, `CLOCK-PAST`, and those of the room that declares the procedure.
    """
    given = given or Given()
    with transaction.atomic():
        case = row(uid)
        made, parties = queries.procedure(case.procedure), queries.parties(case, on=clock.city_day(at))
        whole = Given(given.reason, given.ground, given.proof, (*given.files, *(f.digest for f in files)), given.values)
        step = decide(made, case.state, verb, actor=by, parties=parties, given=whole)
        if conduct := conduct_of(case.procedure):
            conduct.before(case, step, whole, by=by, at=at)
        must_choose(step, whole)
        before = case.state
        _advance(case, made, step, whole, by=by, at=at)
        attach(case, files, by=by, at=at)
        detail = {**_said(whole), **({"files": list(whole.files)} if whole.files else {})}
        steps.write([steps.Done(case, verb, before, step.target, detail, step.decides)], by=by, at=at)
        if conduct:
            conduct.after(case, step, whole, by=by, at=at)
        announce(CaseMoved(uid, case.procedure, verb, before, step.target, case.about), at=at)
    return step.target


def _advance(case: Case, made: Procedure, step: Move, given: Given, *, by: Actor, at: datetime) -> None:
    """The cursor moves by conditional update; the clock follows."""
    day, before, target = clock.city_day(at), case.state, made.states[step.target]
    changed = step.target != before
    rule = target.holder if changed else "keep"
    holder = queries.parties(case, on=day).unit_of(rule) or case.holder
    moved = Case.objects.filter(pk=case.pk, state=before, closed_at=None).update(
        state=step.target, holder=holder, person="" if holder != case.holder else case.person, closed_at=at if target.final else None,
        values={**case.values, **given.values},
    )
    if not moved:
        raise steps.lost_race(case, step.verb)
    due = clocks.follow(case, made, step, given, day=day)
    lifted = changed and case.paused
    Case.objects.filter(pk=case.pk).update(due=due, **({"late": False, "paused": False} if changed else {}))
    case.refresh_from_db()
    if lifted and case.about:
        resume_effects(case.about)
