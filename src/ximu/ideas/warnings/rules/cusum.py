"""CUSUM for counts: do small excesses add up?

Rossi, Lampugnani, Marchi, "An approximate CUSUM procedure for surveillance of health events", Statist. Med. 18
(1999) 2111-2122. A count x with in-control mean m is made roughly standard normal, z, and

    C_t = max(0, C_{t-1} + z_t - k),   alarm when C_t >= h,   C_0 = 0.

    rossi          z = (x - 3m + 2 sqrt(x m)) / (2 sqrt m)
    standard       z = (x - m) / sqrt m
    anscombe       z = 3/2 (x^(2/3) - m^(2/3)) / m^(1/6)
    anscombe2nd    z = (x^(2/3) - (m^(2/3) - m^(-1/3)/9)) / (2/3 m^(1/6))
    pearsonNegBin  z = (x - m) / sqrt(m + alpha m^2)
    anscombeNegBin Hilbe, "Negative Binomial Regression" (2011), with 2F1(1/3, 2/3; 5/3; .)
    none           z = x

The bound is the count that would bring C_t to h, each transformation solved for x; it is rounded up for `standard`,
and for `none` and `anscombeNegBin` it is what is left, h - C_t. `m` is a number, the mean of the times before the
first judged one (default), or `glm`: a Poisson regression on them with one yearly sine and cosine.
A time without data leaves the sum as it was. A history without a single case has no spread to measure against: there is
no score then, unless the counts are taken as they are (`none`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy

from ximu.ideas.warnings.rules import parameters as p
from ximu.ideas.warnings.rules.regression import harmonic_mean
from ximu.ideas.warnings.rules.series import Detection, Floats, Series, chosen_times, states, too_short
from ximu.kernel.words import Text

TRANSFORMATIONS = ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none")


def _mean_or_glm(text: str) -> float | str:
    return "glm" if text.strip("\"'").lower() == "glm" else p.number(text)


KNOWN = (
    p.Parameter("k", 1.04, p.number, lambda v: v >= 0, Text("不小于 0 的数", "a number >= 0")),
    p.Parameter("h", 2.26, p.number, lambda v: v > 0, Text("大于 0 的数", "a number > 0")),
    p.Parameter("m", None, p.nothing_or(_mean_or_glm), lambda v: v == "glm" or v > 0,
                Text("大于 0 的数、glm，或不填（取历史均值）", "a number > 0, glm, or nothing (mean of the history)")),
    p.Parameter("trans", "standard", p.one_of(*TRANSFORMATIONS), bool, " | ".join(TRANSFORMATIONS)),
    p.Parameter("alpha", 0.1, p.nothing_or(p.number), lambda v: v > 0, Text("大于 0 的数", "a number > 0")),
    *p.RANGE,
)


def detect(series: Series, values: Mapping[str, Any]) -> Detection:
    n = len(series)
    first = 1 if isinstance(values["m"], float) else series.freq + 1
    wanted = p.range_of(values, n)
    times, asked = chosen_times(n, wanted, first if wanted is None else (1 if first == 1 else 2))
    mean = _in_control(series, values["m"], times)
    alpha = 0.1 if values["alpha"] is None else values["alpha"]
    counts = series.observed[times.start - 1:times.stop - 1]
    expected, upper, score = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    place = slice(times.start - 1, times.stop - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        standing = _standardised(counts, mean, values["trans"], alpha)
        sums = _sums(standing, values["k"])
        bound = _bound(sums, mean, values, alpha)
    bound[np.isnan(bound)] = 0.0
    expected[place], upper[place], score[place] = mean, np.maximum(bound, 0.0), sums[1:]
    score[np.isnan(series.observed)] = np.nan
    if values["trans"] != "none":
        score[place] = np.where(mean > 0, score[place], np.nan)
    alarm = np.where(np.isnan(score), np.nan, score >= values["h"])
    judged = np.zeros(n, dtype=bool)
    judged[place] = True
    found = states(series.observed, upper, alarm, judged, asked)
    return Detection("cusum", values, series, expected, upper, score, alarm, tuple(found), limit=values["h"])


def _in_control(series: Series, m: float | str | None, times: range) -> Floats:
    """The in-control mean at each judged time."""
    count = len(times)
    if isinstance(m, float):
        return np.full(count, m)
    history = series.observed[: times.start - 1]
    if not len(history) or np.isnan(history).all():
        raise too_short(len(series), times.start + 1)
    if m == "glm":
        return harmonic_mean(history, np.arange(times.start, times.stop), series.freq)
    return np.full(count, np.nanmean(history))


def _standardised(x: Floats, m: Floats, trans: str, alpha: float) -> Floats:
    formulas: dict[str, Callable[[], Floats]] = {
        "rossi": lambda: (x - 3 * m + 2 * np.sqrt(x * m)) / (2 * np.sqrt(m)),
        "standard": lambda: (x - m) / np.sqrt(m),
        "anscombe": lambda: 3 / 2 * (x ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
        "anscombe2nd": lambda: (x ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / (2 / 3 * m ** (1 / 6)),
        "pearsonNegBin": lambda: (x - m) / np.sqrt(m + alpha * m**2),
        "anscombeNegBin": lambda: (_stretched(x, alpha) - _stretched(m, alpha)) / (m + alpha * m**2) ** (1 / 6),
        "none": lambda: x,
    }
    return formulas[trans]()


def _stretched(x: Floats, alpha: float) -> Floats:
    return 3 / 2 * x ** (2 / 3) * scipy.special.hyp2f1(1 / 3, 2 / 3, 5 / 3, -alpha * x)


def _sums(standing: Floats, k: float) -> Floats:
    """C_0 .. C_n; a missing time carries the sum on."""
    sums = [0.0]
    for z in standing.tolist():
        sums.append(sums[-1] if math.isnan(z) else max(0.0, sums[-1] + (z - k)))
    return np.array(sums)


def _bound(sums: Floats, m: Floats, values: Mapping[str, Any], alpha: float) -> Floats:
    """The count that brings the sum to h, for each transformation."""
    h, k, trans = values["h"], values["k"], values["trans"]
    if trans in {"none", "anscombeNegBin"}:
        return h - sums[1:]
    room = h + k - sums[:-1]
    if trans == "standard":
        return np.ceil(np.sqrt(m) * room + m)
    if trans == "pearsonNegBin":
        return np.sqrt(m + alpha * m**2) * room + m
    if trans == "rossi":
        return 2 * np.sqrt(m) * room + 5 * m - 2 * np.sqrt(4 * m**2 + 2 * m**1.5 * room)
    shift = m ** (1 / 3) / 9 if trans == "anscombe2nd" else 0.0
    root = 2 / 3 * m ** (1 / 6) * room + (m ** (2 / 3) - shift)
    return np.where(root < 0, 0.0, np.abs(root) ** 1.5)
