"""EWMA for counts: a smoothed level against its own control limit.

Borror, Champ, Rigdon, "Poisson EWMA control charts", J. Quality Technology 30 (1998) 352-361:

    Z_t = lambda x_t + (1 - lambda) Z_{t-1},   Z_0 = m,
    limit_t = m + L sqrt( lambda / (2 - lambda) (1 - (1 - lambda)^(2t)) v ),   v = max(m, s^2 of the history).

An alarm is Z_t above limit_t; the bound is the count that would bring Z_t to the limit. `m` is given, or the mean of
the history (one year, or all times before `from`). A time without data leaves the level as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ximu.ideas.warnings.rules import parameters as p
from ximu.ideas.warnings.rules.series import Detection, Series, chosen_times, states, too_short
from ximu.kernel.words import Text

KNOWN = (
    p.Parameter("lambda", 0.2, p.number, lambda v: 0 < v <= 1, "0 < lambda <= 1"),
    p.Parameter("L", 3.0, p.number, lambda v: v > 0, Text("大于 0 的数", "a number > 0")),
    p.Parameter("m", None, p.nothing_or(p.number), lambda v: v > 0,
                Text("大于 0 的数，或不填（取历史均值）", "a number > 0, or nothing (mean of the history)")),
    p.Parameter("overdispersed", True, p.truth, lambda v: True, "true | false"),
    *p.RANGE,
)


def detect(series: Series, values: Mapping[str, Any]) -> Detection:
    n = len(series)
    wanted = p.range_of(values, n)
    need = 1 if values["m"] is not None else (series.freq + 1 if wanted is None else 3)
    times, asked = chosen_times(n, wanted, need)
    mean, variance = _history(series, values, times)
    smoothing, width = values["lambda"], values["L"]
    expected, upper, score, alarm = (np.full(n, np.nan) for _ in range(4))
    level, seen = mean, 0
    for t in times:
        i, seen = t - 1, seen + 1
        limit = mean + width * math.sqrt(smoothing / (2 - smoothing) * (1 - (1 - smoothing) ** (2 * seen)) * variance)
        expected[i], upper[i] = mean, (limit - (1 - smoothing) * level) / smoothing
        if math.isnan(series.observed[i]):
            continue
        level = smoothing * series.observed[i] + (1 - smoothing) * level
        score[i], alarm[i] = level, level > limit
    judged = np.zeros(n, dtype=bool)
    judged[times.start - 1:times.stop - 1] = True
    found = states(series.observed, upper, alarm, judged, asked)
    return Detection("ewma", values, series, expected, upper, score, alarm, tuple(found))


def _history(series: Series, values: Mapping[str, Any], times: range) -> tuple[float, float]:
    """In-control mean and variance."""
    past = series.observed[: times.start - 1]
    past = past[~np.isnan(past)]
    if values["m"] is None and len(past) < 2:
        raise too_short(len(series), times.start + 2)
    mean = float(np.mean(past)) if values["m"] is None else values["m"]
    spread = float(np.var(past, ddof=1)) if values["overdispersed"] and len(past) >= 2 else 0.0
    return mean, max(mean, spread)
