"""The latest counts are not complete yet: how long to withhold them, or what will they come to?

Lawless, "Adjustments for reporting delays and the prediction of occurred but not reported events", Canad. J. Statist.
22 (1994) 15-31. In the triangle n[t, d] (events of time t reported d times later) the reverse hazard
g(d) = sum_t n[t, d] / sum_t sum_{j<=d} n[t, j], over the times t whose delay d has been seen, gives the share reported
by delay d, F(d) = prod_{j>d} (1 - g(j)). A time with N reported so far and age a comes to N / F(a); the variance of
what is still missing is that of a Poisson count on top of the uncertainty of F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ximu.ideas.warnings.rules.parameters import wrong
from ximu.ideas.warnings.rules.series import Floats
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Delays:
    """`reported[d]` is the share reported by delay d; `uncertainty[d]` the relative variance of 1 / reported[d]."""

    reported: Floats
    uncertainty: Floats


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Per time: counts so far, what they will come to, an interval; `complete` where every delay has passed."""

    so_far: Floats
    estimate: Floats
    low: Floats
    high: Floats
    reported: Floats
    complete: np.ndarray

    def reason(self, t: int) -> Text:
        if self.complete[t]:
            return Text("已报齐", "fully reported")
        share = self.reported[t]
        return Text(f"预计已报 {share:.0%}，按报送延迟补足", f"about {share:.0%} reported so far; completed by the usual delays")


def _triangle(triangle: ArrayLike) -> Floats:
    """Times × delays, latest time last; what cannot have been seen yet is set to NaN."""
    counts = np.array(triangle, float)
    if counts.ndim != 2 or counts.size == 0:
        raise wrong("triangle", str(counts.shape), "times × delays")
    if (counts < 0).any():
        raise wrong("triangle", float(counts[counts < 0][0]), "counts >= 0")
    times, delays = counts.shape
    age = np.arange(times)[::-1, None]
    return np.where(np.arange(delays) <= age, counts, np.nan)


def delays(triangle: ArrayLike) -> Delays:
    """The delay distribution told by the triangle so far."""
    counts = _triangle(triangle)
    width = counts.shape[1]
    reported, uncertainty = np.ones(width), np.zeros(width)
    for d in range(width - 1, 0, -1):
        seen = ~np.isnan(counts[:, d])
        new, upto = counts[seen, d].sum(), counts[seen, : d + 1].sum()
        hazard = new / upto if upto > 0 else 0.0
        reported[d - 1] = reported[d] * (1 - hazard)
        uncertainty[d - 1] = uncertainty[d] + (hazard / ((1 - hazard) * upto) if upto > 0 and hazard < 1 else 0.0)
    return Delays(reported, uncertainty)


def withheld(triangle: ArrayLike, *, share: float = 0.95) -> int:
    """How many of the latest times to withhold so that the rest are reported at least to `share`."""
    if not 0 < share <= 1:
        raise wrong("share", share, "0 < share <= 1")
    enough = np.flatnonzero(delays(triangle).reported >= share)
    return int(enough[0])


def nowcast(triangle: ArrayLike, *, z: float = 1.96) -> Nowcast:
    """What each time will come to once all reports are in."""
    counts = _triangle(triangle)
    told = delays(counts)
    times, width = counts.shape
    age = np.minimum(np.arange(times)[::-1], width - 1)
    so_far = np.nansum(counts, axis=1)
    reported = told.reported[age]
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(reported > 0, so_far / reported, np.nan)
        spread = np.sqrt(np.maximum(estimate - so_far, 0.0) / reported + told.uncertainty[age] * estimate**2)
    return Nowcast(so_far, estimate, np.maximum(so_far, estimate - z * spread), estimate + z * spread, reported, age == width - 1)
