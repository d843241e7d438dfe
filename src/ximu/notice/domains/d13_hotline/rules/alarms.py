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
    bound, how many stand together; `gaps` are weeks without data."""

    alarms: list[Alarm]
    series: int
    tests: int
    over: int
    gaps: list[date]
    judged: list[date]
    withheld: list[date]


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
) -> Volume:
    """Farrington flexible per series, then Benjamini–Hochberg over all; the last weeks are withheld, not taken for calm."""
    ready = len(weeks) - settings["withheld_weeks"]
    names, counts = grid(rows, weeks, gaps)
    first = 52 * settings["b"] + settings["w"] + 1
    times = range(max(first, ready - settings["judged_weeks"] + 1), ready + 1)
    withheld = list(weeks[max(ready, 0):])
    if not times or not names:
        return Volume([], len(names), 0, 0, list(gaps), [], withheld)
    found = farrington.farrington_flexible_many(
        counts[:, :ready], dates=tuple(weeks[:ready]), times=times, alpha=settings["alpha"], b=settings["b"], w=settings["w"],
        noPeriods=settings["no_periods"], pastWeeksNotIncluded=settings["past_weeks_not_included"], thresholdMethod="nbPlugin",
    )
    together = benjamini_hochberg(found.p_value, q=settings["false_discovery"])
    over = found.alarm == 1
    alarms = [_volume_alarm(names[s], weeks[times[k] - 1], counts[s, times[k] - 1], found, (s, k))
              for s, k in np.argwhere(over & together.stands)
              if counts[s, times[k] - 1] >= settings["least"]]
    return Volume(alarms, len(names), together.tests, int(over.sum()), list(gaps), [weeks[t - 1] for t in times], withheld)


def _volume_alarm(name: tuple[str, str], week: date, observed: float, found: farrington.Many, at: tuple[int, int]) -> Alarm:
    expected, bound = round(float(found.expected[at]), 1), math.floor(float(found.upperbound[at]) * 10) / 10
    score = float(found.score[at])
    level = "red" if score >= 3 else "orange" if score >= 2 else "yellow"
    topic, last = topic_words(name[1]), week + WEEK - timedelta(days=1)
    return Alarm(
        "volume", name[0], name[1], week.isoformat(), int(observed), expected, bound, level,
        Text(f"{week:%Y-%m-%d}至{last:%Y-%m-%d}一周，“{topic.zh}”类诉求{observed:.0f}件，按往年同期约应为{expected:g}件，超过{bound:g}件即属异常。",
             f"In the week {week} to {last} there were {observed:.0f} tickets on “{topic.en}”; about {expected:g} would be usual, "
             f"more than {bound:g} is unusual."),
        p_value=float(found.p_value[at]),
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
