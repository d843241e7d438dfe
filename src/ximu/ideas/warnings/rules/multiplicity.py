"""Thousands of series are judged each night: which alarms stand when all are taken together?

Benjamini, Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995) 289-300: with p-values in order
p(1) <= … <= p(m), all up to the largest i with p(i) <= i q / m are discoveries; of these a share of at most q is
false on average. The adjusted value of p(i) is min over j >= i of p(j) m / j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ximu.ideas.warnings.rules.parameters import wrong
from ximu.ideas.warnings.rules.series import Floats
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Controlled:
    """`adjusted` is NaN and `stands` False where there was no p-value; these do not count as tests."""

    adjusted: Floats
    stands: NDArray[np.bool_]
    tests: int
    reason: Text


def benjamini_hochberg(p_values: ArrayLike, *, q: float = 0.05) -> Controlled:
    """Which p-values (any shape) are discoveries at false discovery rate q."""
    if not 0 < q < 1:
        raise wrong("q", q, "0 < q < 1")
    values = np.asarray(p_values, float)
    known = ~np.isnan(values)
    given = values[known]
    if ((given < 0) | (given > 1)).any():
        raise wrong("p_values", float(given[(given < 0) | (given > 1)][0]), "0 <= p <= 1")
    adjusted = np.full(values.shape, np.nan)
    tests = len(given)
    if tests:
        order = np.argsort(given)
        scaled = given[order] * tests / np.arange(1, tests + 1)
        back = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
        placed = np.empty(tests)
        placed[order] = back
        adjusted[known] = placed
    stands = np.nan_to_num(adjusted, nan=2.0) <= q
    kept = int(stands.sum())
    return Controlled(adjusted, stands, tests, Text(
        f"{tests} 项检验中 {kept} 项在错误发现率 {q:g} 下成立", f"{kept} of {tests} tests stand at a false discovery rate of {q:g}",
    ))
