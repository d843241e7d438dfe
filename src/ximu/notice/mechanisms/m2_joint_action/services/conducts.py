"""What follows from a response: the effect's line is written, stopped by order, and confirmed by the unit that carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ximu.foundation import apart, clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.queries import EffectRow
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.records import queries as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.ideas.records.rules import ENDED, LIVE
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action.services.proposing import JointProposal, propose
from ximu.notice.mechanisms.m2_joint_action.services.raising import rectify_record

ENDS_WITH_RECORD = {"sent": "cancel", "signed": "cancel", "proposed": "drop"}
ACCEPTS = ("accept", "accept_part")
GONE = Given("所依据的记录不再有效", ground="not_related")


def _writer(by: Actor) -> Actor:
    """The responding person, writing the line that the response makes necessary."""
    return replace(by, grants=(*by.grants, Grant("m2_joint_action", frozenset({"casework.effects"}))))


class JointAction:
    """A measure is an effect of the record; nothing is fed back for one that has lost its ground."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        live = records.duties(case.about).state in LIVE
        if move.verb in (*ACCEPTS, "feed_back") and not live:
            raise Refusal("MEAS-STOPPED", status=409, field="state", value=case.about, rule="记录有效",
                          zh="所依据的记录已不再有效，措施应当停止。",
                          en="The record beneath has lost its effect; the measure must stop.")
        if move.verb == "accept_part" and not str(given.values.get("scope", "")).strip():
            raise Refusal("MEAS-SCOPE", field="scope", value="", rule="部分采纳", zh="部分采纳须写明采纳的部分。",
                          en="Say which part is accepted.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb in ACCEPTS:
            casework.add_effect(case.about, kind="measure", target=case.uid, unit=case.source, edition=case.values["edition"],
                                policy=case.values["item"], by=_writer(by), at=at)
        elif move.verb == "confirm_lift":
            for line in cases.effects_of(case.about):
                if line.target == case.uid and line.state in ("stopping", "open"):
                    casework.confirm_stop(line.uid, receipt=f"{case.number} {given.reason}", by=_writer(by), at=at)


def stop_measure(line: EffectRow) -> str:
    """Asked by the ledger of effects: order the unit to lift. The receipt comes with its feedback, so none is given here."""
    case = cases.case_for(line.target)
    if case.state in ("accepted", "in_force"):
        casework.move(case.uid, "lift", by=SYSTEM, at=line.stopping_at or case.opened_at)
    return "" if case.state != "lifted" else f"{case.number} 已解除"


def on_moved(event: RecordsMoved, *, at: datetime) -> None:
    """Wired to the records: one that takes effect is proposed for; what was only proposed for one that has ended is cancelled at once."""
    if event.after == "effective":
        for number in event.numbers:
            propose(number, at=at)
            rectify_record(number, at=at)
    if event.after in ENDED:
        for number in event.numbers:
            for case in cases.open_cases(("joint_action", "joint_proposal"), about=number):
                if case.state in ENDS_WITH_RECORD:
                    casework.move(case.uid, ENDS_WITH_RECORD[case.state], given=GONE, by=SYSTEM, at=at)


def end_due(*, at: datetime) -> int:
    """Measures whose last day has passed are ordered to stop by themselves; run every day."""
    day = clock.city_day(at)

    def ended(case: Any) -> int:
        if date.fromisoformat(case.values["ends"]) >= day:
            return 0
        lines = [line.uid for line in cases.effects_of(case.about) if line.target == case.uid]
        return sum(casework.end_effect(uid, cause="expired", at=at) for uid in lines)

    return apart.each("measures", [c for c in cases.open_cases(("joint_action",)) if c.state in ("accepted", "in_force")], ended)


CONDUCTS = {"joint_action": JointAction(), "joint_proposal": JointProposal()}
