"""Which measures does a record call for? Proposed by itself when the record takes effect; a person says why, and sends them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.casework.services import Opening
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import ANY, Item
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action import queries
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal, initiate

PROCEDURE, YEAR = "joint_proposal", 365


def propose(number: str, *, at: datetime) -> str:
    """Draw up what the list in force relates to the record; the case, or empty where it relates nothing. Once for each version."""
    record, day = records.duties(number), clock.city_day(at)
    key = f"{record.number}:{record.version}"
    wanted = [_line(item, unit) for item in queries.proposals(record, on=day) for unit in _units(item, record, day)]
    if not wanted or cases.case_of_key(PROCEDURE, key):
        return ""
    names = "；".join(f"{w['item']} {w['name']}（{registry.name(w['unit'], as_of=day, short=True)}）" for w in wanted)
    opening = Opening(about=record.number, key=key, subject=record.subject, source=record.source, entered=record.entered,
                      values={"measures": wanted, "told": {"清单建议": names}})
    lowered = f"，效果按{record.effect_grade}" if record.effect_grade != record.grade else ""
    behaviour = f"行为：{catalogue.called(record.behaviour, record.edition).zh}，" if record.behaviour else ""  # none was delivered
    given = Given(f"{behaviour}程度{record.grade}{lowered}")
    return casework.open_case(PROCEDURE, opening=opening, given=given, by=SYSTEM, at=at, checked=True)


def _line(item: Item, unit: str) -> dict[str, Any]:
    years = int(item.period.get("years", 0)) + int(item.period.get("months", 0)) / 12
    return {"item": item.code, "name": item.name.zh, "unit": unit, "days": round((years or 1) * YEAR)}


def _units(item: Item, record: records.Duties, day: date) -> list[str]:
    """The units that the list names; where it names none, the superior of the body on record."""
    named = [unit for unit in item.implementers if unit != ANY and registry.unit(unit, as_of=day)]
    unit = registry.unit(record.subject, as_of=day)
    above = [unit.parent] if unit and unit.parent else []
    return named or above


class JointProposal:
    """Sending opens one case for each measure and unit; nothing is sent when one of them may not be."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "send":
            _chosen(case, given)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb != "send":
            return
        record, day = records.duties(case.about), clock.city_day(at)
        starts, until = _day(str(given.values.get("starts", "")), day), queries.record_until(record, on=day)
        for line in _chosen(case, given):
            ends = starts + timedelta(days=line["days"])
            wanted = Proposal(line["item"], line["unit"], starts, min(ends, until) if until else ends, given.reason,
                              str(given.values.get("decision", "")))
            initiate(case.about, wanted=wanted, by=by, at=at)


def _chosen(case: Any, given: Given) -> list[dict[str, Any]]:
    """Errors: `MEAS-NONE` for a code that was not proposed."""
    measures: list[dict[str, Any]] = case.values["measures"]
    codes = str(given.values.get("items", "")).replace("、", " ").split() or [line["item"] for line in measures]
    known = {line["item"] for line in measures}
    if strangers := sorted(set(codes) - known):
        raise Refusal("MEAS-NONE", field="items", value=strangers[0][:40], rule=" ".join(sorted(known)), zh="建议中没有这项措施。",
                      en="This measure was not proposed.")
    return [line for line in measures if line["item"] in codes]


def _day(text: str, today: date) -> date:
    return day_or_none(text, "starts") or today


