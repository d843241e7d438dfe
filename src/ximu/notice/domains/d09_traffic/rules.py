"""Was a decision published in time, recorded, reversed with finality, complained of? Plain values in; every row with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line
from ximu.kernel.words import Text

REVERSED = frozenset({"撤销", "变更", "确认违法"})
UPHELD = frozenset({"属实", "部分属实"})
STATES = {
    "closed": Text("按期公示", "published in time"), "closed-late": Text("逾期公示", "published late"),
    "overdue": Text("逾期未公示", "not published in time"), "running": Text("公示期限内", "may still be published"),
    "passed": Text("不须公示", "need not be published"),
    "stands": Text("未被撤变", "stands"), "pending": Text("复议、诉讼未生效（FIN-OPEN）", "pending, held (FIN-OPEN)"),
    "reversed": Text("已撤变（生效）", "reversed (final)"),
    "recorded": Text("有全过程记录", "recorded in full"), "unrecorded": Text("没有全过程记录", "not recorded"),
    "upheld": Text("属实", "upheld"), "unfounded": Text("不属实", "unfounded"), "open": Text("办理中", "open"),
    "late": Text("逾期未办结", "not closed in time"), "past": Text("不属本年", "of another year"),
}
OUTCOMES = {"维持": Text("维持", "upheld"), "驳回": Text("驳回", "dismissed"), "撤销": Text("撤销", "annulled"),
            "变更": Text("变更", "changed"), "确认违法": Text("确认违法", "found unlawful"), "撤回": Text("撤回申请", "withdrawn")}
STAGES = {"复议": Text("复议", "review"), "一审": Text("一审", "first instance"), "二审": Text("二审", "second instance"),
          "再审": Text("再审", "retrial")}
ORDER = tuple(STAGES)
WORDS = {"行政处罚": Text("行政处罚", "penalty"), "行政许可": Text("行政许可", "licence"), "行政强制": Text("行政强制", "coercive measure"),
         "是": Text("是", "yes"), "否": Text("否", "no"), "已审核": Text("已审核", "reviewed"), "未审核": Text("未审核", "not reviewed"),
         "不需要": Text("不需要", "not needed"), "涉密": Text("涉密", "state secret"), "未成年人": Text("未成年人", "a minor"),
         "依法不予公示": Text("依法不予公示", "withheld by law")}
Row = Mapping[str, Any]
LinkOf = Callable[[str], str]


def fate(reviews: Iterable[Row], as_of: date) -> tuple[str, Row | None]:
    """What became of a decision by a day: `stands`, `pending` or `reversed`, with the review that says so.

    The last instance decides, and only when it is final; a retrial that is not final changes nothing.
    """
    here = [one for one in reviews if one["filed_on"] <= as_of]
    said = [one for one in here if one["stage"] != "再审" or _final(one, as_of)]
    last = max(said, key=lambda one: (one["filed_on"], ORDER.index(one["stage"])), default=None)
    if last is None:
        return "stands", None
    if not _final(last, as_of):
        return "pending", last
    return ("reversed" if last["outcome"] in REVERSED else "stands"), last


def _final(one: Row, as_of: date) -> bool:
    return bool(one["outcome"] and one["final_on"] and one["final_on"] <= as_of)


def reversals(cases: Iterable[Row], reviews: Mapping[str, Sequence[Row]], first: date, as_of: date, *, link: LinkOf) -> list[Line]:
    """D09-2: decisions of the year below the line; above it those whose reversal became final in the year, of whatever year they are."""
    found = []
    for row in cases:
        state, last = fate(reviews.get(row["number"], ()), as_of)
        on = last["final_on"] if last and state == "reversed" else None
        now = on is not None and first <= on <= as_of
        mine = first <= row["decided_on"] <= as_of
        why = "FIN-OPEN" if state == "pending" and mine else "" if mine or now else "other-year"
        words = Text(f"{last['stage']}{last['outcome'] or '审理中'}", f"{STAGES[last['stage']].en}: {_told(last)}") if last else None
        found.append(Line(row["number"], f"{row['kind']} {row['number']}", row["unit"], "decision",
                          "past" if state == "reversed" and not now else state, Decimal(now and not why), Decimal(mine), why,
                          on=on or row["decided_on"], words=words, link=link(row["number"])))
    return found


def _told(one: Row) -> str:
    return OUTCOMES[one["outcome"]].en if one["outcome"] else "pending"


def recorded(cases: Iterable[Row], first: date, as_of: date, *, link: LinkOf) -> list[Line]:
    """D09-4."""
    found = []
    for row in cases:
        yes, why = row["recorded"] == "是", "" if first <= row["decided_on"] <= as_of else "other-year"
        state = "past" if why else "recorded" if yes else "unrecorded"
        found.append(Line(row["number"], f"{row['kind']} {row['number']}", row["unit"], "decision", state, Decimal(yes and not why),
                          why=why, on=row["decided_on"], link=link(row["number"])))
    return found


def complaints(rows: Iterable[Row], first: date, as_of: date, *, days: Callable[[date], int]) -> list[Line]:
    """D09-3: complaints closed in the year."""
    found = []
    for row in rows:
        closed = row["closed_on"] if row["closed_on"] and row["closed_on"] <= as_of else None
        over = (as_of - row["received_on"]).days - days(row["received_on"])
        why = "open" if closed is None else "" if closed >= first else "other-year"
        told = "past" if why else "upheld" if row["outcome"] in UPHELD else "unfounded"
        state = told if closed else "late" if over > 0 else "open"
        found.append(Line(row["complaint"], f"{row['topic']} {row['complaint']}", row["unit"], "complaint", state,
                          Decimal(state == "upheld"), why=why, late_days=over if state == "late" else 0, on=closed))
    return found
