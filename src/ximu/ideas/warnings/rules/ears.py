"""EARS C1, C2, C3: is today's count far above the mean of the last few days?

Hutwagner, Thompson, Seeman, Treadwell, "The bioterrorism preparedness and response Early Aberration Reporting
System (EARS)", J Urban Health 80 (2003) i89-i96. With baseline days B, mean m and standard deviation s:

    C1(t) = (y_t - m1) / s1      baseline t-B .. t-1
    C2(t) = (y_t - m2) / s2      baseline t-B-2 .. t-3 (two days' guard band)
    C3(t) = C2(t) + max(0, C2(t-1) - 1) + max(0, C2(t-2) - 1)

An alarm is y_t above the bound U; s is never taken below `minSigma`, and with z = z(1-alpha):

    U1 = m1 + z s1        U2 = m2 + z s2        U3 = max(0, base + s2 (z - max(0, C2(t-1) - 1) - max(0, C2(t-2) - 1)))

Solving C3(t) = z for y_t gives base = m2 (`c3bound=derived`). The package that is the yardstick of this field,
R surveillance 1.20.3, has base = y_t, so that its C3 alarm rests on the two days before alone; that is the default
(`c3bound=reference`), so that bounds compare with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy

from ximu.ideas.warnings.rules import parameters as p
from ximu.ideas.warnings.rules.series import Detection, Floats, Series, chosen_times, states
from ximu.kernel.words import Text

GUARD = {"C1": 0, "C2": 2, "C3": 2}
HISTORY = {"C1": 0, "C2": 2, "C3": 4}
ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
NOTE_C3 = Text(
    "C3 上界采用对照软件的写法：报警只取决于前两期；按定义推导的上界用 c3bound=derived",
    "the C3 bound is written as in the reference software: its alarm rests on the two times before; c3bound=derived is the bound "
    "that follows from the definition",
)


def known(kind: str) -> tuple[p.Parameter, ...]:
    own = (p.Parameter("c3bound", "reference", p.one_of("reference", "derived"), bool, "reference | derived"),)
    return (
        p.Parameter("baseline", 7, p.whole, lambda v: v >= 3, Text("不小于 3 的整数", "a whole number >= 3")),
        p.Parameter("minSigma", 0.0, p.number, lambda v: v >= 0, Text("不小于 0 的数", "a number >= 0")),
        p.Parameter("alpha", ALPHA[kind], p.number, lambda v: 0 < v < 1, "0 < alpha < 1"),
        *(own if kind == "C3" else ()),
        *p.RANGE,
    )


def detect(series: Series, kind: str, values: Mapping[str, Any]) -> Detection:
    """`kind` is C1, C2 or C3; `values` come from `parameters.chosen(given, known(kind))`."""
    n, baseline = len(series), values["baseline"]
    times, asked = chosen_times(n, p.range_of(values, n), baseline + HISTORY[kind] + 1)
    mean, sd = _baseline(series.observed, baseline, GUARD[kind])
    sd = np.maximum(sd, values["minSigma"])
    z = float(scipy.special.ndtri(1 - values["alpha"]))
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (series.observed - mean) / sd
        if kind == "C3":
            excess = np.maximum(0.0, score - 1)
            earlier = _lag(excess, 2) + _lag(excess, 1)
            base = series.observed if values["c3bound"] == "reference" else mean
            upper = np.maximum(0.0, base + sd * (z - earlier))
            score = score + earlier
        else:
            upper = mean + z * sd
    judged = np.zeros(n, dtype=bool)
    judged[times.start - 1:times.stop - 1] = True
    for values_at in (mean, upper, score):
        values_at[~(judged & asked)] = np.nan
    alarm = np.where(np.isnan(upper) | np.isnan(series.observed), np.nan, series.observed > upper)
    found = states(series.observed, upper, alarm, judged, asked)
    gaps = np.isnan(mean)
    found = ["DET-GAP" if state == "DET-FIT" and gap else state for state, gap in zip(found, gaps, strict=True)]
    notes = (NOTE_C3,) if kind == "C3" and values["c3bound"] == "reference" else ()
    return Detection(f"ears-{kind.lower()}", values, series, mean, upper, score, alarm, tuple(found), notes=notes)


def _baseline(observed: Floats, length: int, guard: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation (n-1) of the `length` counts that end `guard` + 1 times before each time."""
    n = len(observed)
    mean, sd = np.full(n, np.nan), np.full(n, np.nan)
    if n > length + guard:
        windows = np.lib.stride_tricks.sliding_window_view(observed, length)[: n - length - guard]
        mean[length + guard:] = windows.mean(axis=1)
        sd[length + guard:] = windows.std(axis=1, ddof=1)
    return mean, sd


def _lag(values: Floats, steps: int) -> Floats:
    return np.concatenate([np.full(steps, np.nan), values[:-steps]])
