"""How do children become their parent? Means of several kinds and outranking, for many weight sets at once.

Values are (draws, units, children) and weights (draws, children); one scoring is one draw. All means are of the form
f⁻¹(Σ w f(x) / Σ w) over the known children (Kolmogorov mean), so one weighted sum serves arithmetic, geometric and
harmonic. Copeland's score, the row sum of the outranking matrix (Handbook eq. 32, COINr a_copeland), equals
Σ w (average rank − 1): linear in the weights too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from ximu.kernel.refusal import Refusal

METHODS = ("arithmetic", "geometric", "harmonic", "median", "minimum", "maximum", "copeland", "copeland-coinr",
           "copeland-net", "kemeny", "sum")
ALIASES = {
    "a_amean": "arithmetic", "amean": "arithmetic", "mean": "arithmetic", "linear": "arithmetic", "additive": "arithmetic",
    "a_gmean": "geometric", "gmean": "geometric", "a_hmean": "harmonic", "hmean": "harmonic", "a_median": "median",
    "a_copeland": "copeland-coinr", "outranking": "copeland", "min": "minimum", "max": "maximum", "points": "sum",
    "ckyl": "kemeny", "ncmc": "kemeny", "condorcet": "copeland-net", "multi-criteria": "kemeny",
}
MOST_UNITS_KEMENY = 60


def known(name: str) -> str:
    """The canonical aggregation behind `a_amean`, `gmean` …; empty when there is none."""
    plain = name.strip().lower()
    plain = ALIASES.get(plain, plain)
    return plain if plain in METHODS else ""


def weighted(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ w x / Σ w over the known children; NaN where none is known. Re-weights siblings of what is missing."""
    there = np.isfinite(values)
    if there.all() and (total := weights.sum(1, keepdims=True)).all():
        share = weights / total
        return share @ values[0].T if values.shape[0] == 1 else np.matmul(values, share[:, :, None])[..., 0]
    filled = np.where(there, values, 0.0)
    if values.shape[0] == 1:
        above, below = weights @ filled[0].T, weights @ there[0].T
    else:
        above, below = (np.matmul(x, weights[:, :, None])[..., 0] for x in (filled, there.astype(float)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


def outrank(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Outranking matrix of units: weight of the children where one is ahead, half where equal or not comparable."""
    ahead = np.zeros((len(x), len(x)))
    share = weights / weights.sum()
    for column, weight in zip(x.T, share, strict=True):
        with np.errstate(invalid="ignore"):
            more, less = column[:, None] > column[None, :], column[:, None] < column[None, :]
        ahead += weight * (more + 0.5 * ~(more | less))
    np.fill_diagonal(ahead, 0.0)
    return ahead


def _order_score(values: np.ndarray) -> np.ndarray:
    """Average rank − 1 of each known value; what is not comparable counts half against each other unit."""
    draws, units, children = values.shape
    scores = np.full(values.shape, (units - 1) / 2)
    for draw in range(draws):
        for child in range(children):
            there = np.isfinite(values[draw, :, child])
            scores[draw, there, child] = scipy.stats.rankdata(values[draw, there, child]) - 1 + (units - there.sum()) / 2
    return scores


def _copeland(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return weighted(_order_score(values), weights)


def _per_draw(matrix_rule: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def rule(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        last = values.shape[0] - 1
        return np.array([matrix_rule(values[min(d, last)], w) for d, w in enumerate(weights)])
    return rule


def _coinr(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """COINr's letter: upper triangle counts only comparable pairs, the lower is one minus the upper."""
    share = weights / weights.sum()
    with np.errstate(invalid="ignore"):
        pairs = sum(w * ((c[:, None] > c[None, :]) + 0.5 * (c[:, None] == c[None, :])) for c, w in zip(x.T, share, strict=True))
    upper = np.triu(pairs, 1)
    return (upper + np.tril(1 - upper.T, -1)).sum(1)


def _net(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Number of units beaten minus number of units lost to (Copeland, 1951)."""
    ahead = np.round(outrank(x, weights), 9)
    return (np.sign(ahead - ahead.T)).sum(1)


def _kemeny(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Position (units − 1 … 0) in the ranking with the greatest pairwise support (C-K-Y-L, Handbook eq. 33).

    Linear ordering as a 0/1 programme: one variable per pair, no cycle of three. Ties of support are solved
    by the solver; ranks are then one of several winning rankings.
    """
    n = len(x)
    if n > MOST_UNITS_KEMENY:
        raise Refusal("METH-AGG", field="aggregation", value="kemeny", rule=f"<= {MOST_UNITS_KEMENY} units",
                      zh=f"肯尼排序最多用于{MOST_UNITS_KEMENY}个单位。", en=f"Kemeny's ranking serves at most {MOST_UNITS_KEMENY} units.")
    if n < 2:
        return np.zeros(n)
    ahead = outrank(x, weights)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    place = {pair: k for k, pair in enumerate(pairs)}
    gain = np.array([ahead[i, j] - ahead[j, i] for i, j in pairs])
    rows, lows, highs = [], [], []
    for i, j in pairs:
        for k in range(j + 1, n):
            row = np.zeros(len(pairs))
            row[place[i, j]], row[place[j, k]], row[place[i, k]] = 1, 1, -1
            rows.append(row)
            lows.append(0)
            highs.append(1)
    cycle = [scipy.optimize.LinearConstraint(np.array(rows), lows, highs)] if rows else []
    found = scipy.optimize.milp(-gain, constraints=cycle, integrality=np.ones(len(pairs)), bounds=(0, 1))
    wins = np.zeros(n)
    for (i, j), value in zip(pairs, np.round(found.x), strict=True):
        wins[i if value else j] += 1
    return wins


def _median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted median of the known children: the middle of the lower and the upper one; equal weights give the median."""
    values, weights = np.broadcast_arrays(values, weights[:, None, :])
    there = np.isfinite(values)
    order = np.argsort(np.where(there, values, np.inf), axis=2)
    ranked = np.take_along_axis(values, order, axis=2)
    share = np.take_along_axis(np.where(there, weights, 0.0), order, axis=2)
    total = share.sum(2, keepdims=True)
    reached = np.round(share.cumsum(2) / np.where(total > 0, total, 1), 12)
    lower = np.take_along_axis(ranked, (reached >= 0.5).argmax(2)[..., None], axis=2)[..., 0]
    upper = np.take_along_axis(ranked, (reached > 0.5).argmax(2)[..., None], axis=2)[..., 0]
    return np.where(total[..., 0] > 0, (lower + upper) / 2, np.nan)


def _extreme(pick: Callable[..., np.ndarray], empty: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def rule(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        there = np.isfinite(values)
        best = pick(np.where(there, values, empty), axis=2)
        return np.broadcast_to(np.where(there.any(2), best, np.nan), (len(weights), values.shape[1]))
    return rule


def half_up(x: np.ndarray, decimals: int) -> np.ndarray:
    """Commercial rounding to a number of decimals (a tie goes away from zero), safe against binary dust."""
    unit = 10.0**decimals
    return np.sign(x) * np.floor(np.abs(x) * unit + 0.5 + 1e-9) / unit


def points(values: np.ndarray, weights: np.ndarray, marks: np.ndarray, decimals: int) -> np.ndarray:
    """Parts of a sum of points (draws, units, children), each rounded.

    `marks` are the full marks of the children; those of what is missing are shared out among its siblings.
    """
    there = np.isfinite(values)
    worth = weights * marks
    full, known = worth.sum(1)[:, None], np.einsum("dnc,dc->dn", np.broadcast_to(there, (len(weights), *there.shape[1:])), worth)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(known > 0, full / known, np.nan)
    return half_up(np.where(there, values, 0.0) * weights[:, None, :] * scale[..., None], decimals)


def _geometric(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """exp(Σ w ln x / Σ w); one zero that weighs anything makes the product zero."""
    zero = values == 0
    mean = np.exp(weighted(np.log(np.where(zero, 1.0, values)), weights))
    return np.where((zero & (weights[:, None, :] > 0)).any(2), 0.0, mean) if zero.any() else mean


_RULES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "arithmetic": weighted, "median": _median, "minimum": _extreme(np.min, np.inf), "maximum": _extreme(np.max, -np.inf),
    "copeland": _copeland, "copeland-coinr": _per_draw(_coinr), "copeland-net": _per_draw(_net),
    "kemeny": _per_draw(_kemeny),
    "geometric": _geometric,
    "harmonic": lambda v, w: 1 / weighted(1 / v, w),
}


def combine(rule: str, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Parent values (draws, units). Callers make sure that geometric and harmonic means see positive values."""
    return _RULES[rule](values, weights)


def undefined(rule: str, values: np.ndarray) -> np.ndarray:
    """Where a geometric mean meets a negative value, or a harmonic one a value that is not above zero."""
    with np.errstate(invalid="ignore"):
        return (values < 0) if rule == "geometric" else (values <= 0) if rule == "harmonic" else np.zeros(values.shape, dtype=bool)
