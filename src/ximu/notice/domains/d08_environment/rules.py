"""Which rows make a month whole, and what is a target's result called?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.ideas.events.rules import Expected
from ximu.kernel.words import Text

ITEMS = ("PM2.5", "PM10", "SO2", "NO2")
RESULTS = {
    "kept": Text("达成", "met"), "part_kept": Text("未达成", "not met"), "broken": Text("未达成", "not met"),
    "overdue": Text("未达成", "not met"), "unmeasured": Text("数据不足，不能判定", "insufficient data"),
    "running": Text("未到期", "not due"), "registered": Text("未到期", "not due"), "changed": Text("已由新目标替代", "replaced"),
    "withdrawn": Text("已按程序撤回", "withdrawn"),
}
"""State of the promise → the result that the area's pages tell."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What a valid month takes, on the day on which it ends."""

    days: int
    share: int


def end_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_of(text: str) -> date:
    return date(int(text[:4]), int(text[5:7]), 1)


def whole_month(
    month: date, rows: Iterable[Mapping[str, Any]], roster: Collection[Expected], known: Collection[tuple[str, str, str]], needed: Needed,
) -> list[dict[str, Any]]:
    """The rows of a month as the store keeps them: one for each area of the station, and one without a value for each station item of
    these areas that was delivered neither now nor before (`known`: area, station, item). A gap is a fact, not an absence."""
    last = end_of(month)
    same = {"month": f"{month:%Y-%m}", "measured_to": last, "days": last.day, "needed": needed.days, "share": needed.share}
    posts = {post.code: post for post in roster}
    given = list(rows)
    made = [{**same, "station": row["station"], "item": row["item"], "value": row["value"], "valid_days": row["valid_days"], "unit": area}
            for row in given for area in posts[row["station"]].units]
    there = {(row["unit"], row["station"], row["item"]) for row in made} | set(known)
    areas = {area for row in given for area in posts[row["station"]].units}
    gaps = [(area, post.code, item) for post in sorted(roster, key=lambda p: p.code) if post.counts_in(month, last)
            for area in post.units if area in areas for item in ITEMS]
    return made + [{**same, "station": code, "item": item, "value": None, "valid_days": 0, "unit": area}
                   for area, code, item in gaps if (area, code, item) not in there]
