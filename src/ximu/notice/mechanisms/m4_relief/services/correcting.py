"""How does a body correct itself? It reports what nobody knew and puts it right; verified, a later record has lower effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening, Upload
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.records import queries as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.models import Mitigation, SelfReport

PROCEDURE = "self_report"
BEFORE_EFFECT = ("checked", "notified", "disputed")
LOWER = {Mitigation.Cause.SELF: "SELF-LOWER", Mitigation.Cause.PANEL: "PANEL-LOWER"}


@dataclass(frozen=True, slots=True)
class Act:
    """What the subject did against its word: which behaviour of the list, on which day."""

    subject: str
    behaviour: str
    act_on: date


@transaction.atomic
def report_oneself(act: Act, *, reason: str, files: Sequence[Upload], by: Actor, at: datetime) -> str:
    """The case. Whether it came before anybody knew is judged when it is verified, so that nobody can try out what is known.

    Errors: `SUBJ-NOT`, `TIME-FUTURE`, `LIST-NONE`, `REASON`, `EVID-DIGEST` without a paper that shows the correction, `CASE-DUP`.
    """
    if not any(g.unit == act.subject and "relief.object" in g.permissions for g in by.grants):
        raise Refusal("SUBJ-NOT", status=403, field="by", value=act.subject, rule="本人", zh="只有本单位（本人）可以主动报告。",
                      en="Only the body itself (the civil servant) can report itself.")
    if act.act_on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="act_on", value=act.act_on.isoformat(), rule="≤ 今天", zh="行为日期在今天之后。",
                      en="The day of the act lies in the future.")
    item = catalogue.item(act.behaviour, on=act.act_on)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule=PROCEDURE, zh="请写明事实和纠正情况。",
                      en="Say what happened and how it was put right.")
    if not files:
        raise Refusal("EVID-DIGEST", field="files", value="", rule=PROCEDURE, zh="须附已经纠正的材料。",
                      en="A paper that shows the correction is needed.")
    told = {"行为": f"{act.behaviour} {item.name.zh}", "行为日期": act.act_on.isoformat()}
    opening = Opening(key=f"{act.subject}:{act.behaviour}:{act.act_on}", subject=act.subject, values={"told": told})
    case = casework.open_case(PROCEDURE, opening=opening, given=Given(reason), files=files, by=by, at=at, checked=True)
    SelfReport.objects.create(case=case, subject=act.subject, behaviour=act.behaviour, act_on=act.act_on, reported_at=at)
    return case


def verify(case: str, *, at: datetime) -> int:
    """It is true and put right: records of the act that came later have lower effects; how many there are already."""
    SelfReport.objects.filter(case=case).update(verified=True)
    found = queries.self_report(case)
    return sum(lower_for_self_report(number, at=at) for number in records.about(found.subject, found.behaviour, found.act_on))


def lower_for_self_report(number: str, *, at: datetime) -> bool:
    """A verified self-report that came before the platform knew of the act lowers the effects of its record."""
    reports = queries.self_reports_on(records.duties(number))
    return bool(reports) and mitigate(number, Mitigation.Cause.SELF, reports[0].case, at=at)


def on_moved(event: RecordsMoved, *, at: datetime) -> None:
    """Wired to the records' announcement: a record that was checked meets the self-reports that came before it."""
    for number, (_, state) in records.states_of(event.numbers).items():
        if state in BEFORE_EFFECT:
            lower_for_self_report(number, at=at)


def mitigate(number: str, cause: str, case: str, *, at: datetime) -> bool:
    """By as many grades as the parameter of the day says; the same cause counts once."""
    steps = cases.terms().on(LOWER[Mitigation.Cause(cause)], clock.city_day(at)).value
    return Mitigation.objects.get_or_create(number=number, cause=cause, defaults={"case": case, "steps": steps, "at": at})[1]
