"""Where is silence, and how often would a rule have rung in quiet times?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from ximu.ideas.warnings.rules.multiplicity import benjamini_hochberg
from ximu.kernel.words import Text
from ximu.notice.domains.d13_hotline.rules.alarms import Detected, grid
from ximu.notice.domains.d13_hotline.rules.settings import WARNINGS

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quiet:
    """`no_data` of the whole city (unit empty), or a unit that fell `silent` while others went on."""

    kind: str
    unit: str
    first: date
    last: date
    words: Text


@dataclass(frozen=True, slots=True)
class Rung:
    """A rule on history: `judged` times not found true, `alarms` among them, `per_year` such times of one series."""

    rule: str
    judged: int
    alarms: int
    per_year: float


def not_delivered(days: Iterable[date]) -> list[Quiet]:
    """Spans of days that nobody delivered."""
    ordered = sorted(days)
    spans = [[day for _, day in run] for _, run in groupby(enumerate(ordered), lambda pair: pair[1].toordinal() - pair[0])]
    return [Quiet("no_data", "", span[0], span[-1], Text(
        f"{span[0]:%Y-%m-%d}至{span[-1]:%Y-%m-%d}共{len(span)}天没有报送工单，按无数据处理，未作判定。",
        f"{len(span)} days from {span[0]} to {span[-1]} were not delivered: no data, nothing was judged.")) for span in spans]


def fell_silent(
    rows: Iterable[Mapping[str, Any]], weeks: Sequence[date], gaps: Collection[date], settings: Mapping[str, Any] = WARNINGS["silent"],
) -> list[Quiet]:
    """Units with no ticket in the last delivered `weeks`, though they had at least `least` a week in the `history` before."""
    names, counts = grid(rows, weeks, gaps)
    if not names:
        return []
    delivered = [i for i in range(len(weeks)) if not np.isnan(counts[0, i])]
    latest, before = delivered[-settings["weeks"]:], delivered[-settings["weeks"] - settings["history"]:-settings["weeks"]]
    if len(latest) < settings["weeks"] or not before:
        return []
    found = []
    for unit in sorted({name[0] for name in names}):
        own = counts[[i for i, name in enumerate(names) if name[0] == unit]].sum(axis=0)
        usual = float(own[before].mean())
        if usual >= settings["least"] and not own[latest].any():
            first = next(i for i in reversed(delivered) if own[i]) + 1
            since, until = weeks[first], weeks[latest[-1]] + WEEK - timedelta(days=1)
            found.append(Quiet("silent", unit, since, until, Text(
                f"自{since:%Y-%m-%d}起没有一件投诉举报求助，此前平均每周{usual:.0f}件；须核实是否漏报，不作平静处理。",
                f"No complaint, report or request since {since}; before that {usual:.0f} a week. To be checked, not taken for calm.")))
    return found


def rung_volume(seen: Detected | None, true: Collection[tuple[str, str, str]], settings: Mapping[str, Any] = WARNINGS["volume"]) -> Rung:
    """As night after night: an alarm rings when it stands together with the tests of a span of `judged_weeks` that holds its week.

    `true` are (unit, topic, week) found true; they are not quiet and count neither way.
    """
    if seen is None:
        return Rung("volume", 0, 0, 52)
    p_value, over, span = seen.found.p_value, seen.found.alarm == 1, settings["judged_weeks"]
    stands = np.zeros(p_value.shape, bool)
    for end in range(p_value.shape[1]):
        window = slice(max(0, end - span + 1), end + 1)
        stands[:, window] |= benjamini_hochberg(p_value[:, window], q=settings["false_discovery"]).stands
    rang = {(*seen.names[s], seen.week(k).isoformat()) for s, k in np.argwhere(over & stands) if seen.count(s, k) >= settings["least"]}
    loud = rang & set(true)
    return Rung("volume", int((~np.isnan(p_value)).sum()) - len(loud), len(rang - loud), 52)


def rung_monthly(rule: str, judged: Collection[tuple[str, date]], rang: Iterable[tuple[str, str, str]],
                 true: Collection[tuple[str, str, str]]) -> Rung:
    """Per unit and month: `judged` are those with tickets; `rang` are (unit, subject, day) of the rule."""
    given = list(rang)
    loud = {(unit, _month(day)) for unit, subject, day in given if (unit, subject, day) in set(true)}
    months = {(unit, _month(day)) for unit, _, day in given} & set(judged)
    return Rung(rule, len(set(judged) - loud), len(months - loud), 12)


def _month(day: str) -> date:
    return date.fromisoformat(day).replace(day=1)
