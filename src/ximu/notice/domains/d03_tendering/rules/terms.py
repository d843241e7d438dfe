"""Which days of law does a tender, an objection or a complaint keep? Every count is a duty with its last day, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.kernel.workdays import Calendar

Row = Mapping[str, Any]
Law = Callable[[str, date], Any]
"""law(parameter, day) → the value that held on the day."""

NAMES = {
    "sale": Text("文件发售期", "Sale of the documents"), "bid": Text("投标准备期", "Time to prepare a bid"),
    "candidates": Text("公示中标候选人", "Showing the candidates"), "shown": Text("候选人公示期", "Time for which candidates are shown"),
    "contract": Text("订立合同", "Signing the contract"), "filing": Text("提交招投标情况报告", "Report to the supervising office"),
    "deposit-back": Text("退还投标保证金", "Giving back deposits"), "deposit": Text("投标保证金", "Bid deposit"),
    "performance": Text("履约保证金", "Performance bond"), "objection": Text("答复异议", "Answer to an objection"),
    "pause": Text("暂停招投标活动", "Pausing until the answer"), "accept": Text("决定是否受理投诉", "Taking up a complaint"),
    "decide": Text("作出投诉处理决定", "Decision on a complaint"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """`state`: kept, late, open (not due yet), short, high, unpaused. `due` is its last day, `done` when it was done."""

    code: str
    state: str
    due: date | None = None
    done: date | None = None
    late_days: int = 0
    words: Text | None = None

    @property
    def on(self) -> date:
        """The day on which it came out so."""
        day = self.due if self.state == "late" else self.done or self.due
        return day or date.max


@dataclass(frozen=True, slots=True)
class Judge:
    """What all counts need: the law, the calendar, and the day as of which is judged."""

    law: Law
    calendar: Calendar
    as_of: date

    def seen(self, day: date | None) -> date | None:
        """A day after the one as of which is judged has not come."""
        return day if day is not None and day <= self.as_of else None

    def within(self, code: str, start: date | None, done: date | None, term: int, *, working: bool = False) -> Iterator[Duty]:
        """A duty that begins with the event of `start`, whose own day is not counted; a last day that is no working day rolls forward.

        Nothing for an event that has not come, or a term that ends in a year without a calendar.
        """
        start, done = self.seen(start), self.seen(done)
        if start is None:
            return
        try:
            due = (self.calendar.due if working else self.calendar.due_calendar_days)(start, term).day
        except Refusal:
            return
        late = ((done or self.as_of) - due).days
        state = "late" if late > 0 else "kept" if done else "open"
        yield Duty(code, state, due, done, max(late, 0), Text(f"不迟于{due}", f"due by {due}"))


def section_duties(row: Row, judge: Judge) -> list[Duty]:
    """The counts of one section (标段) of a tender. What ended early owes nothing from then on."""
    law, lawful = judge.law, row["lawful"] == "是"
    found = list(_least(row, law, lawful=lawful))
    ended = judge.seen(row["ended_on"]) or date.max
    if lawful:
        found += judge.within("candidates", row["report_on"], row["candidates_on"], _int(law, "candidate_days", row["report_on"]))
        found += judge.within("filing", row["decided_on"], row["filed_on"], _int(law, "filing_days", row["decided_on"]))
    found += judge.within("contract", row["award_on"], row["contract_on"], _int(law, "contract_days", row["award_on"]))
    if row["deposit"]:
        term = _int(law, "deposit_back_days", row["contract_on"])
        found += judge.within("deposit-back", row["contract_on"], row["deposit_back_on"], term)
    found += _most(row, law)
    return [one for one in found if one.due is None or one.done is not None or one.due < ended]


def _int(law: Law, name: str, on: date | None) -> int:
    return int(law(name, on)) if on else 0


def _least(row: Row, law: Law, *, lawful: bool) -> Iterator[Duty]:
    """Days that must not be fewer, told by the notice itself: the first day counts for a sale, not for what runs from an event."""
    spans = [("sale", "sale_from", "sale_until", "sale_days", 1)]
    if lawful:
        spans += [("bid", "sale_from", "deadline_on", "bid_days", 0), ("shown", "candidates_on", "candidates_until", "shown_days", 0)]
    for code, first, last, name, whole in spans:
        if row[first] and row[last]:
            days, least = (row[last] - row[first]).days + whole, int(law(name, row[first]))
            state, words = "short" if days < least else "kept", Text(f"{days}日，不得少于{least}日", f"{days} days, at least {least}")
            yield Duty(code, state, row[first], row[first], 0, words)


def _most(row: Row, law: Law) -> Iterator[Duty]:
    """Deposits that must not be more than a share of the price."""
    for code, amount, price, name in (("deposit", "deposit", "estimate", "deposit_share"),
                                      ("performance", "performance", "contract_amount", "performance_share")):
        if row[amount] is not None and row[price]:
            most = Decimal(law(name, row["notice_on"]))
            share = (row[amount] / row[price] * 100).quantize(Decimal("0.01"))
            state = "high" if row[amount] > row[price] * most else "kept"
            yield Duty(code, state, row["notice_on"], row["notice_on"], 0,
                       Text(f"{share}%，不得超过{most * 100:.0f}%", f"{share}%, at most {most * 100:.0f}%"))


def dispute_duties(row: Row, judge: Judge) -> list[Duty]:
    """The counts of an objection (to the tenderer) or a complaint (to the supervising office); taken back, it ends there."""
    law, raised, gone = judge.law, row["raised_on"], row["withdrawn_on"]
    if row["kind"] == "异议":
        term = 0 if row["stage"] == "开标" else int(law("objection_days", raised))
        found = list(judge.within("objection", raised, _earliest(row["answered_on"], gone), term))
        if row["stage"] != "开标" and row["paused"] == "否":
            found.append(Duty("pause", "unpaused", raised, raised, 0, Text("作出答复前没有暂停", "not paused before the answer")))
        return found
    taken = _earliest(row["accepted_on"], row["rejected_on"], gone)
    found = list(judge.within("accept", raised, taken, int(law("accept_workdays", raised)), working=True))
    if judge.seen(row["accepted_on"]):
        term = int(law("decide_workdays", row["accepted_on"])) + int(row["expert_days"] or 0)
        found += judge.within("decide", row["accepted_on"], _earliest(row["answered_on"], gone), term, working=True)
    return found


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def finished(row: Row, judge: Judge) -> bool:
    return bool(judge.seen(row["answered_on"]) or judge.seen(row["rejected_on"]))


def out_of_time(row: Row, judge: Judge) -> bool:
    """A complaint more than so many days after its maker knew, or should have known."""
    if row["kind"] != "投诉" or not row["known_on"]:
        return False
    term = int(judge.law("complaint_days", row["known_on"]))
    return any(one.late_days for one in judge.within("", row["known_on"], row["raised_on"], term))
