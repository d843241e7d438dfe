"""How does a measure begin? Proposed to one implementing unit, under the list, related, proportionate, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, may_begin
from ximu.ideas.casework.services import Opening
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action import queries
from ximu.notice.mechanisms.m2_joint_action.rules import Wanted, cap_code, may_measure

PUNISHES = "breach"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which measure of the application list, by whom, from when until when, and why."""

    item: str
    unit: str
    starts: date
    ends: date
    reason: str
    decision: str = ""


@transaction.atomic
@asks_gate("measure")
def initiate(number: str, *, wanted: Proposal, by: Actor, at: datetime) -> str:
    """Send a measure to a unit; the case.

    Errors: `PERM-DENIED`, `DISC-EARLY`, `EFFECT-DEAD`, `LIST-NONE`, `LIST-ULTRA`, `LIST-APPLY`, `MEAS-END`, `MEAS-DUP`, `MEAS-CAP`,
    `REASON`.
    """
    records.must_reach(number, "joint.initiate", by)
    record, day = records.duties(number), clock.city_day(at)
    item = gate(wanted.item, use="measure", on=day, unit=wanted.unit, behaviour=record.behaviour)
    may_begin("measure", record.state)
    others = queries.running(record.number)
    if any(case.values.get("item") == wanted.item and case.source == wanted.unit for case in others):
        raise Refusal("MEAS-DUP", status=409, field="item", value=wanted.item, rule=record.number, zh="该记录已有同一单位的同类措施在办。",
                      en="The same measure by the same unit is under way for this record.")
    cap = cases.terms().on(cap_code(record.effect_grade), day).value
    may_measure(Wanted(wanted.starts, wanted.ends, queries.record_until(record, on=day), item.direction == PUNISHES, len(others), cap,
                       wanted.decision, wanted.reason))
    values = {"item": wanted.item, "edition": item.edition, "starts": wanted.starts.isoformat(), "ends": wanted.ends.isoformat(),
              "direction": item.direction,
              "told": {"措施": item.name.zh, "清单": f"{wanted.item}，{item.edition}版", "起止": f"{wanted.starts}至{wanted.ends}",
                       **({"专门决定": wanted.decision.strip()} if wanted.decision.strip() else {})}}
    opening = Opening(about=record.number, key=f"{record.number}:{wanted.item}:{wanted.unit}", subject=record.subject, source=wanted.unit,
                      entered=record.entered, values=values)
    return casework.open_case("joint_action", opening=opening, given=Given(wanted.reason), by=by, at=at, checked=True)
