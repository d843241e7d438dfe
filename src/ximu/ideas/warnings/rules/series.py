"""What does a detector see, and what does it answer?

A series is counts at consecutive times 1..n. A time without a delivery is a *state* (null), never zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

Floats = NDArray[np.float64]

REASONS: dict[str, Text] = {
    "DET-ALARM": Text("观测值超过上界", "the observed count exceeds the bound"),
    "DET-QUIET": Text("观测值未超过上界", "the observed count does not exceed the bound"),
    "DET-GAP": Text("无数据：本期或所需参照期没有报送，不作零处理",
                    "no data: this time or one it needs was not delivered; not taken as zero"),
    "DET-SHORT": Text("历史数据不足，未评估", "not judged: the history before this time is too short"),
    "DET-FEW": Text("近期件数过少，不报警", "too few cases in the latest times to raise an alarm"),
    "DET-FIT": Text("模型未能拟合，无上界", "the model could not be fitted, so there is no bound"),
    "DET-RANGE": Text("不在所选评估区间内", "outside the chosen range"),
}
SUMMED: dict[str, Text] = {
    "DET-ALARM": Text("累积和达到门限", "the cumulated sum reaches the limit"),
    "DET-QUIET": Text("累积和未达门限", "the cumulated sum stays below the limit"),
}


@dataclass(frozen=True, slots=True)
class Series:
    """Counts at times 1..n (printed from `first_t` on); `dates` empty when unknown; `population` None when not given."""

    observed: Floats
    dates: tuple[date, ...] = ()
    population: Floats | None = None
    freq: int = 52
    first_t: int = 1

    def __len__(self) -> int:
        return len(self.observed)


@dataclass(frozen=True, slots=True)
class Detection:
    """Arrays over all times of a series; NaN where there is no value. `state` holds a key of `REASONS` per time.

    `limit` is set where the score, not the count, is what is compared (CUSUM).
    """

    method: str
    parameters: Mapping[str, Any]
    series: Series
    expected: Floats
    upperbound: Floats
    score: Floats
    alarm: Floats
    state: tuple[str, ...]
    p_value: Floats | None = None
    limit: float | None = None
    notes: tuple[Text, ...] = field(default=())

    def rows(self) -> list[dict[str, Any]]:
        return [self._row(i) for i in range(len(self.series))]

    def _row(self, i: int) -> dict[str, Any]:
        alarm = self.alarm[i]
        reason = self._reason(i)
        row: dict[str, Any] = {
            "t": i + self.series.first_t, "date": self.series.dates[i].isoformat() if self.series.dates else None,
            "observed": plain(self.series.observed[i]), "expected": plain(self.expected[i]),
            "upperbound": plain(self.upperbound[i]), "alarm": None if math.isnan(alarm) else bool(alarm),
            "score": plain(self.score[i]),
        }
        if self.p_value is not None:
            row["p_value"] = plain(self.p_value[i])
        return {**row, "state": self.state[i], "reason_zh": reason.zh, "reason_en": reason.en}

    def _reason(self, i: int) -> Text:
        words, bound = REASONS[self.state[i]], self.upperbound[i]
        if self.state[i] not in SUMMED:
            return words
        if self.limit is not None:
            facts = f"{self.score[i]:.6g} / {self.limit:g}"
            return Text(f"{SUMMED[self.state[i]].zh}（{facts}）", f"{SUMMED[self.state[i]].en} ({facts})")
        facts = f"{self.series.observed[i]:g} / {bound:.6g}"
        return Text(f"{words.zh}（{facts}）", f"{words.en} ({facts})")


def plain(value: float) -> float | int | None:
    """A JSON number: null for NaN and infinities, whole counts without a fraction."""
    if not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


def states(observed: Floats, upperbound: Floats, alarm: Floats, judged: NDArray[np.bool_], asked: NDArray[np.bool_]) -> list[str]:
    """The state of each time where the detector itself has none: outside, too early, no data, alarm or quiet."""
    found = []
    for value, bound, rang, early, chosen in zip(observed, upperbound, alarm, ~judged, asked, strict=True):
        if not chosen:
            found.append("DET-RANGE")
        elif early:
            found.append("DET-SHORT")
        elif math.isnan(value) or math.isnan(bound) or math.isnan(rang):
            found.append("DET-GAP" if math.isnan(value) else "DET-FIT")
        else:
            found.append("DET-ALARM" if rang else "DET-QUIET")
    return found


def chosen_times(n: int, chosen: range | None, first: int) -> tuple[range, NDArray[np.bool_]]:
    """The times to judge (`chosen`, or all from `first` on) and the mask of those asked for; refuses an empty choice."""
    if chosen is not None and (chosen.start < 1 or chosen.stop - 1 > n or len(chosen) == 0):
        raise Refusal(
            "DET-PARAM", field="range", value=f"{chosen.start}:{chosen.stop - 1}", rule=f"1..{n}",
            zh=f"评估区间 {chosen.start}:{chosen.stop - 1} 超出序列范围 1:{n}。",
            en=f"The range {chosen.start}:{chosen.stop - 1} lies outside the series 1:{n}.",
        )
    times = range(max(first, chosen.start), chosen.stop) if chosen is not None else range(first, n + 1)
    if len(times) == 0:
        raise too_short(n, first)
    asked = np.ones(n, dtype=bool)
    if chosen is not None:
        asked[:] = False
        asked[chosen.start - 1:chosen.stop - 1] = True
    return times, asked


def too_short(n: int, needed: int) -> Refusal:
    return Refusal(
        "DET-SHORT", field="observed", value=n, rule=f"n >= {needed}",
        zh=f"序列只有 {n} 期，所选方法和参数至少需要 {needed} 期。",
        en=f"The series has {n} times; this method with these parameters needs at least {needed}.",
    )
