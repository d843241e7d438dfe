"""Which stage set judges a project, who must have decided what, and what the lines behind the figures are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.ideas.commitments.rules import FAILED, Judged
from ximu.kernel.words import Text

Row = Mapping[str, Any]
PROMISE, BREACH = "合同义务", "违约当日"
"""Steps of every trace beside those of the stage set: who promised, and who was in office on the day of the breach."""
FIRST = frozenset({"first", "charge"})
"""Posts that answer for a unit on a day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`public`: what must be published; `after`: the step after which each of it is due."""

    code: str
    name: Text
    steps: Mapping[str, Text]
    public: Mapping[str, Text]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StageSet:
    """One regime, as it held from a day on."""

    code: str
    name: Text
    since: date
    source: str
    stages: tuple[Stage, ...]
    sure: bool = True

    def of_step(self, step: str) -> Stage | None:
        return next((one for one in self.stages if step in one.steps), None)


def read_sets(raw: Mapping[str, Any]) -> list[StageSet]:
    """The sets of `stages.toml`, earliest first; all have the same stages in the same order."""
    def words(rows: Iterable[Sequence[str]]) -> dict[str, Text]:
        return {row[0]: Text(row[0], row[1]) for row in rows}

    found = [StageSet(one["code"], Text(one["zh"], one["en"]), one["since"], one["source"],
                      tuple(Stage(s["code"], Text(s["zh"], s["en"]), words(s["steps"]), words(s["public"]),
                                  {row[0]: row[2] for row in s["public"]}) for s in one["stage"]),
                      not one.get("to_be_confirmed", False)) for one in raw["set"]]
    if len({tuple(s.code for s in one.stages) for one in found}) != 1:
        raise ValueError("the stage sets have different stages")
    if strange := {step for one in found for s in one.stages for step in s.after.values() if step not in s.steps}:
        raise ValueError(f"no such step: {sorted(strange)}")
    return sorted(found, key=lambda one: one.since)


def set_on(sets: Sequence[StageSet], day: date) -> StageSet:
    """The newest that has begun; before the first the first."""
    return ([one for one in sets if one.since <= day] or [sets[0]])[-1]


def set_of(sets: Sequence[StageSet], project: Row, on: date) -> StageSet:
    """The set of the day on which the project was initiated; from its conversion on that of the conversion."""
    converted = project["converted_on"]
    return set_on(sets, converted if converted and converted <= on else project["initiated_on"])


def reached(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> dict[str, date]:
    """Stages in which something was decided by that day, with the first day, in the order of the set."""
    first: dict[str, date] = {}
    for act in sorted(acts, key=lambda one: one["acted_on"]):
        stage = set_of(sets, project, act["acted_on"]).of_step(act["step"])
        if stage and act["acted_on"] <= on:
            first.setdefault(stage.code, act["acted_on"])
    return {one.code: first[one.code] for one in sets[0].stages if one.code in first}


def now_in(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> Stage:
    """The furthest stage reached; the first while nothing is on record."""
    stages = set_of(sets, project, on).stages
    code = next(reversed(reached(sets, project, acts, on)), stages[0].code)
    return next(one for one in stages if one.code == code)


def expected(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> list[str]:
    """Steps that must be on record by then: all of the stages that are over, and of the present one those that were taken.

    A stage that was over before a conversion is judged by the set of its own time.
    """
    listed = [one for one in acts if one["acted_on"] <= on]
    begun = reached(sets, project, listed, on)
    present = now_in(sets, project, listed, on).code
    found: list[str] = []
    for stage in sets[0].stages:
        held = set_of(sets, project, begun.get(stage.code, _after(begun, stage.code, sets[0]) or on))
        steps = list(next(one for one in held.stages if one.code == stage.code).steps)
        taken = [one["step"] for one in listed]
        if stage.code == present:
            return found + [step for step in steps if step in taken]
        found += steps
    return found


def due_items(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> Iterator[tuple[Stage, dict[str, date]]]:
    """Each stage reached: what must be published of it, with the day from which its term runs.

    A step that is not on record excuses nothing: once a later stage has begun its items are due from that day.
    """
    listed = [one for one in acts if one["acted_on"] <= on]
    begun = reached(sets, project, listed, on)
    for code, day in begun.items():
        stage = next(one for one in set_of(sets, project, day).stages if one.code == code)
        over = _after(begun, code, sets[0])
        days = {item: min((one["acted_on"] for one in listed if one["step"] == step), default=over) for item, step in stage.after.items()}
        yield stage, {item: since for item, since in days.items() if since is not None}


def _after(begun: Mapping[str, date], code: str, of: StageSet) -> date | None:
    """The day of the next stage that left a trace: by then this one was over."""
    order = [one.code for one in of.stages]
    return min((day for other, day in begun.items() if order.index(other) > order.index(code)), default=None)


STATES = {
    "kept": Text("按期履行", "kept in time"), "late": Text("逾期履行", "kept late"), "running": Text("未到期", "not due"),
    "registered": Text("未到期", "not due"), "overdue": Text("逾期未履行", "overdue"), "part_kept": Text("部分履行", "partly kept"),
    "broken": Text("未履行", "broken"), "unmeasured": Text("数据不足", "no data"), "changed": Text("已按程序变更", "changed by procedure"),
    "withdrawn": Text("已按程序撤回", "withdrawn by procedure"), "other-year": Text("不在本年到期", "not due this year"),
    "disputed": Text("异议中", "disputed"), "unlawful": Text("违规承诺", "unlawful promise"),
    "measured": Text("已计算", "computed"), "no-data": Text("无数据", "no data"),
    "share-yellow": Text("须提示", "to be watched"), "share-orange": Text("接近红线", "near the red line"),
    "share-red": Text("超过红线", "above the red line"), "unbudgeted": Text("未列入预算", "not in the budget"),
    "public": Text("公开完整", "all public"), "unpublished": Text("公开不全", "not all public"),
    "within-term": Text("公开期限内", "within the term"), "final": Text("终局认定违约", "breach, final"),
    "untraced": Text("责任链缺项", "not all can be traced"),
}
CENT = Decimal("0.01")


def _left_out(one: Judged, period: Period) -> str:
    if not period.first <= one.due <= period.as_of:
        return "not-due"
    if one.state in ("changed", "withdrawn"):
        return "changed"
    if "ULTRA" in one.flags:
        return "ultra"
    return "disputed" if one.disputed else ""


def _state(one: Judged, why: str) -> str:
    state = "late" if one.state == "kept" and one.late_days else one.state
    return {"not-due": "other-year", "disputed": "disputed", "ultra": "unlawful"}.get(why, state)


def duty_lines(judged: Iterable[Judged], period: Period, *, kind: Callable[[Judged], str], link: Callable[[Judged], str]) -> list[Line]:
    """Each obligation: kept in time, or not; the due day is the one moved to a working day."""
    found = []
    for one in judged:
        why = _left_out(one, period)
        found.append(Line(one.uid, one.title, one.unit, kind(one), _state(one, why), Decimal(one.state == "kept" and not one.late_days),
                          why=why, late_days=one.late_days if one.state in FAILED else 0, on=one.due, words=_moved(one), link=link(one)))
    return found


def _moved(one: Judged) -> Text | None:
    """What is said where the day that was agreed on was no working day."""
    if one.due_asked in (None, one.due):
        return None
    return Text(f"约定{one.due_asked}遇非工作日，顺延至{one.due}", f"agreed for {one.due_asked}, no working day: moved to {one.due}")


def paid_in_time(payments: Iterable[Row], due: date, amount: Decimal) -> Decimal:
    """What was paid by the due day, never more than was owed."""
    return min(amount, sum((Decimal(str(one["amount"])) for one in payments if one["paid_on"] <= due), Decimal(0)))


def payment_lines(judged: Iterable[Judged], period: Period, paid: Mapping[str, Sequence[Row]], *, link: Callable[[Judged], str]
                  ) -> list[Line]:
    """Each payment that is owed, by its amount; `paid` has the payments of each promise."""
    found = []
    for one in judged:
        why, amount = _left_out(one, period), one.amount or Decimal(0)
        part = Decimal(0) if why else paid_in_time(paid.get(one.uid, ()), one.due, amount)
        found.append(Line(one.uid, one.title, one.unit, "1", _state(one, why), part, amount, why, on=one.due, words=_moved(one),
                          link=link(one)))
    return found


@dataclass(frozen=True, slots=True)
class Spending:
    """What one project binds of a government's budget in a year, 10 000 yuan."""

    unit: str
    project: str
    title: str
    bound: Decimal
    budgeted: Decimal
    link: str = ""


def shares(spending: Iterable[Spending], budgets: Mapping[str, Decimal], year: int, names: Callable[[str], str]) -> list[Line]:
    """Each government: what its projects bind over its general public budget expenditure. A missing side is no zero."""
    bound: dict[str, Decimal] = {}
    for one in spending:
        bound[one.unit] = bound.get(one.unit, Decimal(0)) + one.bound
    found = []
    for unit in sorted({*bound, *budgets}):
        why = "missing" if not budgets.get(unit) else "not-delivered" if unit not in bound else ""
        found.append(Line(f"{unit}-{year}", names(unit), unit, "share", "no-data" if why else "measured", bound.get(unit, Decimal(0)),
                          budgets.get(unit, Decimal(0)), why))
    return found


def budget_things(spending: Iterable[Spending], year: int) -> list[Line]:
    """Spending that is bound and that the budget of the year does not hold whole (breach 5)."""
    return [Line(f"{one.project}-{year}", one.title, one.unit, "5", "unbudgeted", link=one.link, words=Text(
        f"{year}年支出责任{one.bound}万元，列入预算{one.budgeted}万元",
        f"{year}: bound {one.bound}, in the budget {one.budgeted} (10 000 yuan)")) for one in spending if one.budgeted < one.bound]


def unlawful(judged: Iterable[Judged], *, link: Callable[[Judged], str]) -> list[Line]:
    """Promises that no government may make and that are on record (breach 6)."""
    return [Line(one.uid, one.title, one.unit, "6", "unlawful", on=one.made_on, link=link(one)) for one in judged
            if "ULTRA" in one.flags and one.state not in ("changed", "withdrawn")]


def published(sets: Sequence[StageSet], project: Row, acts: Sequence[Row], told: Iterable[Row], period: Period, *,
              due: Callable[[date], date], unit: str, link: str) -> list[Line]:
    """Each stage that the project has reached: how many of the items whose term is over are public (breach 7)."""
    there = {one["field"] for one in told if one["published_on"] <= period.as_of}
    ended = project["ended_on"] is not None and project["ended_on"] < period.first
    found = []
    for stage, since in due_items(sets, project, acts, period.as_of):
        last = {item: due(day) for item, day in since.items()}
        wanted = [item for item in last if last[item] < period.as_of or item in there]
        lacking = [item for item in wanted if item not in there]
        why = "ended" if ended else "" if wanted else "within-term"
        state = "within-term" if why else "unpublished" if lacking else "public"
        words = Text(f"缺：{'、'.join(lacking)}", f"missing: {', '.join(stage.public[one].en for one in lacking)}") if lacking else None
        late = max(((period.as_of - last[one]).days for one in lacking), default=0)
        found.append(Line(f"{project['project']}-{stage.code}", f"{project['title']}·{stage.name.zh}", unit, "7", state,
                          Decimal(len(wanted) - len(lacking)), Decimal(len(wanted)), why, 0 if why else late, period.as_of, words, link))
    return found
