"""What is unusual in the tickets, and in which words is it told to a clerk?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from ximu.ideas.warnings.rules import farrington
from ximu.ideas.warnings.rules.backtest import wilson
from ximu.ideas.warnings.rules.multiplicity import benjamini_hochberg
from ximu.kernel.words import Text
from ximu.notice.domains.d13_hotline.rules.settings import WARNINGS, rule_words, topic_words

WEEK = timedelta(days=7)
LEVELS = {"yellow": Text("黄色", "yellow"), "orange": Text("橙色", "orange"), "red": Text("红色", "red")}


@dataclass(frozen=True, slots=True)
class Alarm:
    """(rule, unit, subject, period) names it; `words` say it; `sample` are ticket numbers to look at."""

    rule: str
    unit: str
    subject: str
    period: str
    observed: float
    expected: float | None
    bound: float
    level: str
    words: Text
    p_value: float | None = None
    sample: tuple[str, ...] = field(default=())
    tests: int | None = None
    false_discovery: float | None = None

    def basis(self) -> dict[str, Any]:
        """What the store of alarms keeps beside the words."""
        told = {"observed": self.observed, "expected": self.expected, "bound": self.bound, "p_value": self.p_value,
                "sample": list(self.sample), "tests": self.tests, "false_discovery": self.false_discovery}
        return {name: value for name, value in told.items() if value not in (None, [])}

    def envelope(self) -> dict[str, Any]:
        name, level = rule_words(self.rule), LEVELS[self.level]
        return {
            "rule": self.rule, "rule_zh": name.zh, "rule_en": name.en, "unit": self.unit,
            "subject": self.subject, "period": self.period,
            "observed": self.observed, "expected": self.expected, "bound": self.bound, "level": self.level, "level_zh": level.zh,
            "level_en": level.en, "p_value": self.p_value, "words_zh": self.words.zh, "words_en": self.words.en,
            "sample": list(self.sample),
        }


@dataclass(frozen=True, slots=True)
class Volume:
    """The alarms with what is known of their errors: how many series × weeks were judged, how many lay over their own
    bound, how many stand together; `gaps` are weeks without data; `holidays` tells that working days and days off were weighed."""

    alarms: list[Alarm]
    series: int
    tests: int
    over: int
    gaps: list[date]
    judged: list[date]
    withheld: list[date]
    holidays: bool = False


def grid(rows: Iterable[Mapping[str, Any]], weeks: Sequence[date], gaps: Iterable[date]) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Series (unit, topic) × weeks: zero where a delivered week has none, NaN where the week was not delivered whole."""
    place = {week: i for i, week in enumerate(weeks)}
    counted = [(r["unit"], r["topic"], place[r["week"]], r["n"]) for r in rows if r["week"] in place]
    names = sorted({(u, t) for u, t, _, _ in counted})
    row = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(weeks)))
    for unit, topic, at, n in counted:
        counts[row[unit, topic], at] = n
    counts[:, [place[g] for g in gaps if g in place]] = np.nan
    return names, counts


def volume(
    rows: Iterable[Mapping[str, Any]], weeks: Sequence[date], gaps: Sequence[date], settings: Mapping[str, Any] = WARNINGS["volume"],
    *, exposure: np.ndarray | None = None,
) -> Volume:
    """Farrington flexible per series, then Benjamini–Hochberg over all; the last weeks are withheld, not taken for calm.

    `exposure` (one number per week, see `exposure.weighed`) lets weeks with public holidays be compared with others.
    """
    seen = detected(rows, weeks, gaps, settings, exposure=exposure)
    withheld, holidays = list(weeks[max(len(weeks) - settings["withheld_weeks"], 0):]), exposure is not None
    if seen is None:
        return Volume([], len(grid(rows, weeks, gaps)[0]), 0, 0, list(gaps), [], withheld, holidays)
    together = benjamini_hochberg(seen.found.p_value, q=settings["false_discovery"])
    over = seen.found.alarm == 1
    alarms = [_volume_alarm(seen, (s, k), together.tests, settings) for s, k in np.argwhere(over & together.stands)
              if seen.count(s, k) >= settings["least"]]
    return Volume(alarms, len(seen.names), together.tests, int(over.sum()), list(gaps), [weeks[t - 1] for t in seen.found.times], withheld,
                  holidays)


@dataclass(frozen=True, slots=True)
class Detected:
    """Every series (`names`: unit, topic) judged at the times of `found`."""

    names: list[tuple[str, str]]
    weeks: Sequence[date]
    counts: np.ndarray
    found: farrington.Many

    def count(self, series: int, column: int) -> float:
        return float(self.counts[series, self.found.times[column] - 1])

    def week(self, column: int) -> date:
        return self.weeks[self.found.times[column] - 1]


def detected(
    rows: Iterable[Mapping[str, Any]], weeks: Sequence[date], gaps: Sequence[date], settings: Mapping[str, Any],
    *, exposure: np.ndarray | None = None,
) -> Detected | None:
    """None where there is no series or not enough history."""
    ready = len(weeks) - settings["withheld_weeks"]
    names, counts = grid(rows, weeks, gaps)
    first = 52 * settings["b"] + settings["w"] + 1
    times = range(max(first, ready - settings["judged_weeks"] + 1), ready + 1)
    if not times or not names:
        return None
    found = farrington.farrington_flexible_many(
        counts[:, :ready], dates=tuple(weeks[:ready]), times=times, alpha=settings["alpha"], b=settings["b"], w=settings["w"],
        noPeriods=settings["no_periods"], pastWeeksNotIncluded=settings["past_weeks_not_included"], thresholdMethod="nbPlugin",
        populationOffset=exposure is not None, population=None if exposure is None else exposure[:ready],
    )
    return Detected(names, weeks, counts, found)


def _volume_alarm(seen: Detected, at: tuple[int, int], tests: int, settings: Mapping[str, Any]) -> Alarm:
    found, (unit, topic_code), week = seen.found, seen.names[at[0]], seen.week(at[1])
    expected, bound = round(float(found.expected[at]), 1), math.floor(float(found.upperbound[at]) * 10) / 10
    score, observed = float(found.score[at]), seen.count(*at)
    level = "red" if score >= 3 else "orange" if score >= 2 else "yellow"
    topic, last = topic_words(topic_code), week + WEEK - timedelta(days=1)
    return Alarm(
        "volume", unit, topic_code, week.isoformat(), int(observed), expected, bound, level,
        Text(f"{week:%Y-%m-%d}至{last:%Y-%m-%d}一周，“{topic.zh}”类诉求{observed:.0f}件，按往年同期约应为{expected:g}件，超过{bound:g}件即属异常。",
             f"In the week {week} to {last} there were {observed:.0f} tickets on “{topic.en}”; about {expected:g} would be usual, "
             f"more than {bound:g} is unusual."),
        p_value=float(found.p_value[at]), tests=tests, false_discovery=settings["false_discovery"],
    )


def false_closures(
    rows: Iterable[Mapping[str, Any]], period: str, settings: Mapping[str, Any] = WARNINGS["false_closure"],
) -> list[Alarm]:
    """Units whose share of false closures is surely (95 %) at least the set share."""
    made = []
    for row in rows:
        n, hits, share = row["claimed"], row["false_closed"], settings["share"]
        low, high = wilson(hits, n)
        if n and low >= share:
            level = "red" if low >= 3 * share else "orange" if low >= 2 * share else "yellow"
            made.append(Alarm(
                "false_closure", row["unit"], "", period, round(hits / n, 4), None, share, level,
                Text(f"单位报“实际解决”并经回访的{n}件中，{hits}件诉求人认定未解决，占{hits / n:.1%}"
                     f"（95%区间{low:.1%}–{high:.1%}），超过{share:.0%}。",
                     f"Of {n} tickets reported as solved and called back, {hits} callers say they are not solved: {hits / n:.1%} "
                     f"(95 % interval {low:.1%}–{high:.1%}), over {share:.0%}."),
            ))
    return made


def listed(rule: str, rows: Iterable[Mapping[str, Any]], settings: Mapping[str, Any] = WARNINGS) -> list[Alarm]:
    """Alarms of the rules that name single matters or tickets."""
    return [_LISTED[rule](row, settings[rule]) for row in rows]


def _repeat(row: Mapping[str, Any], settings: Mapping[str, Any]) -> Alarm:
    level = "red" if row["n"] >= 3 * settings["times"] else "orange" if row["n"] >= 2 * settings["times"] else "yellow"
    return Alarm(
        "repeat", row["unit"], row["matter"], row["last_reached"].isoformat(), row["n"], None, settings["times"], level,
        Text(f"同一事项{settings['days']}天内来电{row['n']}次，达到{settings['times']}次即预警。",
             f"{row['n']} calls on one matter within {settings['days']} days; {settings['times']} are enough for a warning."),
        sample=(row["sample"],),
    )


def _returned(row: Mapping[str, Any], settings: Mapping[str, Any]) -> Alarm:
    return Alarm(
        "returned", row["unit"], row["ticket"], row["called_on"].isoformat(), row["n"], None, settings["times"], "yellow",
        Text(f"工单被退回{row['n']}次，可能存在推诿。", f"The ticket was sent back {row['n']} times; perhaps nobody wants to own it."),
        sample=(row["ticket"],),
    )


def _words(row: Mapping[str, Any], settings: Mapping[str, Any]) -> Alarm:
    said = row["words"].replace(";", "、")
    return Alarm(
        "words", row["unit"], row["ticket"], row["called_on"].isoformat(), said.count("、") + 1, None, 1, "yellow",
        Text(f"诉求中出现“{said}”，请核实是否有承诺未兑现。", f"The caller says “{said}”; check whether a promise was broken."),
        sample=(row["ticket"],),
    )


_LISTED = {"repeat": _repeat, "returned": _returned, "words": _words}
