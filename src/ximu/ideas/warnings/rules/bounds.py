"""From which count on is a time unusual, given the expected count and its uncertainty?

`delta`: Farrington et al. (1996) §3.5, on a scale where counts are less skew (power 2/3, 1/2 or none):
    tau = phi + se(mu)^2 / mu,   U = (mu^p + z p mu^(p-1) sqrt(mu tau))^(1/p).
`nbPlugin`, `muan`: Noufaily et al. (2013) and its later form: the (1 - alpha) quantile of a negative binomial with
mean m and variance phi m (Poisson when phi = 1), m = exp(eta) or the (1 - alpha) quantile of the fitted level.
Score = (y - expected) / (U - expected); an alarm is a score above 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from ximu.ideas.warnings.rules.series import Floats

POWERS = {"none": 1.0, "1/2": 0.5, "2/3": 2 / 3}
LARGEST, DOUBLINGS = 1e12, 40
FUZZ = 64 * float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class Bound:
    upper: Floats
    score: Floats
    p_value: Floats


def delta(count: Floats, mean: Floats, se: Floats, phi: Floats, *, power: str, tail: float) -> Bound:
    """`se` on the scale of counts; `tail` is the probability above the bound."""
    exponent = POWERS[power]
    middle = mean**exponent
    tau = phi + se**2 / mean
    width = np.sqrt({1.0: mean * tau, 0.5: tau / 4}.get(exponent, 4 / 9 * np.cbrt(mean) * tau))
    z = float(scipy.special.ndtri(1 - tail))
    with np.errstate(invalid="ignore", divide="ignore"):
        upper = np.fmax((middle - z * width) ** (1 / exponent), (middle + z * width) ** (1 / exponent))
        score = (count - mean) / (upper - mean)
        p_value = scipy.special.ndtr(-(count**exponent - middle) / width)
    return Bound(upper, score, p_value)


def quantile(count: Floats, eta: Floats, se: Floats, phi: Floats, *, plugin: bool, alpha: float) -> Bound:
    """The score compares the count with the bound on the scale of the linear predictor, as published software does."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = np.exp(eta if plugin else eta + float(scipy.special.ndtri(1 - alpha)) * se)
        upper = np.where(np.isfinite(mean), _count_quantile(1 - alpha, mean, phi), np.nan)
        score = (count - eta) / (upper - eta)
        size = mean / np.where(phi > 1, phi - 1, 1.0)
        above = np.where(phi > 1, scipy.special.betainc(np.maximum(count, 1e-300), size, 1 - 1 / phi), scipy.special.pdtrc(count - 1, mean))
        p_value = np.where(count <= 0, 1.0, above)
    return Bound(upper, score, np.where(np.isfinite(mean), p_value, np.nan))


def _count_quantile(q: float, mean: Floats, phi: Floats) -> Floats:
    """Smallest count whose probability of not being exceeded reaches q; NaN for means beyond what can be counted."""
    usable = (mean < LARGEST) & np.isfinite(phi)
    mean, phi = np.where(usable, mean, 1.0), np.where(usable, phi, 1.0)
    size = mean / np.where(phi > 1, phi - 1, 1.0)

    def reached(x: Floats) -> np.ndarray:
        below = np.where(phi > 1, scipy.special.betainc(size, x + 1, 1 / phi), scipy.special.pdtr(np.maximum(x, 0), mean))
        return below >= q * (1 - FUZZ)

    low = np.full_like(mean, -1.0)
    high = np.ceil(mean + 4 * np.sqrt(mean * phi) + 4)
    for _ in range(DOUBLINGS):
        enough = reached(high)
        if enough.all():
            break
        low, high = np.where(enough, low, high), np.where(enough, high, 2 * high)
    while (open_rows := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        good = reached(np.maximum(middle, 0.0)) & open_rows
        low, high = np.where(open_rows & ~good, middle, low), np.where(good, middle, high)
    return np.where(usable & reached(high), high, np.nan)
