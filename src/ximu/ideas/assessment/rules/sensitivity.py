"""Which choice moves the ranks? Sobol indices of first and total order, by groups of inputs.

Sample matrices A, B and, for each factor, A with the factor's columns from B (Saltelli et al., 2010). First order:
mean(y_B (y_ABi − y_A)) / V (Saltelli et al., 2010, table 2 b); total: mean((y_A − y_ABi)²) / 2V (Jansen, 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy

from ximu.kernel.refusal import Refusal

from .score import Result
from .uncertainty import doubts_of

MOST_BASE = 2**16
MOST_DIMENSIONS = 10_000


def sobol(model: Callable[[np.ndarray], np.ndarray], groups: Sequence[Sequence[int]], *, base: int, seed: int
          ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First-order and total indices (groups, outputs) and the variance of each output.

    `model` maps points (draws, inputs) of the unit cube to outputs (draws, outputs); `base` is rounded up to a power
    of two because the points are a scrambled Sobol sequence. A constant output has no indices (NaN).
    """
    inputs = sum(len(g) for g in groups)
    sobol = scipy.stats.qmc.Sobol(2 * inputs, scramble=True, rng=np.random.Generator(np.random.PCG64(seed)))
    points = sobol.random_base2((base - 1).bit_length())
    a, b = points[:, :inputs], points[:, inputs:]
    ya, yb = model(a), model(b)
    both = np.concatenate([ya, yb])
    centre, variance = both.mean(0), both.var(0)
    scale = np.where(variance > 1e-15, variance, np.nan)
    first, total = np.empty((len(groups), ya.shape[1])), np.empty((len(groups), ya.shape[1]))
    for place, columns in enumerate(groups):
        mixed = a.copy()
        mixed[:, list(columns)] = b[:, list(columns)]
        yi = model(mixed)
        first[place] = ((yb - centre) * (yi - ya)).mean(0) / scale
        total[place] = ((ya - yi) ** 2).mean(0) / (2 * scale)
    return first, total, variance


def indices(result: Result, *, base: int, seed: int) -> dict[str, Any]:
    """Sobol indices of the mean shift of ranks (Handbook eq. 38) and of every unit's rank."""
    doubts = doubts_of(result)
    if not 2 <= base <= MOST_BASE or not 0 < 2 * doubts.size <= MOST_DIMENSIONS:
        raise Refusal("INDEX-DRAWS", field="sensitivity", value=base, rule=f"2..{MOST_BASE}",
                      zh=f"基本样本数应在2到{MOST_BASE}之间，且方法至少有一项不确定。",
                      en=f"The base sample must lie between 2 and {MOST_BASE}, and the method must have a doubt.")
    nominal = result.ranks[result.method.root]
    seen = np.flatnonzero(np.isfinite(nominal))

    def model(points: np.ndarray) -> np.ndarray:
        ranks = doubts.ranks(points)[:, seen]
        ranks = np.where(np.isfinite(ranks), ranks, len(seen))
        return np.column_stack([np.abs(ranks - nominal[seen]).mean(1), ranks])

    first, total, variance = sobol(model, [f.columns for f in doubts.factors], base=base, seed=seed)
    keys = ["mean_shift", *(result.table.keys()[s] for s in seen)]
    told = {
        key: {"variance": round(float(variance[n]), 9),
              "factors": {f.name: {"first": _rounded(first[k, n]), "total": _rounded(total[k, n])} for k, f in enumerate(doubts.factors)}}
        for n, key in enumerate(keys)
    }
    return {"base": 2 ** (base - 1).bit_length(), "seed": seed, "mean_shift": told.pop("mean_shift"), "units": told}


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
