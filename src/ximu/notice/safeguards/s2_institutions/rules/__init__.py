"""Is a plan complete, when is it due, and which rule stands behind a number? Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
