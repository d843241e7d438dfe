"""What was inspected is entered once, on two clocks: never before it happened; long after is kept and flagged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock, packs
from ximu.foundation.outbox import announce
from ximu.foundation.parameters import value_on
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure.rules.personal import personal_data
from ximu.ideas.intake.services import read_item
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import reason_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d10_safety import queries, rules
from ximu.notice.domains.d10_safety.hooks import DutyMissed
from ximu.notice.domains.d10_safety.models import Duty, Inspection

INSPECT = "d10.inspect"
NOON, MOST_OFFICERS, MOST_PROBLEMS = "12:00", 999, 9999
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewInspection:
    """`result` by code or its Chinese word."""

    inspected_at: datetime
    officers: int
    result: str
    problems: int = 0
    note: str = ""


@dataclass(slots=True)
class Brought:
    """What became of a file: new entries, those known before, how many are entered late, and the cells that were refused."""

    new: int = 0
    same: int = 0
    backdated: int = 0
    faults: list[Row] = field(default_factory=list)


def enter(key: str, new: NewInspection, *, content: bytes = b"", by: Actor, at: datetime) -> str:
    """Enter an inspection of a duty (uid or number); its uid. Of the file only the digest is kept.
    Errors: `PERM-DENIED`, `DUTY-NONE`, `TIME-FUTURE`, `INSP-PERIOD`, `DUTY-ENDED`, `INSP-RESULT`, `INSP-TWO`, `DISC-PII`, `INSP-DUP`,
    `CAL-NONE`."""
    row, day = queries.duty(key), clock.city_day(at)
    by.must(INSPECT, registry.owner_of(row.unit, day))
    result = rules.code_of(rules.RESULTS, new.result)
    _must_be_possible(row, new, result, at)
    late = max(cases.calendar().count(clock.city_day(new.inspected_at), day) - int(value_on(queries.HERE, "entry_days", day)), 0)
    try:
        with transaction.atomic():
            made = Inspection.objects.create(
                duty=row, inspected_at=new.inspected_at, entered_at=at, officers=new.officers, result=result, problems=new.problems,
                note=new.note.strip(), evidence=hashlib.sha256(content).hexdigest() if content else "", late_days=late, backdated=late > 0,
                enterer=by.human)
            [index] = ledger.append([Entry(queries.INSPECTED, queries.inspected_body(made))], at=at)
            Inspection.objects.filter(pk=made.pk).update(log_index=index)
    except IntegrityError as error:
        raise Refusal("INSP-DUP", status=409, field="inspected_at", value=_said(new.inspected_at), rule=row.number,
                      zh="该任务在这一时间的检查已经登记。", en="An inspection of this duty at that time is on record.") from error
    return made.uid


def _said(moment: datetime) -> str:
    return moment.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M")


def _must_be_possible(row: Duty, new: NewInspection, result: str, at: datetime) -> None:
    if new.inspected_at > at:
        raise Refusal("TIME-FUTURE", field="inspected_at", value=_said(new.inspected_at), rule=f"≤ {_said(at)}",
                      zh=f"检查时间{_said(new.inspected_at)}晚于服务器时间{_said(at)}，检查尚未发生，不能登记。",
                      en=f"The inspection ({_said(new.inspected_at)}) lies after the server's time ({_said(at)}): it has not happened.")
    on = clock.city_day(new.inspected_at)
    if on < row.first:
        raise Refusal("INSP-PERIOD", field="inspected_at", value=on.isoformat(), rule=f"≥ {row.first}",
                      zh=f"检查日期早于该任务的期间（{row.first}起）。", en=f"The day lies before the duty's period ({row.first}).")
    if row.ended_on:
        raise Refusal("DUTY-ENDED", status=409, field="duty", value=row.number, rule=str(row.ended_on), zh="该任务已经终止。",
                      en="The duty has ended.")
    if not result or (result == "found") != (new.problems > 0) or new.problems > MOST_PROBLEMS:
        raise Refusal("INSP-RESULT", field="result", value=new.result[:20], rule=" ".join(one.zh for one in rules.RESULTS.values()),
                      zh="结果应为未发现问题、发现问题、未能检查之一；发现问题的，问题数应大于0，其他为0。",
                      en="A result is one of the list; problems are counted where some were found, and only there.")
    least = int(value_on(queries.HERE, "least_officers", on))
    if not least <= new.officers <= MOST_OFFICERS:
        raise Refusal("INSP-TWO", field="officers", value=new.officers, rule=f"{least}–{MOST_OFFICERS}",
                      zh=f"执法人员不得少于{least}人（行政处罚法），不得多于{MOST_OFFICERS}人。",
                      en=f"An inspection needs at least {least} officers (law on administrative penalties), at most {MOST_OFFICERS}.")
    if hits := personal_data(new.note):
        raise Refusal("DISC-PII", field="note", value="", rule=hits[0].kind, zh=f"说明中疑有{hits[0].name.zh}，请删去个人信息。",
                      en=f"The note seems to hold a {hits[0].name.en}; leave personal data out.")


def enter_many(path: Path, *, by: Actor, at: datetime) -> Brought:
    """Inspections of a file (columns of item AQ-JC); good rows are kept, each bad cell is named. Errors: `PERM-DENIED`, every `FILE-*`."""
    by.must(INSPECT)
    rows, faults = read_item(path, packs.load(queries.HERE).items["AQ-JC"]["schema"], at=at)
    done = Brought(faults=faults)
    for row in rows:
        try:
            made = enter(row["number"], _of(row, at), by=by, at=at)
            done.new += 1
            done.backdated += queries.inspection(made).backdated
        except Refusal as refusal:
            done.same += refusal.code == "INSP-DUP"
            if refusal.code != "INSP-DUP":
                done.faults.append({"line": row["line"], "field": refusal.field, "value": str(refusal.value or "")[:40],
                                    "code": refusal.code, "zh": refusal.zh, "en": refusal.en})
    done.faults.sort(key=lambda one: one["line"])
    return done


def _of(row: Row, at: datetime) -> NewInspection:
    """A row without an hour is of noon, or of the first moment of the day when noon has not come."""
    moment = datetime.combine(row["day"], time.fromisoformat(row["clock"] or NOON), tzinfo=clock.CITY)
    if not row["clock"] and moment > at:
        moment = clock.start_of(row["day"])
    return NewInspection(moment, int(row["officers"]), row["result"], int(row["problems"] or 0), row["note"] or "")


def withdraw(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """A wrong entry stops counting from now on and stays visible; by another person than entered it.
    Errors: `PERM-DENIED`, `INSP-NONE`, `DUAL`, `REASON`, `STATE-EDGE`."""
    row = queries.inspection(uid)
    by.must(INSPECT, registry.owner_of(row.duty.unit, clock.city_day(at)))
    if row.enterer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="录入人不能自己撤回录入。",
                      en="Who entered it does not withdraw it.")
    why = reason_of(reason)
    with transaction.atomic():
        if not Inspection.objects.filter(pk=row.pk, voided_at=None).update(voided_at=at, void_reason=why):
            raise Refusal("STATE-EDGE", status=409, field="inspection", value=uid, rule="once", zh="该录入已经撤回。",
                          en="The entry was withdrawn before.")
        ledger.append([Entry("safety.withdrawn", {"inspection": uid, "by": by.uid})], at=at)


def find_missed(*, by: Actor = SYSTEM, at: datetime) -> int:
    """Duties that are judged by today and that nobody did: each is said once, and goes the way of all leads. Run every day."""
    day = clock.city_day(at)
    waiting = Duty.objects.filter(judged_on__lte=day, missed_at=None, ended_on=None)

    def told(one: queries.Listed) -> bool:
        if Duty.objects.filter(pk=one.row.pk, missed_at=None).update(missed_at=at):
            one.row.missed_at = at
            [index] = ledger.append([Entry(queries.MISSED, queries.missed_body(one.row))], at=at)
            Duty.objects.filter(pk=one.row.pk).update(log_index=index)
            announce(_told(one), at=at)
        return True
    return apart.each("duties", [one for one in queries.listed(waiting, as_of=day, known_at=at) if one.line.state == "missed"], told)


def _told(one: queries.Listed) -> DutyMissed:
    row = one.row
    words = (f"{queries.title_of(row)}：期间{row.first}至{row.due}，到期后{int(value_on(queries.HERE, 'entry_days', row.due))}个工作日内"
             f"没有录入检查记录（判定日{row.judged_on}）。")
    return DutyMissed(one.unit, f"监管任务逾期未履行：{row.category}{rules.MODES[row.mode].zh}"[:120], words[:4000], row.number[:60])
