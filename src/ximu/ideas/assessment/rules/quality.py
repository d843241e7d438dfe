"""Is the indicator system sound? Correlation, consistency, effective weights, and what each indicator does to ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from .report import number
from .score import Result, evaluate, ranks_of


def alpha(x: np.ndarray) -> float:
    """Cronbach's alpha of complete rows: k/(k − 1) · (1 − Σ var(x_j) / var(Σ x_j)) (Cronbach, 1951)."""
    rows = x[np.isfinite(x).all(1)]
    k = rows.shape[1]
    whole = rows.sum(1).var(ddof=1) if len(rows) > 2 else 0.0
    return float(k / (k - 1) * (1 - rows.var(0, ddof=1).sum() / whole)) if k > 1 and whole > 0 else float("nan")


def standardised(x: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1 over the complete rows, which are all that is left."""
    rows = x[np.isfinite(x).all(1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (rows - rows.mean(0)) / rows.std(0, ddof=1) if len(rows) > 2 else rows


def alpha_pairwise(x: np.ndarray) -> float:
    """Alpha from covariances each over the rows that have both: k²·(mean covariance)/(sum of all), as COINr's get_cronbach."""
    k = x.shape[1]
    if k < 2:
        return float("nan")
    shared: np.ndarray = np.ma.cov(  # type: ignore[no-untyped-call]
        np.ma.masked_invalid(x), rowvar=False, allow_masked=True).filled(np.nan)
    whole = float(np.nansum(shared))
    return k * (whole - float(np.nansum(np.diag(shared)))) / ((k - 1) * whole) if whole > 0 else float("nan")


def without(x: np.ndarray, names: list[str]) -> dict[str, dict[str, float | None]]:
    """Each indicator left out: alpha of the others, and its correlation with their sum, standardised (Handbook, Table 11)."""
    z = standardised(x)
    if z.shape[1] < 3 or len(z) < 3:
        return {}
    return {name: {"alpha": number(alpha(np.delete(z, k, 1))), "correlation": number(correlation(z[:, k], np.delete(z, k, 1).sum(1)))}
            for k, name in enumerate(names)}


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's correlation over the units that have both."""
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 3 or np.ptp(x[both]) == 0 or np.ptp(y[both]) == 0:
        return float("nan")
    return float(np.corrcoef(x[both], y[both])[0, 1])


def optimised(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights whose correlations with the weighted mean have the shares `target` (Becker et al., 2017).

    Minimises Σ (r_j / Σ r − target_j)² over weights that are not negative and sum to 1.
    """
    rows = x[np.isfinite(x).all(1)]
    rows = (rows - rows.mean(0)) / rows.std(0)
    goal = target / target.sum()

    def miss(w: np.ndarray) -> float:
        r = rows.T @ (rows @ w) / len(rows) / max(float((rows @ w).std()), 1e-12)
        return float(((r / r.sum() - goal) ** 2).sum()) if r.sum() > 0 else 1e3

    found = scipy.optimize.minimize(miss, goal, method="SLSQP", bounds=[(0, 1)] * len(goal), options={"maxiter": 500, "ftol": 1e-15},
                     constraints={"type": "eq", "fun": lambda w: w.sum() - 1})
    return np.clip(found.x, 0, None) / np.clip(found.x, 0, None).sum()


def effective(result: Result) -> dict[str, float]:
    """Share of each indicator and node in the root: the product of weights on the way up (COINr get_eff_weights)."""
    method, share = result.method, {result.method.root: 1.0}
    for node in reversed(method.upward()):
        own = result.weighting.of[node.code]
        for child, weight in zip(method.children(node.code), own / own.sum(), strict=True):
            share[child] = share[node.code] * float(weight)
    return share


def _columns(result: Result) -> dict[str, np.ndarray]:
    return {**{c: result.normalised[:, n] for n, c in enumerate(result.method.codes)}, **result.scores}


def left_out(result: Result) -> dict[str, dict[str, float | int]]:
    """For each indicator, how far ranks move on average and at most when it is left out and siblings are re-weighted."""
    method, out = result.method, {}
    nominal = result.ranks[method.root]
    for item in method.indicators:
        weights = {code: w[None, :].copy() for code, w in result.weighting.of.items()}
        weights[item.parent][0, method.children(item.parent).index(item.code)] = 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            score = evaluate(method, result.normalised, weights, result.prepared)[method.root][0]
        shift = np.abs(ranks_of(np.where(result.rated, score, np.nan), result.prepared.periods) - nominal)
        known = shift[np.isfinite(shift)]
        out[item.code] = {"mean_shift": round(float(known.mean()), 6) if known.size else 0.0, "largest_shift": int(known.max(initial=0))}
    return out


def quality(result: Result) -> dict[str, Any]:
    """The figures of the quality page, by node and by indicator."""
    method, columns, nodes = result.method, _columns(result), {}
    for node in method.nodes:
        children = method.children(node.code)
        x = np.column_stack([columns[c] for c in children])
        own = result.weighting.of[node.code]
        complete = x[np.isfinite(x).all(1)]
        usable = len(children) > 1 and len(complete) > 2 and (np.ptp(complete, axis=0) > 0).all() and own.sum() > 0
        nodes[node.code] = {
            "alpha": number(alpha(x)), "alpha_standardised": number(alpha(standardised(x))), "alpha_pairwise": number(alpha_pairwise(x)),
            "without": without(x, children),
            "correlation": {c: number(correlation(columns[c], columns[node.code])) for c in children},
            "between": {a: {b: number(correlation(columns[a], columns[b])) for b in children} for a in children},
            "optimised_weights": dict(zip(children, map(number, optimised(x, own)), strict=True)) if usable else {},
        }
    return {"nodes": nodes, "effective_weights": {c: number(w) for c, w in effective(result).items()}, "left_out": left_out(result)}
