"""Procedures, courses and the handbook; what the figures of row S4 are made of; what is a person's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count

from ximu.foundation import clock, packs
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.events import queries as events
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.safeguards.s4_training import rules
from ximu.notice.safeguards.s4_training.models import Attended, Course, Handbook, Named, Procedure, Signed

HERE = Path(__file__).parent
SEE, STAFF = "s4.see", "staff"
OPENED, ENDED, HANDBOOK, COURSE, RESULTS = ("training.opened", "training.ended", "training.handbook", "training.course", "training.results")
LARGEST_BYTES = 50 << 20
KINDS = (OPENED, ENDED, HANDBOOK, COURSE, RESULTS)
HEADS = (Text("课程", "Course"), Text("举办单位", "Held by"), Text("种类", "Kind"), Text("日期", "Day"), Text("学时", "Hours"),
         Text("参训人数", "Attended"), Text("完成人数", "Completed"))
MUST_DELIVER = (("government", "district"), ("department", "municipal"))
"""Kind and level of the units that deliver their headcount."""


def pack() -> packs.Pack:
    return packs.load(HERE)


def servants(on: date, *, known_at: datetime | None = None) -> dict[str, rules.Servant]:
    """Everybody in office that day; who holds posts in two units counts where the first was taken up."""
    found: dict[str, rules.Servant] = {}
    for who, unit, since in registry.in_office(on, known_at=known_at):
        if who.uid not in found or since < found[who.uid].since:
            found[who.uid] = rules.Servant(who.uid, who.number, unit, since)
    return found


def must_deliver(on: date) -> list[str]:
    return [one.uid for kind, level in MUST_DELIVER for one in registry.units(as_of=on, kind=kind, level=level)]


def runs(period: Period) -> list[rules.Run]:
    """Each with who carries its unit's duties."""
    owner, known = registry.owners(period.as_of), period.known_at
    return [rules.Run(one.uid, f"{one.number} {one.title}", owner.get(one.unit, one.unit), one.kind, one.ends_on,
                      clock.city_day(one.ended_at) if one.ended_at and one.ended_at <= known else None, one.hires, one.checked)
            for one in Procedure.objects.filter(opened_at__lte=known).order_by("opened_on", "pk")]


def results(first: date, as_of: date, known_at: datetime) -> list[rules.Result]:
    """Of courses held in the span, as they were known then: of each person in each course the last row by that time."""
    rows = Attended.objects.filter(course__held_on__range=(first, as_of), entered_at__lte=known_at).order_by("entered_at", "pk")
    names = ("course_id", "official", "attended", "score", "course__pass_mark")
    last = {(one["course_id"], one["official"]): one for one in rows.values(*names)}
    return [rules.Result(one["official"], one["attended"], one["score"], one["course__pass_mark"]) for one in last.values()]


def _heads(period: Period) -> dict[str, tuple[date, int]]:
    """The last headcount of the year, by who carries the unit's duties: its own, or those of the units whose duties it took over."""
    own, found = dict[str, tuple[date, int]](), dict[str, tuple[date, int]]()
    for row in events.rows_of(STAFF, known_at=period.known_at, as_of=period.as_of):
        if row["as_of"].year == period.year and row["as_of"] >= own.get(row["unit"], (date.min, 0))[0]:
            own[row["unit"]] = (row["as_of"], int(row["staff"]))
    owner = registry.owners(period.as_of, own)
    for unit, (day, staff) in own.items():
        if owner[unit] == unit or owner[unit] not in own:
            found[owner[unit]] = max(day, found.get(owner[unit], (day, 0))[0]), staff + found.get(owner[unit], (day, 0))[1]
    return found


def _archives(period: Period) -> list[Line]:
    units = must_deliver(period.as_of)
    due = date(period.year, 12, 31) + timedelta(days=value_on(HERE, "staff_due_days", period.as_of))
    known = registry.book()
    return rules.archives(units, _heads(period), servants(period.as_of, known_at=period.known_at).values(), as_of=period.today, due=due,
                          names={unit: known.name_on(unit, period.as_of, "short") for unit in units})


def _handbook(period: Period) -> list[Line]:
    """The newest version whose time to be signed for is over; without one, the one that runs."""
    days = int(value_on(HERE, "handbook_days", period.as_of))
    there = list(Handbook.objects.filter(published_at__lte=period.known_at, in_force_on__lte=period.as_of).order_by("number"))
    over = [one for one in there if one.in_force_on + timedelta(days=days) < period.as_of]
    if not there:
        return []
    chosen = (over or there)[-1]
    signed = {one.official: clock.city_day(one.signed_at) for one in chosen.signed.filter(signed_at__lte=period.known_at)}
    return rules.handbook(servants(period.as_of, known_at=period.known_at).values(), signed, in_force=chosen.in_force_on, days=days,
                          as_of=period.as_of)


def lines(period: Period) -> dict[str, list[Line]]:
    inside = servants(period.as_of, known_at=period.known_at).values()
    new_days = int(pack().indicators["S4-2"].params["new_days"])
    return {
        "S4-1": _archives(period),
        "S4-2": rules.training(inside, results(period.first, period.as_of, period.known_at), as_of=period.as_of, new_days=new_days),
        "S4-3": rules.recruitment(runs(period), first=period.first, as_of=period.as_of),
        "S4-4": _handbook(period),
    }


def things(period: Period) -> list[Line]:
    """Units that are silent where others delivered, and procedures past their last day."""
    told = _archives(period)
    silent = [replace(one, kind="silence", why="") for one in told if one.state == "silent" and any(not x.why for x in told)]
    return silent + rules.overrun(runs(period), period.as_of)


def sections(period: Period, by: Actor) -> list[Section]:
    """What each course came to, without names."""
    rows, found, span = [], defaultdict[int, list[Any]](list), (period.first, period.as_of)
    for said in Attended.objects.filter(course__held_on__range=span, newest=True).values("course", "official", "attended", "score"):
        found[said.pop("course")].append(said)
    for one in (course for course in Course.objects.filter(held_on__range=span).order_by("held_on", "code") if by.can(SEE, course.unit)):
        told = [rules.Result(**kept, mark=one.pass_mark) for kept in found[one.pk]]
        rows.append((one.title, one.unit, rules.COURSES[one.kind], one.held_on, one.hours, sum(t.attended for t in told),
                     sum(t.passed for t in told)))
    return [Section(Text("课程", "Courses"), HEADS, rows, unit_column=1)]


def _found(row: Any, code: str, uid: str, zh: str, en: str) -> Any:
    if row is None:
        raise absent(code, field="uid", value=uid[:16], zh=zh, en=en)
    return row


def procedure(uid: str) -> Procedure:
    """Errors: `PROC-NONE`."""
    return _found(Procedure.objects.filter(uid=uid).first(), "PROC-NONE", uid, "个程序", "procedure")  # type: ignore[no-any-return]


def procedures(by: Actor) -> list[Procedure]:
    """Those of units for which this person acts, the newest first."""
    return [one for one in Procedure.objects.prefetch_related("named").order_by("-opened_on", "-pk") if by.can("s4.check", one.unit)]


def named(uid: str) -> Named:
    """Errors: `NAMED-NONE`."""
    row = Named.objects.select_related("procedure").filter(uid=uid).first()
    return _found(row, "NAMED-NONE", uid, "个程序所涉人员", "person of a procedure")  # type: ignore[no-any-return]


def books() -> list[Handbook]:
    return list(Handbook.objects.annotate(signatures=Count("signed")).order_by("-number"))


def book(uid: str) -> Handbook:
    """Errors: `BOOK-NONE`."""
    return _found(Handbook.objects.filter(uid=uid).first(), "BOOK-NONE", uid, "个手册版本", "version")  # type: ignore[no-any-return]


def courses() -> list[Course]:
    return list(Course.objects.order_by("-held_on", "code")[:500])


def me(by: Actor) -> str:
    """The civil servant for whom this account speaks; empty where it speaks for none."""
    mine = [unit for unit in by.units_with("s4.mine") or () if registry.official(unit)]
    return mine[0] if len(mine) == 1 else ""


def own(official: str) -> dict[str, Any]:
    """What row S4 knows of a person, for that person: courses, versions with when they were signed for, procedures."""
    signed = {one.handbook_id: one.signed_at for one in Signed.objects.filter(official=official)}
    done = Attended.objects.filter(official=official, newest=True).select_related("course").order_by("-course__held_on")
    return {
        "courses": [{"row": one.course, "passed": rules.Result(official, one.attended, one.score, one.course.pass_mark).passed,
                     "attended": one.attended, "score": one.score}
                    for one in done],
        "books": [{"row": one, "signed_at": signed.get(one.pk)} for one in books()],
        "procedures": list(Named.objects.filter(official=official).select_related("procedure").order_by("-added_at")),
    }


def opened_body(row: Procedure) -> dict[str, Any]:
    return {"procedure": row.uid, "what": row.kind, "unit": row.unit, "ends_on": str(row.ends_on)}


def ended_body(row: Procedure) -> dict[str, Any]:
    return {"procedure": row.uid, "purged": row.purged, "hires": row.hires, "checked": row.checked, "proof": row.proof}


def handbook_body(row: Handbook) -> dict[str, Any]:
    return {"handbook": row.uid, "number": row.number, "text": row.text, "in_force_on": str(row.in_force_on)}


def course_body(row: Course) -> dict[str, Any]:
    return {"course": row.uid, "code": row.code, "unit": row.unit, "held_on": str(row.held_on), "hours": row.hours,
            "pass_mark": row.pass_mark}


def results_body(course: str, digest: str, rows: int) -> dict[str, Any]:
    return {"course": course, "file": digest, "rows": rows}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about procedures, courses, files of results and versions of the handbook."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for one in Procedure.objects.filter(**span):
        yield one.log_index or 0, entry_bytes(OPENED, opened_body(one), one.opened_at), f"程序 {one.number}"
    for one in Procedure.objects.filter(end_log_index__gte=first, end_log_index__lt=last):
        yield one.end_log_index or 0, entry_bytes(ENDED, ended_body(one), one.ended_at), f"程序结束 {one.number}"
    for row in Handbook.objects.filter(**span):
        yield row.log_index or 0, entry_bytes(HANDBOOK, handbook_body(row), row.published_at), f"诚信手册第{row.number}版"
    for course in Course.objects.filter(**span):
        yield course.log_index or 0, entry_bytes(COURSE, course_body(course), course.entered_at), f"课程 {course.code}"
    for index, at, uid, digest, rows in Attended.objects.filter(**span).values_list(
            "log_index", "entered_at", "course__uid", "delivery").annotate(rows=Count("pk")).order_by("log_index"):
        yield index, entry_bytes(RESULTS, results_body(uid, digest, rows), at), f"参训报送 {uid}"


SHARES = ("S4-1", "S4-2", "S4-3", "S4-4")
AREA = Area(HERE, SEE, lines, rules.STATES, things, open_to_all=SHARES, of_people=SHARES, sections=sections,
            tabs=(("s4:procedures", Text("选任评优程序", "Procedures"), "s4.check"), ("s4:courses", Text("课程", "Courses"), SEE),
                  ("s4:handbook", Text("诚信手册", "Handbook"), SEE)))
