"""Courses, who completed them, and how many civil servants a unit has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.intake.rules.schema import read_schema
from ximu.ideas.intake.services import blocks, deliver_rows
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import must_have_been
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s4_training import queries, rules
from ximu.notice.safeguards.s4_training.models import Attended, Course

MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class NewCourse:
    code: str
    title: str
    kind: str
    hours: int
    unit: str
    held_on: date
    pass_mark: int | None = None


def open_course(new: NewCourse, *, by: Actor, at: datetime) -> str:
    """The uid. Errors: `PERM-DENIED`, `S4-KIND`, `S4-FIELD`, `TIME-FUTURE`, `ORG-ENDED`, `S4-DUP`."""
    by.must("s4.enter", new.unit)
    rules.must_be_kind(new.kind, rules.COURSES)
    rules.must_say("code", new.code, 40)
    rules.must_say("title", new.title, 200)
    if not 1 <= new.hours <= 999 or not 0 <= (new.pass_mark or 0) <= 100:
        raise Refusal("S4-FIELD", field="course", value=new.code[:40], rule="1–999 h 0–100",
                      zh="学时为1至999，及格分为0至100。",
                      en="A course has 1 to 999 hours, and a pass mark from 0 to 100.")
    must_have_been(new.held_on, clock.city_day(at), "held_on")
    registry.must_live(new.unit, new.held_on)
    try:
        with transaction.atomic():
            row = Course.objects.create(code=new.code.strip(), title=new.title.strip(), kind=new.kind, hours=new.hours, unit=new.unit,
                                        held_on=new.held_on, pass_mark=new.pass_mark, entered_at=at, entered_by=by.uid)
            row.log_index = ledger.append([Entry(queries.COURSE, queries.course_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S4-DUP", status=409, field="code", value=new.code[:40], rule="unique", zh="该编号的课程已登记。",
                      en="A course of this code is on record.") from error
    return row.uid


def deliver_results(path: Path, *, by: Actor, at: datetime) -> dict[str, Any]:
    """CSV, XLSX or JSON in the form of the data item GW-PX; good rows are kept, bad ones named without their values.

    A row of a course that is not entered is `COURSE-NONE`, of somebody who is no civil servant `OFFICIAL-NONE`, of one who was not in
    office on the day of the course `OFFICE-NONE`, a score without a test or without attendance `SCORE`. Errors: `PERM-DENIED`, every
    `FILE-*` code.
    """
    by.must("s4.enter")
    schema, digest = read_schema(queries.pack().items["GW-PX"]["schema"]), hashlib.sha256(path.read_bytes()).hexdigest()
    told: dict[str, Any] = {"rows": 0, "new": 0, "corrected": 0, "same": 0, "bad": 0, "faults": []}
    courses, office = {one.code: one for one in Course.objects.all()}, cache(queries.servants)
    numbers = {one.number: one.uid for one in registry.officials()}
    for block in blocks(path, schema, at=at):
        good, faults = dict[str, list[tuple[str, bool, int | None]]](), block.faults
        for row in block.good.iter_rows(named=True):
            if fault := _fault(row, courses, numbers, office, by):
                faults.append({"line": row["line"], "field": fault[0], "code": fault[1]})
            else:
                score = None if row["CJ"] is None else int(row["CJ"])
                good.setdefault(row["KCBH"], []).append((numbers[row["NBBH"]], row["QD"] == "是", score))
        told["rows"] += block.rows
        told["bad"] += len({one["line"] for one in faults} | block.bad_lines)
        told["faults"] += faults[:MOST_FAULTS - len(told["faults"])]
        for code, rows in good.items():
            _keep(courses[code], rows, told, digest, by=by, at=at)
    return told


def _fault(row: dict[str, Any], courses: dict[str, Course], numbers: dict[str, str], office: Any, by: Actor) -> tuple[str, str] | None:
    course = courses.get(row["KCBH"])
    if course is None or not by.can("s4.enter", course.unit):
        return "KCBH", "COURSE-NONE"
    if row["NBBH"] not in numbers:
        return "NBBH", "OFFICIAL-NONE"
    if numbers[row["NBBH"]] not in office(course.held_on):
        return "NBBH", "OFFICE-NONE"
    return ("CJ", "SCORE") if row["CJ"] is not None and (course.pass_mark is None or row["QD"] == "否") else None


@transaction.atomic
def _keep(course: Course, rows: list[tuple[str, bool, int | None]], told: dict[str, Any], digest: str, *, by: Actor, at: datetime) -> None:
    """New results, and new rows for those that changed; the last of a person in one file counts; one file after the other."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = {official: (attended, score) for official, attended, score in rows}
    before = {one.official: one for one in Attended.objects.select_for_update().filter(course=course, newest=True, official__in=last)}
    changed = {who for who, one in before.items() if (one.attended, one.score) != last[who]}
    new = [who for who in last if who not in before]
    told["same"] += len(rows) - len(changed) - len(new)
    if not changed and not new:
        return
    index = ledger.append([Entry(queries.RESULTS, queries.results_body(course.uid, digest, len(new) + len(changed)))], at=at)[0]
    Attended.objects.filter(pk__in=[before[who].pk for who in changed]).update(newest=False)
    Attended.objects.bulk_create([
        Attended(course=course, official=who, attended=last[who][0], score=last[who][1], delivery=digest, log_index=index, entered_at=at,
                 entered_by=by.uid) for who in [*new, *sorted(changed)]])
    told["new"] += len(new)
    told["corrected"] += len(changed)


def deliver_staff(path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Headcounts by unit; a clerk delivers those of the own unit. Errors: `PERM-DENIED` and those of `intake.deliver_rows`."""
    by.must("s4.enter")
    return deliver_rows(queries.STAFF, path, batch=batch, by=by, at=at, right="s4.enter")
