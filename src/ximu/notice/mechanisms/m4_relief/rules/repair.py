"""May this record be repaired, and if not yet, when? Condition by condition, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Condition:
    """`met_on` is the day on which it was or will be met; None: nobody can say yet."""

    code: str
    name: Text
    met: bool
    met_on: date | None
    why: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at: of the record and of what was done since."""

    family: str
    grade: str
    kind: str
    state: str
    counted_from: date
    done: Mapping[str, date]


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


class RepairRules:
    """The dated rules of `repair.toml`; the newest one in force on the day answers."""

    def __init__(self, table: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._table = table

    def _on(self, name: str, day: date) -> Mapping[str, Any]:
        rows = sorted(self._table[name], key=lambda row: row["since"])
        return ([row for row in rows if row["since"] <= day] or rows[:1])[-1]

    def conditions(self, facts: Facts, *, on: date) -> list[Condition]:
        """All of them, in the order in which they are asked."""
        found = [self._state(facts), self._kind(facts, on), self._period(facts, on),
                 _done(facts, "obligation", Text("义务已履行、失信行为已纠正", "Obligation performed, breach corrected"), REP_OBL),
                 _done(facts, "commitment", Text("已公开作出信用承诺", "Public commitment made"), REP_COMMIT)]
        training = self._on("training", on)
        if facts.kind in training["kinds"]:
            found.append(_done(facts, "training", Text("已完成诚信教育培训", "Training completed"),
                               Text(f"尚无培训证明（{training['source']}）", "no proof of the training yet")))
        return found

    def _state(self, facts: Facts) -> Condition:
        live = facts.state in ("effective", "flagged")
        return Condition("state", Text("记录正在生效", "The record is in effect"), live, None,
                         Text("记录生效中" if live else "记录不在生效状态，无需或不能修复", "in effect" if live else "not in effect"))

    def _kind(self, facts: Facts, on: date) -> Condition:
        barred = [row for row in self._table.get("barred", ()) if row["since"] <= on and facts.family in row["families"]
                  and facts.grade in row.get("grades", [facts.grade])]
        why = Text(barred[0]["source"], f"barred by rule: {barred[0]['source']}") if barred else Text("属于可以修复的种类",
                                                                                                      "of a kind that can be repaired")
        return Condition("kind", Text("属于可修复的种类", "Of a repairable kind"), not barred, None, why)

    def _period(self, facts: Facts, on: date) -> Condition:
        rule = self._on("period", on)
        months = int(rule["grades"].get(facts.grade, max(rule["grades"].values())))
        day = months_later(facts.counted_from, months)
        return Condition("period", Text("已满最短期限", "Shortest period over"), on >= day, day,
                         Text(f"自{facts.counted_from}起{months}个月，至{day}（{rule['source']}）",
                              f"{months} months from {facts.counted_from}: {day}"))


REP_OBL = Text("认定单位尚未确认义务履行完毕", "the source has not confirmed that the obligation is performed")
REP_COMMIT = Text("尚未公开作出信用承诺", "no public commitment yet")


def _done(facts: Facts, code: str, name: Text, missing: Text) -> Condition:
    day = facts.done.get(code)
    return Condition(code, name, day is not None, day, Text(f"{day}已确认", f"confirmed on {day}") if day else missing)


def first_unmet(conditions: Collection[Condition]) -> Refusal | None:
    """The refusal of an application: the first condition that fails, in words and with the day."""
    for one in conditions:
        if one.met:
            continue
        if one.code == "kind":
            return Refusal("REP-BAR", status=409, field="kind", value="", rule=one.why.zh, zh=f"该类记录不可修复：{one.why.zh}。",
                           en=f"A record of this kind cannot be repaired: {one.why.en}.")
        if one.code == "period":
            return Refusal("REP-EARLY", status=409, field="period", value=str(one.met_on), rule=one.why.zh,
                           zh=f"最短期限未满，{one.met_on}起可以申请。", en=f"The shortest period is not over; apply from {one.met_on} on.")
        if one.code == "state":
            return Refusal("STATE-EDGE", status=409, field="state", value="", rule="effective → repaired", zh=f"{one.why.zh}。",
                           en="The record is not in effect; there is nothing to repair.")
        return Refusal("REP-OBL", status=409, field=one.code, value=one.name.zh, rule=one.why.zh,
                       zh=f"“{one.name.zh}”尚未满足：{one.why.zh}。",
                       en=f"“{one.name.en}” is not met: {one.why.en}.")
    return None
