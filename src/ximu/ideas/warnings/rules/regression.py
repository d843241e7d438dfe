"""Poisson regression with a log link, many rows at once.

Iteratively reweighted least squares (McCullagh, Nelder, "Generalized Linear Models" (1989) §2.5): start at
eta = log(y + 0.1), stop when the deviance moves by less than 1e-8 of itself, at most 25 rounds. The model is one level
per season group plus, where asked, one slope in time; with groups the normal equations have an arrow shape, so each
step is a few sums per group and one division instead of a matrix decomposition. That is what makes thousands of
series cheap. The weights of the last *solve* are kept beside the fitted means, since leverages and standard errors
of a fit that has just met the stopping rule belong to that solve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ximu.ideas.warnings.rules.series import Floats

Mask = NDArray[np.bool_]
ROUNDS, CLOSE, SMALLEST = 25, 1e-8, float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class Design:
    """Reference times shared by a batch: season group and time of each, and group and time of the moment judged."""

    group: NDArray[np.int64]
    time: Floats
    now_group: int
    now_time: float

    @property
    def groups(self) -> int:
        return int(self.group.max()) + 1


@dataclass(slots=True)
class Fit:
    """State of the last solve, one line per row: fitted means, weights of that solve, group sums, coefficients."""

    mean: Floats
    weight: Floats
    level: Floats
    slope: Floats
    sums: Floats
    centre: Floats
    spread_inverse: Floats
    converged: Mask
    broken: Mask
    sloped: Mask
    rank: NDArray[np.int64]


def empty_fit(rows: int, times: int, groups: int, sloped: Mask) -> Fit:
    return Fit(
        np.full((rows, times), np.nan), np.full((rows, times), np.nan), np.full((rows, groups), np.nan), np.zeros(rows),
        np.full((rows, groups), np.nan), np.zeros((rows, groups)), np.zeros(rows),
        np.zeros(rows, bool), np.zeros(rows, bool), sloped.copy(), np.zeros(rows, np.int64),
    )


@dataclass(frozen=True, slots=True)
class Data:
    """Counts (rows × times), prior weights (0 where there is no data) and log-offset, or None for ones and zeros."""

    counts: Floats
    prior: Floats | None = None
    offset: Floats | None = None

    def rows(self, chosen: NDArray[np.bool_]) -> Data:
        return Data(self.counts[chosen], None if self.prior is None else self.prior[chosen],
                    None if self.offset is None else self.offset[chosen])


class Solver:
    """The weighted least squares step for one design."""

    def __init__(self, design: Design) -> None:
        dummies = np.eye(design.groups)[design.group]
        self.shift = float(design.time.mean())
        self.time = design.time - self.shift
        self.dummies = dummies
        self.first = np.hstack([dummies, dummies * self.time[:, None], (self.time**2)[:, None]])
        self.second = np.hstack([dummies, self.time[:, None]])

    def step(self, weight: Floats, target: Floats, sloped: Mask) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Levels, slope, group sums, group centres in time and 1 / spread of time, of the weighted regression."""
        groups = self.dummies.shape[1]
        one, two = weight @ self.first, (weight * target) @ self.second
        sums, sums_t = one[:, :groups], one[:, groups:2 * groups]
        inverse = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
        centre, middle = sums_t * inverse, two[:, :groups] * inverse
        spread = one[:, -1] - (sums_t * centre).sum(axis=1)
        spread_inverse = np.where(sloped, np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0), 0.0)
        slope = (two[:, -1] - (centre * two[:, :groups]).sum(axis=1)) * spread_inverse
        return middle - slope[:, None] * centre, slope, sums, centre, spread_inverse

    def spread(self, of_groups: Floats) -> Floats:
        """Values per group laid out over the times."""
        return of_groups @ self.dummies.T if of_groups.shape[1] > 1 else of_groups

    def predictor(self, level: Floats, slope: Floats) -> Floats:
        return self.spread(level) + slope[:, None] * self.time


def deviance(constant: Floats, data: Data, eta: Floats, mean: Floats) -> Floats:
    """2 sum w (y log(y/mu) - y + mu); `constant` is sum w (y log y - y)."""
    terms = mean - data.counts * eta
    summed = terms.sum(axis=1) if data.prior is None else np.einsum("ij,ij->i", terms, data.prior)
    return 2 * (constant + summed)


def fit(solver: Solver, data: Data, sloped: Mask) -> Fit:
    """Fit every row; `sloped` says which rows have a slope in time."""
    rows, times = data.counts.shape
    state = empty_fit(rows, times, solver.dummies.shape[1], sloped)
    active = np.arange(rows)
    eta = np.log(data.counts + 0.1)
    mean = data.counts + 0.1
    logs = np.where(data.counts > 0, np.log(np.maximum(data.counts, SMALLEST)), 0.0)
    own = data.counts * (logs - 1)
    constant = own.sum(axis=1) if data.prior is None else (own * data.prior).sum(axis=1)
    before = deviance(constant, data, eta, mean)
    for _ in range(ROUNDS):
        offset = 0.0 if data.offset is None else data.offset
        target = eta - offset + (data.counts - mean) / mean
        weight = mean if data.prior is None else data.prior * mean
        solved = solver.step(weight, target, sloped)
        eta = solver.predictor(solved[0], solved[1]) + offset
        with np.errstate(over="ignore"):
            mean = np.maximum(np.exp(eta), SMALLEST)
        with np.errstate(invalid="ignore"):
            now = deviance(constant, data, np.maximum(eta, np.log(SMALLEST)), mean)
            done = np.abs(now - before) / (0.1 + np.abs(now)) < CLOSE
        lost = ~np.isfinite(now)
        _keep(state, active, (mean, weight, *solved), done, lost)
        going = ~(done | lost)
        if not going.any():
            break
        if not going.all():
            active, data, sloped, constant = active[going], data.rows(going), sloped[going], constant[going]
            eta, mean, now = eta[going], mean[going], now[going]
        before = now
    present = solver.dummies.any(axis=0) if data.prior is None else state.sums > 0
    state.rank[:] = present.sum(axis=-1) + (state.spread_inverse > 0)
    return state


def _keep(state: Fit, active: NDArray[np.int64], solved: tuple[Floats, ...], done: Mask, lost: Mask) -> None:
    mean, weight, level, slope, sums, centre, spread_inverse = solved
    state.mean[active], state.weight[active] = mean, weight
    state.level[active], state.slope[active], state.sums[active] = level, slope, sums
    state.centre[active], state.spread_inverse[active] = centre, spread_inverse
    state.converged[active], state.broken[active] = done, lost


def harmonic_mean(history: Floats, times: NDArray[np.int64], freq: int) -> Floats:
    """Expected counts at `times` (1-based) from a Poisson regression of the first times on one yearly wave."""
    known = ~np.isnan(history)
    y = history[known]
    design = _wave(np.arange(1, len(history) + 1)[known], freq)
    eta = np.log(y + 0.1)
    before = np.inf
    beta: Floats = np.zeros(3)
    for _ in range(ROUNDS):
        mean = np.exp(eta)
        root = np.sqrt(mean)
        beta = np.asarray(np.linalg.lstsq(design * root[:, None], (eta + (y - mean) / mean) * root, rcond=None)[0], float)
        eta = design @ beta
        mean = np.exp(eta)
        now = 2 * float(np.sum(np.where(y > 0, y * np.log(np.maximum(y, SMALLEST) / mean), 0.0) - (y - mean)))
        if abs(now - before) / (0.1 + abs(now)) < CLOSE:
            break
        before = now
    return np.exp(_wave(times, freq) @ beta)


def _wave(t: NDArray[np.int64], freq: int) -> Floats:
    angle = 2 * np.pi / freq * t
    return np.column_stack([np.ones(len(t)), np.cos(angle), np.sin(angle)])
