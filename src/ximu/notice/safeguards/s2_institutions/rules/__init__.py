"""Is a plan complete, when is it due, and which rule stands behind a number? Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ximu.kernel.words import Text

KINDS = {"plan": Text("实施方案", "implementation plan"), "rule": Text("制度", "rule"), "standard": Text("标准规范", "standard")}
STANCES = {"covered": Text("已覆盖", "covered"), "not_applicable": Text("不适用", "not applicable")}
GROUNDS = {"legislation": Text("涉及法律、行政法规，按照立法程序推进", "needs a law or an administrative regulation")}
"""The notice, row S2, knows this ground only."""
STATES = {
    "done": Text("已印发", "published"), "done_late": Text("逾期印发", "published late"), "due": Text("未到期", "not due yet"),
    "at_risk": Text("临近到期", "due soon"), "overdue": Text("逾期未印发", "overdue"),
    "paused": Text("立法延期中", "delayed by legislation"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a plan says of one item: where it is covered, or why it does not apply."""

    item: str
    stance: str
    words: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stands from `since` up to but not including `until`; None while the delay goes on."""

    since: date
    until: date | None


def gaps(items: Iterable[str], said: Iterable[Said]) -> list[str]:
    """Items of which the plan says nothing, or says “not applicable” without a reason; in the order of the notice."""
    good = {one.item for one in said if one.stance == "covered" or (one.stance == "not_applicable" and one.words.strip())}
    return [item for item in items if item not in good]


def due_on(due: date, stops: Sequence[Stop], on: date) -> date | None:
    """The due day with the days added on which the clock stood, as seen on `on`; None while it stands.

    A stop that begins after the day that it would move has no effect on it.
    """
    for stop in sorted(stops, key=lambda one: one.since):
        if stop.since > due or stop.since > on:
            continue
        if stop.until is None or stop.until > on:
            return None
        due += timedelta(days=(stop.until - stop.since).days)
    return due


def state_of(due: date, stops: Sequence[Stop], *, published: date | None, on: date, warn_days: int) -> tuple[str, date | None]:
    """(state, due day that counts) of a unit's plan on a day."""
    if published is not None and published <= on:
        last = due_on(due, stops, published)
        return ("done" if last is None or published <= last else "done_late"), last
    last = due_on(due, stops, on)
    if last is None:
        return "paused", None
    if on > last:
        return "overdue", last
    return ("at_risk" if (last - on).days <= warn_days else "due"), last


def value_on(rows: Iterable[Mapping[str, object]], on: date) -> Mapping[str, object] | None:
    """The row of a dated parameter that holds that day."""
    return max((row for row in rows if row["since"] <= on), key=lambda row: row["since"], default=None)  # type: ignore[operator,arg-type,return-value]


UNITS = {
    "working-day": Text("个工作日", "working days"), "calendar-day": Text("日", "days"), "day": Text("日", "days"),
    "hour": Text("小时", "hours"), "minute": Text("分钟", "minutes"), "month": Text("个月", "months"), "year": Text("年", "years"),
    "percent": Text("%", "%"), "per-hour": Text("次／小时", "an hour"), "share": Text("（比例）", "(share)"),
    "count": Text("（个数）", "(number)"),
    "share-per-day": Text("（每日比例）", "(share a day)"),
    "times": Text("次", "times"), "mark": Text("分", "marks"),
    "10 000 yuan": Text("万元", "10,000 yuan"),
    "metre": Text("米", "m"), "km/h": Text("公里／小时", "km/h"),
}
"""Units of parameters as people say them; another unit is shown as it is written."""
SAID_BY_VALUE = ("month-day",)
PLACES = {"following": Text("关注提醒", "Following"),
          "ledger": Text("透明日志", "Transparency log"), "records": Text("政务诚信记录", "Records")}
"""What rooms are called that have no page in the menu."""
WORDS = {
    "licence": Text("行政许可", "licence"), "reward": Text("守信表彰", "reward"), "service": Text("服务事项", "service item"),
    "oxygen": Text("溶解氧", "dissolved oxygen"), "permanganate": Text("高锰酸盐指数", "permanganate index"),
    "cod": Text("化学需氧量", "chemical oxygen demand"), "ammonia": Text("氨氮", "ammonia nitrogen"),
    "phosphorus": Text("总磷", "total phosphorus"),
}
SPANS = {"week": Text("每周", "a week"), "half-month": Text("每半月", "a half-month"), "month": Text("每月", "a month"),
         "quarter": Text("每季", "a quarter")}
ENDINGS = {"_workdays": "working-day", "_days": "calendar-day", "_hours": "hour", "_minutes": "minute", "_months": "month",
           "_years": "year",
           "_percent": "percent", "_an_hour": "per-hour", "-TIMES": "times", "_share": "share", "_kmh": "km/h", "_m": "metre"}


def unit_by_name(name: str) -> str:
    """The unit that the name of a parameter says, where its row says none; a limit of a case is counted in what the row says alone."""
    return next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), "")


def worth(row: Mapping[str, Any]) -> str:
    """A value in words: lists and tables written out."""
    value = row["value"] if "value" in row else row.get("families", [])
    if isinstance(value, Mapping):
        return "，".join(f"{key} {one}" for key, one in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def worded(value: str) -> Text:
    """A value as people say it: names for codes, a day of every year, how often in a span."""
    parts = value.split("、")
    if len(parts) == 2 and parts[1] in SPANS:
        return Text(f"{SPANS[parts[1]].zh}{parts[0]}次", f"{parts[0]} {SPANS[parts[1]].en}")
    if found := re.fullmatch(r"(\d\d)-(\d\d)", value):
        month, day = map(int, found.groups())
        return Text(f"每年{month}月{day}日", f"{date(2000, month, day):%-d %b} of each year")
    known = [WORDS.get(part, Text(part, part)) for part in parts]
    return Text("、".join(one.zh for one in known), ", ".join(one.en for one in known))
