"""What count is to be expected now, and how sure is that?

Farrington, Andrews, Beale, Catchpole, "A statistical algorithm for the early detection of outbreaks of infectious
disease", JRSS A 159 (1996) 547-563, §3: a quasi-Poisson regression log mu_i = alpha_g + beta t_i with

    dispersion      phi = max(1, 1/(n-p) sum w_i (y_i - mu_i)^2 / mu_i)
    residuals       s_i = 3 / (2 sqrt(phi)) (y_i^(2/3) mu_i^(-1/6) - mu_i^(1/2)) / sqrt(1 - h_ii)          (3.3)
    weights         w_i = gamma s_i^(-2) where s_i > threshold, else gamma; sum w_i = n

fitted, weighted so that past outbreaks count less, and fitted again. The trend beta stays only if it is significant,
if there are at least three years, and if the prediction does not exceed every count of the reference weeks (§3.4).
Noufaily et al., Statist. Med. 32 (2013) 1206-1222, add the groups g and the higher threshold 2.58.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import scipy

from ximu.ideas.warnings.rules.regression import Data, Design, Fit, Mask, Solver, fit
from ximu.ideas.warnings.rules.series import Floats

YEARS_FOR_TREND = 3


@dataclass(frozen=True, slots=True)
class Style:
    """How a version of the method fits.

    `lenient` goes on with a fit that did not converge. `outer_weights` is how the flexible version of the yardstick
    (R surveillance 1.20.3) estimates the variance of its prediction and of its trend: sum w_i ((y_i - mu_i)/mu_i)^2
    / (n-p), the reweighting weights alone in place of the working weights w_i mu_i. Bounds compare only so.
    """

    trend: bool
    reweight: bool
    threshold: float
    p_trend: float
    years: int
    outer_weights: bool = False
    lenient: bool = False


@dataclass(slots=True)
class Prediction:
    """One line per row: linear predictor now, its standard error, dispersion, slope and whether a slope is in."""

    eta: Floats
    se: Floats
    phi: Floats
    slope: Floats
    slope_p: Floats
    trend: Mask
    fitted: Mask

    def put(self, rows: Mask, other: Prediction) -> None:
        for item in fields(self):
            getattr(self, item.name)[rows] = getattr(other, item.name)


def predict(solver: Solver, design: Design, data: Data, offset_now: Floats | float, style: Style) -> Prediction:
    """Expected level of every row now, with the trend where it deserves to stay."""
    rows = len(data.counts)
    found = _model(solver, design, data, style, np.full(rows, style.trend))
    found.eta += offset_now
    if not style.trend:
        return found
    highest = np.max(data.counts, axis=1) if data.prior is None else np.max(np.where(data.prior > 0, data.counts, 0), axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        significant = (found.slope_p < style.p_trend) | (style.p_trend >= 1)
        stays = found.fitted & significant & (np.exp(found.eta) <= highest)
    found.trend[:] = stays & (style.years >= YEARS_FOR_TREND)
    plain = ~found.trend
    if plain.any():
        again = _model(solver, design, data.rows(plain), replace(style, trend=False), np.zeros(plain.sum(), bool))
        again.eta += offset_now[plain] if isinstance(offset_now, np.ndarray) else offset_now
        found.put(plain, again)
    return found


def _model(solver: Solver, design: Design, data: Data, style: Style, sloped: Mask) -> Prediction:
    """Fit, and with reweighting fit again; standard error and test of the slope from the last fit."""
    seen = np.full(len(data.counts), data.counts.shape[1]) if data.prior is None else (data.prior > 0).sum(axis=1)
    first = last = fit(solver, data, sloped)
    usable = first.converged | (~sloped & style.lenient & ~first.broken)
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = raw = _dispersion(first, data, first.weight, seen)
        if style.reweight:
            omega = _weights(_residuals(solver, first, data, np.maximum(phi, 1.0)), data, seen, style.threshold)
            usable &= np.isfinite(omega).all(axis=1)
            omega = np.where(usable[:, None], omega, 1.0)
            last = fit(solver, Data(data.counts, omega, data.offset), sloped)
            usable &= ~last.broken
            phi = raw = _dispersion(last, data, last.weight, seen)
            if style.outer_weights:
                raw = _dispersion(last, data, omega, seen)
        scale = raw if style.outer_weights else np.maximum(phi, 1.0)
        group = design.now_group
        now = design.now_time - solver.shift
        away = now - last.centre[:, group]
        se = np.sqrt(scale * (1 / last.sums[:, group] + away**2 * last.spread_inverse))
        slope_t = np.abs(last.slope) / np.sqrt(raw * last.spread_inverse)
        slope_p = np.where(sloped, 2 * scipy.special.stdtr(np.maximum(seen - last.rank, 1).astype(float), -slope_t), np.nan)
    eta = last.level[:, group] + last.slope * now
    usable &= np.isfinite(eta) & (last.sums[:, group] > 0)
    return Prediction(eta, se, np.maximum(phi, 1.0), last.slope.copy(), slope_p, sloped.copy(), usable)


def _dispersion(state: Fit, data: Data, weight: Floats, seen: Floats) -> Floats:
    """Sum of weighted squared working residuals over the degrees of freedom (NaN when there are none)."""
    working = (data.counts - state.mean) / state.mean
    summed = np.einsum("ij,ij,ij->i", weight, working, working)
    free = seen - state.rank
    return np.where(free > 0, summed / np.maximum(free, 1), np.nan)


def _residuals(solver: Solver, state: Fit, data: Data, phi: Floats) -> Floats:
    """Standardised Anscombe residuals; leverages from the weights of the last solve."""
    inverse = np.divide(1.0, state.sums, out=np.zeros_like(state.sums), where=state.sums > 0)
    base, centre = solver.spread(inverse), solver.spread(state.centre)
    leverage = state.weight * (base + (solver.time - centre) ** 2 * state.spread_inverse[:, None])
    root = np.cbrt(np.sqrt(state.mean))
    plain = 1.5 * (np.cbrt(data.counts) ** 2 / root - root**3)
    return plain / np.sqrt(phi[:, None] * (1 - leverage))


def _weights(residual: Floats, data: Data, seen: Floats, threshold: float) -> Floats:
    """Weights that sum to the number of reference times; 0 where there is no data."""
    large = residual > threshold
    raw = np.where(large, 1 / np.where(large, residual, 1.0) ** 2, np.where(np.isnan(residual), np.nan, 1.0))
    if data.prior is not None:
        raw = np.where(data.prior > 0, raw, 0.0)
    return raw * (seen / raw.sum(axis=1))[:, None]
