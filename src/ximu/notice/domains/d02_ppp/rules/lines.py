"""The lines behind the figures: obligations kept in time, amounts paid in time, spending against the budget, what is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.ideas.commitments.rules import FAILED, Judged
from ximu.kernel.words import Text
from ximu.notice.domains.d02_ppp.rules.stages import StageSet, due_items

Row = Mapping[str, Any]
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
