"""How does notice begin? From a checked record that is not barred; it tells facts, basis, effects to come and remedies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.services.correcting import lower_for_self_report

SIGNED = "本人在系统内签收"


def opening_for(record: records.Duties, key: str, **values: Any) -> Opening:
    """A case about a record, with those who must be kept apart."""
    return Opening(about=record.number, key=key, subject=record.subject, source=record.source, entered=record.entered, values=values)


def _named(record: records.Duties) -> str:
    """The behaviour by code and name, as the list of its day has it."""
    listed = next((i for i in catalogue.items("behaviour", on=record.event_date) if i.code == record.behaviour), None)
    return f"{record.behaviour} {listed.name.zh}" if listed else record.behaviour


def _told(record: records.Duties, at: datetime) -> dict[str, str]:
    """What the letter says: facts, basis, effects and how long."""
    day = clock.city_day(at)
    years = records.parameters().on("retention_years", day)["value"]
    measures = "、".join(e.name.zh for e in queries.effects_to_come(record, on=record.event_date)) or "无"
    lowered = record.effect_grade if record.effect_grade != record.grade else ""
    facts = {"文书": f"{record.authority} {record.document_number}".strip(), "行为": _named(record), "程度": record.grade,
             "效果适用程度": lowered,
             "发生日期": record.event_date.isoformat(), "清单": f"{record.item}，{record.edition}版", "生效后可能采取的措施": measures,
             "查询期限": f"自行为终止之日起{years}年"}
    return {name: words for name, words in facts.items() if words}


def open_notice(number: str, *, by: Actor, at: datetime) -> str:
    """Draw up the notice of a checked record; the case.

    Errors: `PERM-DENIED`, `REC-NONE`, `STATE-EDGE`, `EXM-BAR` for a fact that was exempted,
    `EXM-ASK` until the grounds of exemption were examined, `CASE-DUP`.
    """
    records.must_reach(number, "records.notify", by)
    record = records.duties(number)
    if case := queries.barred(record):
        raise Refusal("EXM-BAR", status=409, field="number", value=record.number, rule=case,
                      zh="该事实已作出免责决定，任何单位不得再次记录。",
                      en="This fact was exempted; nobody may enter it again.")
    if record.state != "checked":
        raise Refusal("STATE-EDGE", status=409, field="state", value=record.state, rule="checked → notified",
                      zh="只有已核的记录可以告知。", en="Only a checked record can be notified.")
    if record.number in records.unexamined([record.number], on=clock.city_day(at)):
        raise records.not_examined(record.number)
    if lower_for_self_report(record.number, at=at):
        record = records.duties(number)
    opening = opening_for(record, f"{record.number}:{record.version}", told=_told(record, at))
    return casework.open_case("notice", opening=opening, by=by, at=at, checked=True)


def sign(case: str, *, by: Actor, at: datetime) -> str:
    """The subject signs for the notice inside the system: that is the proof of delivery."""
    return casework.move(case, "sign", given=Given(proof=SIGNED), by=by, at=at)
