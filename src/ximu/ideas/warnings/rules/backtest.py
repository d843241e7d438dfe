"""How often does a detector cry wolf? Its alarms on history that is known to be quiet.

The interval is Wilson's (J. Am. Stat. Assoc. 22 (1927) 209-212): it does not claim certainty from few times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from ximu.ideas.warnings.rules.detectors import detect
from ximu.ideas.warnings.rules.series import Series
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """`rate` of alarms per judged quiet time (None when none was judged), with its interval, and how many a year."""

    judged: int
    alarms: int
    rate: float | None
    low: float | None
    high: float | None
    per_year: float | None
    reason: Text


def wilson(hits: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a share; 0..1 when nothing was seen."""
    if n == 0:
        return 0.0, 1.0
    z = float(scipy.special.ndtri(0.5 + confidence / 2))
    share, spread = hits / n, z**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def back_test(
    history: Iterable[Series], method: str, parameters: Mapping[str, Any], *, outbreaks: Iterable[Iterable[int]] = (),
) -> FalseAlarms:
    """Alarms of `method` on quiet `history`; `outbreaks` names, series by series, times (1..n) that were not quiet."""
    judged = alarms = 0
    freq = 52
    known = list(outbreaks)
    for place, series in enumerate(history):
        freq = series.freq
        alarm = detect(series, method, parameters).alarm.copy()
        loud = [t - 1 for t in (known[place] if place < len(known) else ())]
        alarm[loud] = np.nan
        judged += int((~np.isnan(alarm)).sum())
        alarms += int(np.nansum(alarm))
    return known_rate(judged, alarms, per_year=freq)


def known_rate(judged: int, alarms: int, *, per_year: float) -> FalseAlarms:
    """`alarms` that were not true in `judged` times that were not known to be loud; `per_year` such times make a year."""
    if not judged:
        words = Text("没有可评估的平静期，误报率未知", "no quiet time could be judged: the false-alarm rate is not known")
        return FalseAlarms(0, 0, None, None, None, None, words)
    low, high = wilson(alarms, judged)
    rate = alarms / judged
    return FalseAlarms(judged, alarms, rate, low, high, rate * per_year, Text(
        f"平静期 {judged} 期中误报 {alarms} 次，误报率 {rate:.4f}（95% 区间 {low:.4f}–{high:.4f}）",
        f"{alarms} alarms in {judged} quiet times: rate {rate:.4f} (95% interval {low:.4f}–{high:.4f})",
    ))
