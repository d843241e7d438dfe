"""Which lines stand behind D03-1 to D03-4, and which single things are warned of? Rows as known in, every row out with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ximu.ideas.areas.rules import Line
from ximu.kernel.words import Text
from ximu.notice.domains.d03_tendering.rules.terms import NAMES, Duty, Judge, Row, dispute_duties, finished, out_of_time, section_duties

ONE, NONE = Decimal(1), Decimal(0)
STATES = {
    "kept": Text("符合", "kept"), "late": Text("逾期", "late"), "open": Text("未到期", "not due yet"),
    "short": Text("时间不足", "too short"),
    "high": Text("超过上限", "too high"), "unpaused": Text("未暂停", "not paused"), "confirmed": Text("已认定", "confirmed"),
    "pending": Text("核查中", "under inquiry"), "unfounded": Text("不成立", "unfounded"), "withdrawn": Text("已撤销、撤回", "withdrawn"),
    "out": Text("超出投诉时效", "complained too late"), "shown": Text("已公开", "shown"),
    "unshown": Text("逾期未公开", "not shown in time"),
    "used": Text("已使用", "used"), "unused": Text("未使用", "not used"), "left": Text("不在范围", "outside"),
    "revoked": Text("使用后被撤销", "revoked after its use"), "void": Text("使用时已属无效", "worth nothing at its use"),
}
SHOWN = {"candidates": Text("中标候选人", "candidates"), "result": Text("中标结果", "result"), "contract": Text("合同信息", "contract"),
         "decision": Text("投诉处理决定", "decision on a complaint")}


@dataclass(frozen=True, slots=True)
class Used:
    """A report used in a section; `state` as `standing.since_use` tells it on the day."""

    uid: str
    section: str
    on: date
    state: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows as known, the uses of reports, who carries a unit's matters today."""

    sections: Sequence[Row]
    disputes: Sequence[Row]
    findings: Sequence[Row]
    uses: Sequence[Used]
    owner: Callable[[str], str]
    judge: Judge
    first: date

    def within(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.judge.as_of


def evasions(facts: Facts) -> Iterator[Line]:
    """D03-1: confirmed in the year and standing."""
    for row in facts.findings:
        decided, gone = facts.judge.seen(row["decided_on"]), facts.judge.seen(row["withdrawn_on"])
        if not facts.within(decided or row["opened_on"]):
            continue
        state = "pending" if decided is None else "unfounded" if row["outcome"] == "不成立" else "withdrawn" if gone else "confirmed"
        counts = state == "confirmed"
        yield Line(row["finding"], f"{row['title']}（{row['kind']}）", facts.owner(row["unit"]), row["kind"], state,
                   part=ONE if counts else NONE, why="" if counts else state, on=decided,
                   words=Text(row["document"], row["document"]) if row["document"] else None)


def handled(facts: Facts) -> Iterator[Line]:
    """D03-2: an objection or complaint counts in the year in which it came out; kept where every term of it was."""
    for row in facts.disputes:
        duties = [one for one in dispute_duties(row, facts.judge) if one.code != "pause"]
        late = [one for one in duties if one.state == "late"]
        done = finished(row, facts.judge)
        gone = facts.judge.seen(row["withdrawn_on"])
        out = out_of_time(row, facts.judge)
        state = "late" if late else "kept" if (done or gone) and duties else "open"
        why = "out-of-time" if out else "withdrawn" if gone and not late else "not-due" if state == "open" else ""
        on = late[0].on if late else gone or max((one.on for one in duties), default=row["raised_on"])
        if facts.within(on if why != "not-due" else row["raised_on"]):
            shown = {"out-of-time": "out", "withdrawn": "withdrawn"}.get(why, state)
            yield Line(row["dispute"], f"{row['kind']}（{row['stage']}）{row['dispute']}", facts.owner(row["unit"]), row["kind"], shown,
                       part=ONE if state == "kept" and not why else NONE, why=why, on=on,
                       late_days=max((one.late_days for one in late), default=0), words=(late or duties)[-1].words if duties else None)


def shown(facts: Facts) -> Iterator[Line]:
    """D03-3: what must be public, from the day on which it was shown, or by which it should have been."""
    for row in facts.sections:
        for duty in _shown_duties(row, facts.judge):
            yield from _shown_line(facts, f"{row['section']}/{duty.code}", f"{row['title']}：{SHOWN[duty.code].zh}", row["unit"], duty)
    for row in facts.disputes:
        if row["kind"] == "投诉" and row["accepted_on"]:
            for duty in _within(facts.judge, "decision", row["answered_on"], row["published_on"], "decision_shown_days"):
                yield from _shown_line(facts, row["dispute"], f"投诉处理决定 {row['dispute']}", row["unit"], duty)


def _shown_duties(row: Row, judge: Judge) -> Iterator[Duty]:
    if row["lawful"] != "是":
        return
    yield from _within(judge, "candidates", row["report_on"], row["candidates_on"], "candidate_days")
    yield from _within(judge, "result", row["award_on"], row["result_on"], "result_days")
    yield from _within(judge, "contract", row["contract_on"], row["contract_shown_on"], "contract_shown_days")


def _within(judge: Judge, code: str, start: date | None, done: date | None, name: str) -> Iterator[Duty]:
    if start is not None:
        yield from judge.within(code, start, done, int(judge.law(name, start)))


def _shown_line(facts: Facts, uid: str, title: str, unit: str, duty: Duty) -> Iterator[Line]:
    due, done = duty.due, duty.done
    on = done or due
    why = "not-due" if duty.state == "open" else ""
    if why or facts.within(on):
        state = "shown" if done else "open" if why else "unshown"
        yield Line(uid, title, facts.owner(unit), duty.code, state, part=ONE if done else NONE, why=why, on=on,
                   late_days=0 if done else duty.late_days, words=duty.words)


def applied(facts: Facts) -> Iterator[Line]:
    """D03-4: sections opened in the year for which a report is to be asked, and whether one was used that was good at its use."""
    used: dict[str, list[Used]] = {}
    for use in facts.uses:
        used.setdefault(use.section, []).append(use)
    for row in facts.sections:
        opened, judge = judge_day(row, facts), facts.judge
        if opened is None:
            continue
        least = Decimal(judge.law("report_estimate", row["notice_on"]))
        some = used.get(row["section"], [])
        good = [one for one in some if one.state != "void"]
        why = "not-lawful" if row["lawful"] != "是" else "ended" if judge.seen(row["ended_on"]) else \
            "small" if row["estimate"] < least else "not-opened" if judge.seen(row["opened_on"]) is None else ""
        state = "left" if why else "used" if good else "void" if some else "unused"
        yield Line(row["section"], row["title"], facts.owner(row["unit"]), "section", state, part=ONE if state == "used" else NONE, why=why,
                   on=opened, words=Text(f"使用报告{len(some)}份", f"{len(some)} reports used") if some else None)


def judge_day(row: Row, facts: Facts) -> date | None:
    """The day by which a section belongs to the year: its opening, else its end, else its notice."""
    for name in ("opened_on", "ended_on", "notice_on"):
        day = facts.judge.seen(row[name])
        if day is not None:
            return day if facts.within(day) else None
    return None


MEASURES: Mapping[str, Callable[[Facts], Iterable[Line]]] = {"evasions": evasions, "handled": handled, "shown": shown, "applied": applied}
YEAR_DAYS = 366
GRAVE = ("late", "short", "high", "unpaused")


def things(facts: Facts) -> Iterator[Line]:
    """Single counts of law that were not kept: those of the year, and older ones that are still open; and uses of the last twelve months
    whose report lost its worth."""
    for row in facts.sections:
        for duty in section_duties(row, facts.judge):
            yield from _thing(facts, row["section"], row["title"], row["unit"], duty)
    for row in facts.disputes:
        if not out_of_time(row, facts.judge):
            for duty in dispute_duties(row, facts.judge):
                yield from _thing(facts, row["dispute"], f"{row['kind']}{row['dispute']}", row["unit"], duty)
    sections = {row["section"]: row for row in facts.sections}
    for use in facts.uses:
        found = sections.get(use.section)
        if found is not None and use.state in ("revoked", "void") and (facts.judge.as_of - use.on).days < YEAR_DAYS:
            yield Line(use.uid, found["title"], facts.owner(found["unit"]), "use", use.state, on=use.on, words=STATES[use.state])


def _thing(facts: Facts, uid: str, title: str, unit: str, duty: Duty) -> Iterator[Line]:
    still = duty.state == "late" and duty.done is None
    if duty.state in GRAVE and (still or facts.within(duty.done or duty.due)):
        yield Line(f"{uid}/{duty.code}", f"{title}：{NAMES[duty.code].zh}", facts.owner(unit), duty.code, duty.state,
                   late_days=duty.late_days, on=duty.on, words=duty.words)
