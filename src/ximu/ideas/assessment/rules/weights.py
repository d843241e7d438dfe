"""Where do weights come from? Given, equal, entropy, pairwise comparison, budgets or principal components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

from .method import Method, Warn

METHODS = frozenset({"given", "relative", "equal", "entropy", "ahp", "budget", "pca"})
RANDOM_INDEX = {1: 0.0, 2: 0.0, 3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49,
                11: 1.51, 12: 1.48, 13: 1.56, 14: 1.57, 15: 1.59}   # Saaty, 1980
MOST_INCONSISTENT = 0.1   # Saaty's rule of thumb


@dataclass(frozen=True, slots=True)
class Weighting:
    """Weights of the children of every node (summing to 1 in each), how they came about and what to know of them."""

    of: Mapping[str, np.ndarray]
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Warn, ...] = ()


def ahp(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Principal eigenvector of a matrix of pairwise comparisons and its consistency ratio (Saaty, 1980).

    CR = ((λ − n)/(n − 1)) / RI(n); at 0.1 and above the comparisons contradict each other too much.
    """
    values, vectors = np.linalg.eig(matrix)
    top = int(np.argmax(values.real))
    vector = np.abs(vectors[:, top].real)
    n = len(matrix)
    if n < 3:
        return vector / vector.sum(), 0.0
    ratio = (values[top].real - n) / (n - 1) / RANDOM_INDEX[n]
    return vector / vector.sum(), max(float(ratio), 0.0)


def entropy(x: np.ndarray) -> np.ndarray:
    """w ∝ 1 + Σ p ln p / ln n with p = x/Σx of the min–max column: what tells units apart weighs more (Shannon, 1948)."""
    low, high = np.nanmin(x, 0), np.nanmax(x, 0)
    spread = np.where(high > low, high - low, 1.0)
    scaled = (x - low) / spread
    with np.errstate(invalid="ignore", divide="ignore"):
        p = scaled / np.nansum(scaled, 0)
        information = np.nansum(np.where(p > 0, p * np.log(p), 0.0), 0) / np.log(np.isfinite(x).sum(0))
    diversity = np.where(high > low, np.nan_to_num(1 + information), 0.0)
    return diversity / diversity.sum() if diversity.sum() > 0 else np.full(x.shape[1], 1 / x.shape[1])


def budget(shares: Mapping[str, Sequence[Any]], order: Sequence[str]) -> np.ndarray:
    """Mean of what each expert gave, each expert's budget counted as one (Handbook §6.5)."""
    given = np.array([[float(v) for v in shares[code]] for code in order])
    portion = (given / given.sum(0)).mean(1)
    return portion / portion.sum()


def varimax(loadings: np.ndarray, *, rounds: int = 500) -> np.ndarray:
    """Orthogonal rotation that makes squared loadings as unequal as possible, with Kaiser's normalisation (1958)."""
    length = np.sqrt((loadings**2).sum(1, keepdims=True))
    start, turn, before = loadings / length, np.eye(loadings.shape[1]), 0.0
    for _ in range(rounds):
        turned = start @ turn
        u, s, v = np.linalg.svd(start.T @ (turned**3 - turned * (turned**2).mean(0)))
        turn = u @ v
        if s.sum() < before * (1 + 1e-12):
            break
        before = float(s.sum())
    return start @ turn * length


def pca(x: np.ndarray, factors: int = 0) -> np.ndarray:
    """Weights from rotated squared loadings (Nicoletti et al., 2000; Handbook §6.1).

    Factors with an eigenvalue above 1 unless a number is given; each indicator takes its largest scaled squared
    loading times its factor's share of the explained variance.
    """
    rows = x[np.isfinite(x).all(1)]
    values, vectors = np.linalg.eigh(np.corrcoef(rows, rowvar=False))
    order = np.argsort(values)[::-1]
    keep = order[: factors or max(int((values > 1).sum()), 1)]
    loadings = vectors[:, keep] * np.sqrt(values[keep])
    squared = (varimax(loadings) if len(keep) > 1 else loadings) ** 2
    explained = squared.sum(0)
    strongest = (squared / explained * (explained / explained.sum())).max(1)
    return strongest / strongest.sum()


def resolve(method: Method, normalised: Mapping[str, np.ndarray]) -> Weighting:
    """Weights of all nodes. Entropy and pca speak about indicators; nodes above them weigh as given, or equally."""
    of: dict[str, np.ndarray] = {}
    details: dict[str, Any] = {}
    warnings: list[Warn] = []
    leaves = set(method.codes)
    for node in method.nodes:
        children = method.children(node.code)
        name, params = method.weighting.name, method.weighting.params
        own = params.get(node.code)
        if name in {"entropy", "pca"} and not set(children) <= leaves:
            name = "relative"
        if name in {"ahp", "budget"} and own is None:
            name = "relative"
        fractions = _given(method, children, equal=name == "equal", whole=method.rule_of(node) == "sum")
        if name in {"given", "relative", "equal"}:
            of[node.code] = np.array([float(f) for f in fractions])
            continue
        of[node.code], details[node.code], doubt = _derived(name, node.code, children, (method, normalised, own))
        warnings += doubt
    return Weighting(of, details, tuple(warnings))


def _given(method: Method, children: Sequence[str], *, equal: bool, whole: bool) -> list[Fraction]:
    """Weights as written: shares of 1, or multipliers as they stand where the node is a `whole` sum of points."""
    by_code = {c.code: c.weight for c in method.items}
    weights = [Fraction(1) if equal else (Fraction(1) if (own := by_code[c]) is None else own) for c in children]
    total = sum(weights, Fraction(0))
    if whole:
        return weights
    return [w / total for w in weights] if total else [Fraction(1, len(children)) for _ in children]


def _derived(name: str, code: str, children: Sequence[str], given: tuple[Method, Mapping[str, np.ndarray], Any]
             ) -> tuple[np.ndarray, dict[str, Any], list[Warn]]:
    method, normalised, own = given
    note: dict[str, Any] = {"method": name}
    if name == "ahp":
        order, matrix = own["order"], np.array([[float(v) for v in row] for row in own["matrix"]])
        found, ratio = ahp(matrix)
        found = found[[list(order).index(c) for c in children]]
        note["consistency_ratio"] = ratio
        return found, note, _consistent(method, code, ratio)
    if name == "budget":
        return budget(own, children), note, []
    columns = np.column_stack([normalised[c] for c in children])
    if len(children) == 1:
        return np.ones(1), note, []
    complete = columns[np.isfinite(columns).all(1)]
    if len(complete) < 3 or (name == "pca" and (np.ptp(complete, axis=0) == 0).any()):
        raise Refusal("METH-WEIGHT", field=code, value=name, rule=">= 3 complete units, no constant indicator",
                      zh=f"“{code}”的完整数据不足，不能用{name}赋权。", en=f"Too few complete data under “{code}” for weights by {name}.")
    return (entropy(columns) if name == "entropy" else pca(columns, int(method.weighting.params.get("factors", 0)))), note, []


def _consistent(method: Method, code: str, ratio: float) -> list[Warn]:
    if ratio < MOST_INCONSISTENT:
        return []
    zh = f"“{code}”的两两比较不一致，一致性比率{ratio:.3f}不小于0.1。"
    en = f"The comparisons under “{code}” contradict each other: consistency ratio {ratio:.3f} is not below 0.1."
    if method.official and "METH-AHP" not in method.accept:
        raise Refusal("METH-AHP", field=code, value=round(ratio, 6), rule="CR < 0.1", zh=zh, en=en)
    return [Warn("METH-AHP", Text(zh, en), code, f"{ratio:.6f}", "METH-AHP" in method.accept)]
