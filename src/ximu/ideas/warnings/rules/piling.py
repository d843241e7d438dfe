"""Do days pile up where nothing honest makes them? Intervals that heap on one value, and work that is all dated on one day.

Both look at counts only; a finding is a question to the unit that delivered, never a verdict.

Heaping (what Roberts, Brewer, J. Appl. Statist. 28 (2001) 887-896, call a heap: a frequency out of line with those beside it).
With l_j = log n_j the cubic through the two counts on each side says (Lagrange)
    l^_j = (4 (l_{j-1} + l_{j+1}) - (l_{j-2} + l_{j+2})) / 6,
and for Poisson counts, by the delta method (Var l_j = 1/n_j),
    z = (l_j - l^_j) / sqrt(1/n_j + 16/36 (1/n_{j-1} + 1/n_{j+1}) + 1/36 (1/n_{j-2} + 1/n_{j+2})).
A smooth distribution, steep or flat, has z near 0; all values that can be judged are tried together (Bonferroni).

Massing: a day's count n against the mean m of the other days, by the 2/3-power residual of a quasi-Poisson count
(Farrington et al., JRSS A 159 (1996) 547-563; the transformation of Anscombe)
    s = 3/2 (n^(2/3) m^(-1/6) - m^(1/2)) / sqrt(phi),   phi = max(1, Var / m) of the other days,
each working day of the span tried (Bonferroni). Days that vary more than Poisson and lean to the right ring a little more often (up to
3 spans in 100 in the tests): that is why the rate on history stands beside each alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import scipy

from ximu.ideas.warnings.rules.quality import SUSPICIOUS, Finding
from ximu.kernel.words import Text

FEWEST = 50
"""Intervals, or pieces of work, without which nothing is judged."""
FEWEST_BESIDE = 5
"""Each of the four neighbours needs so many: the logarithm of fewer is not near normal."""
FEWEST_DAYS = 10


def heaped(counts: Mapping[int, int], *, unit: Text = Text("个工作日", "working days")) -> Finding:  # noqa: B008  a frozen value
    """`counts` how often an interval took so many days. The most conspicuous value is told."""
    n = sum(counts.values())
    if n < FEWEST:
        return _few("heaped", n)
    judged = [(value, seen) for value in sorted(counts) if (seen := _seen(counts, value)) is not None]
    if not judged:
        return Finding("heaped", None, Text("没有一个值两侧各有两个够用的邻值，不作判断",
                                            "no value has two neighbours on each side with enough counts: not judged"), n)
    worst, (z, says, beside_spread) = max(judged, key=lambda pair: pair[1])
    p_value = min(1.0, float(scipy.special.ndtr(-z)) * len(judged))
    beside = [counts.get(worst + step, 0) for step in (-1, 1)]
    return Finding("heaped", p_value < SUSPICIOUS, Text(
        f"恰为{worst}{unit.zh}的{counts[worst]}件，前后各一日为{beside[0]}件、{beside[1]}件（p = {p_value:.2g}）",
        f"{counts[worst]} took exactly {worst} {unit.en}; one less {beside[0]}, one more {beside[1]} (p = {p_value:.2g})",
    ), n, z, p_value, facts={
        "value": worst, "count": counts[worst], "beside": beside, "judged": len(judged), "expected": round(float(np.exp(says)), 1),
        "bound": round(_bound(says, beside_spread, len(judged)), 1)})


def _bound(says: float, spread: float, judged: int) -> float:
    """The count from which it would be a heap: n = exp(l^ + z sqrt(1/n + spread)), which draws together."""
    z, n = _least(judged), float(np.exp(says))
    for _ in range(100):
        n = float(np.exp(says + z * np.sqrt(1 / n + spread)))
    return n


def _least(judged: int) -> float:
    return float(-scipy.special.ndtri(SUSPICIOUS / judged))


def _seen(counts: Mapping[int, int], at: int) -> tuple[float, float, float] | None:
    """z of the value, the logarithm that its neighbours say, and its variance; None where a neighbour is too small to judge by."""
    near, far = ([counts.get(at - step, 0), counts.get(at + step, 0)] for step in (1, 2))
    if counts[at] < 1 or min(*near, *far) < FEWEST_BESIDE:
        return None
    says = (4 * np.log(near).sum() - np.log(far).sum()) / 6
    spread = float(16 / 36 * (1 / np.array(near)).sum() + 1 / 36 * (1 / np.array(far)).sum())
    return float((np.log(counts[at]) - says) / np.sqrt(1 / counts[at] + spread)), float(says), spread


def massed(counts: Mapping[date, int], working: Sequence[date]) -> Finding:
    """`counts` work dated on a day; `working` the working days of the span, on which the other days are reckoned."""
    days = sorted(working)
    values = np.array([counts.get(day, 0) for day in days], float)
    n = int(values.sum())
    if n < FEWEST or len(days) < FEWEST_DAYS:
        return _few("massed", n)
    worst = int(values.argmax())
    others = np.delete(values, worst)
    mean = max(float(others.mean()), 0.5 / len(others))
    phi = max(1.0, float(others.var(ddof=1)) / mean)
    score = 1.5 * (values[worst] ** (2 / 3) * mean ** (-1 / 6) - mean**0.5) / phi**0.5
    p_value = min(1.0, float(scipy.special.ndtr(-score)) * len(days))
    share, bound = values[worst] / n, ((_least(len(days)) * phi**0.5 / 1.5 + mean**0.5) * mean ** (1 / 6)) ** 1.5
    return Finding("massed", p_value < SUSPICIOUS, Text(
        f"{days[worst]}一天{values[worst]:.0f}件，占期内{n}件的{share:.0%}，其余各工作日平均{mean:.1f}件（p = {p_value:.2g}）",
        f"{values[worst]:.0f} on {days[worst]} alone, {share:.0%} of {n}; the other working days have {mean:.1f} on average "
        f"(p = {p_value:.2g})",
    ), n, float(score), p_value, facts={"day": days[worst].isoformat(), "count": int(values[worst]), "expected": round(mean, 1),
                                        "dispersion": round(phi, 2), "bound": round(bound, 1), "judged": len(days)})


def _few(check: str, n: int) -> Finding:
    return Finding(check, None, Text(f"仅{n}件，少于{FEWEST}件或天数不足，不作判断",
                                     f"only {n}, fewer than {FEWEST} or too few days: not judged"), n)
