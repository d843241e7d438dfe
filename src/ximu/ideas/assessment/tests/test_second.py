"""A second computation, written apart from the engine in plain numpy, gives the same normalised values, scores and ranks for random tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import rankdata

from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.score import score

pytestmark = pytest.mark.row("M3.1")
NORMALISE: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "minmax": lambda x, t: 100 * (x - np.nanmin(x)) / (np.nanmax(x) - np.nanmin(x)),
    "zscore": lambda x, t: 50 + 10 * (x - np.nanmean(x)) / np.nanstd(x, ddof=1),
    "rank": lambda x, t: _ranks(x), "prank": lambda x, t: (_ranks(x) - 1) / (np.isfinite(x).sum() - 1), "borda": lambda x, t: _ranks(x) - 1,
    "dist2max": lambda x, t: 1 - (np.nanmax(x) - x) / (np.nanmax(x) - np.nanmin(x)), "fracmax": lambda x, t: x / np.nanmax(x),
    "dist2targ": lambda x, t: np.minimum(1 - (t - x) / (t - np.nanmin(x)), 1), "scaled": lambda x, t: x,
}
EXTRA = {"zscore": "mean_sd = [50, 10]\n", "dist2targ": "cap = true\n", "scaled": "bounds = [0, 100]\n"}
AGGREGATE: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "arithmetic": lambda v, w: float((v * w).sum()), "geometric": lambda v, w: float(np.exp((np.log(v) * w).sum())),
    "harmonic": lambda v, w: float(1 / (w / v).sum()), "minimum": lambda v, w: float(v.min()), "maximum": lambda v, w: float(v.max()),
}
POSITIVE = ("rank", "fracmax", "scaled")


def _ranks(x: np.ndarray) -> np.ndarray:
    known = x[np.isfinite(x)]
    return np.array([1 + (known < v).sum() if np.isfinite(v) else np.nan for v in x])


def _table(rng: np.random.Generator) -> np.ndarray:
    """Units × indicators with ties and gaps, each indicator with at least three different values."""
    while True:
        units, columns = int(rng.integers(4, 12)), int(rng.integers(2, 6))
        values = np.round(rng.uniform(1, 100, (units, columns)), int(rng.integers(0, 3)))
        if rng.random() < 0.4:
            values[:, 0] = rng.integers(1, 5, units)
        values[rng.random(values.shape) < rng.choice([0.0, 0.15])] = np.nan
        if all(len(set(column[np.isfinite(column)])) > 2 for column in values.T):
            return values


@pytest.mark.parametrize("name", NORMALISE)
@pytest.mark.parametrize("seed", range(8))
def test_a_second_computation_agrees(name: str, seed: int) -> None:
    rng = np.random.default_rng([seed, len(name), ord(name[0]), ord(name[-1])])
    values = _table(rng)
    signs = np.ones(values.shape[1], int) if name in POSITIVE[1:] else rng.choice([1, -1], values.shape[1])
    goals = [float(np.round(np.nanmax(v) + 5 if s == 1 else np.nanmin(v) - 5, 1)) for v, s in zip(values.T, signs, strict=True)]
    for rule in AGGREGATE if name in POSITIVE else ("arithmetic", "minimum", "maximum"):
        weights = rng.integers(1, 9, values.shape[1])
        text = (f'[normalisation]\nmethod = "{name}"\n{EXTRA.get(name, "")}[weights]\nmethod = "relative"\n[missing]\nrule = "omit"\n'
                f'[[node]]\ncode = "root"\naggregate = "{rule}"\n') + "".join(
            f'[[indicator]]\ncode = "x{n}"\nparent = "root"\nweight = {w}\ndirection = {s}\ntarget = {goal}\n'
            for n, (w, s, goal) in enumerate(zip(weights, signs, goals, strict=True)))
        lines = ["unit," + ",".join(f"x{n}" for n in range(values.shape[1]))]
        lines += [f"u{i}," + ",".join("" if np.isnan(v) else repr(float(v)) for v in row) for i, row in enumerate(values)]
        told = score(loading.load(text), read("\n".join(lines)))
        mine = np.column_stack([NORMALISE[name](v * s, goal * s) for v, s, goal in zip(values.T, signs, goals, strict=True)])
        np.testing.assert_allclose(told.normalised, mine, rtol=1e-10, atol=1e-12)
        known = np.isfinite(mine)
        scores = np.array([AGGREGATE[rule](row[k], weights[k] / weights[k].sum()) if k.any() else np.nan
                           for row, k in zip(mine, known, strict=True)])
        np.testing.assert_allclose(told.scores["root"], scores, rtol=1e-10, atol=1e-12)
        there = np.isfinite(scores)
        plain = np.array([float(f"{v:.11g}") for v in scores[there]])
        np.testing.assert_array_equal(told.ranks["root"][there], rankdata(-plain, method="min"))
