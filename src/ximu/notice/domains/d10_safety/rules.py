"""Who must inspect what by when, was it done, how grave was an accident? Plain values in; every row comes out with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line
from ximu.kernel.words import Text
from ximu.kernel.workdays import Calendar

FIELDS = {"food": Text("食品", "food"), "drug": Text("药品", "drugs"), "production": Text("生产安全", "work safety"),
          "quality": Text("产品质量", "product quality"), "equipment": Text("特种设备", "special equipment")}
MODES = {"inspect": Text("检查", "inspection"), "sample": Text("抽检", "sampling")}
EVERY = {"month": Text("每月", "monthly"), "quarter": Text("每季", "quarterly"), "half": Text("每半年", "half-yearly"),
         "year": Text("每年", "yearly")}
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
RESULTS = {"clean": Text("未发现问题", "nothing found"), "found": Text("发现问题", "problems found"),
           "failed": Text("未能检查", "could not be inspected")}
GROUNDS = {"closed": Text("对象注销、停业或拆除", "the object is gone"), "moved": Text("对象移交其他单位监管", "it went to another unit"),
           "law": Text("法律法规、上级决定变更", "the law or a superior decided otherwise")}
GRADES = {"minor": Text("一般事故", "ordinary"), "larger": Text("较大事故", "larger"), "major": Text("重大事故", "major"),
          "gravest": Text("特别重大事故", "gravest")}
STATES = {
    "done": Text("按期履行", "done in time"), "late": Text("逾期履行", "done late"),
    "backdated": Text("到期后补录", "entered after it had run out"),
    "missed": Text("逾期未履行", "missed"), "open": Text("未到期", "not due yet"), "ended": Text("已终止", "ended"),
    "entering": Text("录入期内", "may still be entered"),
    "overdue": Text("逾期", "overdue"), "closed": Text("按期完成", "completed in time"), "closed-late": Text("逾期完成", "completed late"),
    "passed": Text("合格", "passed"), "running": Text("期限内", "term runs"),
    "veto": Text("较大以上责任事故", "larger accident, somebody answers"), "minor": Text("一般事故", "ordinary accident"),
    "no-fault": Text("非责任事故", "nobody answers"), "pending": Text("责任待认定", "not determined yet"),
    "none": Text("零报告", "none, attested"), "told": Text("已报送", "delivered"), "silent": Text("未报送", "not delivered"),
    "apart": Text("起数不符", "numbers differ"), "level": Text("起数相符", "numbers agree"),
}


def code_of(words: Mapping[str, Text], zh: str) -> str:
    """The code of a Chinese word; a code stays what it is; empty for what is neither."""
    return next((code for code, text in words.items() if zh in (code, text.zh)), "")


@dataclass(frozen=True, slots=True)
class Slot:
    """A period of a duty: its first day, the day on which it runs out, and the day on which it is judged."""

    turn: int
    first: date
    due: date
    judged_on: date


def slots(year: int, every: str, *, calendar: Calendar, entry_days: int, since: date) -> list[Slot]:
    """The periods of a year by frequency; the last day of a period that is no working day rolls to the next one.

    A period that had run out before the plan was adopted (`since`) makes no duty. Errors: `CAL-NONE`.
    """
    return [Slot(turn, first, due, calendar.due(due, entry_days).day + timedelta(days=1))
            for turn, (first, due) in enumerate(calendar.turns(year, MONTHS[every]), 1) if due >= since]


@dataclass(frozen=True, slots=True)
class Seen:
    """An inspection by its two days. One that could not be carried out fulfils nothing."""

    on: date
    entered_on: date
    fulfils: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    uid: str
    title: str
    unit: str
    first: date
    due: date
    judged_on: date
    ended_on: date | None = None
    seen: tuple[Seen, ...] = ()
    link: str = ""


def judged(task: Task, first: date, as_of: date) -> Line:
    """A duty in a year: done in time when an inspection of its period was entered before it is judged. What was entered later, of a day
    before, stands apart: it is neither missed nor done in time."""
    state, late = _state(task, as_of)
    why = "ended" if state == "ended" else "not-due" if task.judged_on > as_of else "other-year" if task.judged_on < first else ""
    last = max((one.on for one in task.seen if one.fulfils), default=None)
    return Line(task.uid, task.title, task.unit, "duty", state, part=Decimal(state == "done" and not why), why=why, late_days=late,
                on=last, words=Text(f"到期日{task.due}", f"due {task.due}"), link=task.link)


def _state(task: Task, as_of: date) -> tuple[str, int]:
    if task.ended_on and task.ended_on <= as_of:
        return "ended", 0
    done = [one for one in task.seen if one.fulfils and task.first <= one.on <= as_of and one.entered_on <= as_of]
    timely = [one for one in done if one.on <= task.due]
    if any(one.entered_on < task.judged_on for one in timely):
        return "done", 0
    if done:
        on = min(one.on for one in done)
        return ("backdated", (min(one.entered_on for one in timely) - task.due).days) if timely else ("late", (on - task.due).days)
    if as_of >= task.judged_on:
        return "missed", (as_of - task.due).days
    return "entering" if as_of > task.due else "open", 0


def grade_of(deaths: int, injured: int, loss: Decimal, scale: Mapping[str, tuple[int, int, int]]) -> str:
    """The gravest grade that one of the three reaches. `scale`: grade → least deaths, injured, loss (10 000 yuan)."""
    for grade in ("gravest", "major", "larger"):
        if any(value >= least for value, least in zip((deaths, injured, loss), scale[grade], strict=True)):
            return grade
    return "minor"


Row = Mapping[str, Any]


def accidents(rows: Iterable[Row], years: Iterable[Row], first: date, as_of: date, scales: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """D10-5: larger accidents for which somebody answers, by the day of the accident; a unit that attests none has a line of zero.

    `scales`: number of the accident → the scale of its day.
    """
    found = []
    for row in rows:
        grade = grade_of(int(row["deaths"]), int(row["injured"]), row["loss"], scales[row["accident"]])
        open_, other = row["responsible"] == "待认定", not first <= row["occurred_on"] <= as_of
        answers = "pending" if open_ else "" if row["responsible"] == "是" else "no-fault"
        why = "other-year" if other else "minor" if grade == "minor" else answers
        state = why if why in ("minor", "pending", "no-fault") else "told" if why else "veto"
        found.append(Line(row["accident"], f"{GRADES[grade].zh} {row['accident']}", row["unit"], "accident", state, Decimal(not why),
                          why=why, on=row["occurred_on"],
                          words=Text(f"死亡{row['deaths']}人、重伤{row['injured']}人", f"{row['deaths']} dead, {row['injured']} injured")))
    return found + [Line(f"{row['unit']}-{row['year']}", f"{row['year']}年度零报告", row["unit"], "year", "none", on=row["as_of"])
                    for row in years if row["accidents"] == 0 and row["year"] == first.year]


def rates(rows: Sequence[Row], years: Iterable[Row], first: date, as_of: date, *, base: str, field: str = "") -> list[Line]:
    """D10-1, D10-6: deaths in accidents of a unit over its yearly `base`; a unit without yearly data is missing, never zero."""
    here = [row for row in rows if first <= row["occurred_on"] <= as_of and (not field or row["field"] == field)]
    told = {row["unit"]: row for row in years if row["year"] == first.year and row[base] is not None}
    found = []
    for unit in dict.fromkeys([*told, *(row["unit"] for row in here)]):
        deaths = sum((Decimal(int(row["deaths"])) for row in here if row["unit"] == unit), Decimal(0))
        whole = _whole(told.get(unit), base)
        why = "missing" if unit not in told else "" if whole else "no-base"
        state = "told" if unit in told else "silent"
        found.append(Line(f"{unit}-{first.year}-{base}", f"{first.year}年度", unit, "year", state, deaths, whole, why,
                          words=Text(f"死亡{int(deaths)}人", f"{int(deaths)} dead")))
    return found


def _whole(row: Row | None, base: str) -> Decimal:
    """In hundreds of 100 million yuan, or in tens of thousands of pieces."""
    return Decimal(row[base]) / (10_000 if base == "equipment" else 100) if row else Decimal(0)


def told_apart(rows: Iterable[Row], years: Iterable[Row], year: int) -> list[Line]:
    """Does the number of accidents that a unit tells for a year agree with those on record?"""
    here = Counter(row["unit"] for row in rows if row["occurred_on"].year == year)
    return [Line(f"{row['unit']}-{year}", f"{year}年度", row["unit"], "year", "level" if row["accidents"] == here[row["unit"]] else "apart",
                 words=Text(f"报送{int(row['accidents'])}起，登记{here[row['unit']]}起",
                            f"{int(row['accidents'])} told, {here[row['unit']]} on record"))
            for row in years if row["year"] == year]
