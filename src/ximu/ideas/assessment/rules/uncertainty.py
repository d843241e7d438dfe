"""How sure is a rank? Monte Carlo over weights, normalisation, aggregation and missing rule (Handbook, step 7).

A draw is a point of the unit cube: one coordinate per doubtful choice and one per weight. The same map from points
to ranks serves rank intervals (here) and Sobol indices (`sensitivity`). All draws of one combination of choices are
computed together. Same seed, same ranks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy

from ximu.kernel.refusal import Refusal

from . import aggregate
from .method import Step
from .score import Result, evaluate, normalise_all, variant

MOST_DRAWS = 1_000_000
AT_ONCE = 200_000        # cells (draws × units × widest node) computed in one go


@dataclass(frozen=True, slots=True)
class Factor:
    """One doubt: a choice among alternatives, or the weights of the children of one node."""

    name: str
    kind: str
    columns: tuple[int, ...]
    options: Sequence[Any] = ()


@dataclass(slots=True)
class Doubts:
    """The declared doubts of a method about one data set, ready to be drawn."""

    result: Result
    factors: list[Factor]
    size: int
    cache: dict[tuple[int, int, bool], np.ndarray] = field(default_factory=dict)

    def ranks(self, points: np.ndarray) -> np.ndarray:
        """Ranks (draws, units) of the root for points (draws, size) of the unit cube."""
        method = self.result.method
        picks = {f.kind: (points[:, f.columns[0]] * len(f.options)).astype(int) for f in self.factors if f.kind != "weights"}
        zeros = np.zeros(len(points), dtype=int)
        choice = np.stack([picks.get(k, zeros) for k in ("normalisation", "missing", "aggregation")], axis=1)
        weights = self._weights(points)
        out = np.full((len(points), len(self.result.rated)), np.nan)
        widest = max(len(method.children(n.code)) for n in method.nodes)
        step = max(AT_ONCE // (out.shape[1] * widest), 1)
        for combination in np.unique(choice, axis=0):
            rows = np.flatnonzero((choice == combination).all(1))
            for start in range(0, len(rows), step):
                part = rows[start : start + step]
                out[part] = self._scored({n: w[part] if len(w) > 1 else w for n, w in weights.items()}, combination, len(part))
        return out

    def _weights(self, points: np.ndarray) -> dict[str, np.ndarray]:
        """Nominal weights, each of the doubtful ones times U(1 − p, 1 + p); every mean divides by their sum."""
        width = float(self.result.method.doubts["weights"])
        found = {code: w[None, :] for code, w in self.result.weighting.of.items()}
        for factor in self.factors:
            if factor.kind == "weights":
                found[factor.name] = found[factor.name] * (1 + width * (2 * points[:, factor.columns] - 1))
        return found

    def _scored(self, weights: Mapping[str, np.ndarray], combination: np.ndarray, draws: int) -> np.ndarray:
        method, prepared = self.result.method, self.result.prepared
        rules = self._rules(int(combination[2]))
        strict = any(r in {"geometric", "harmonic"} for r in rules.values())
        values = self._normalised(int(combination[0]), int(combination[1]), strict=strict)
        with np.errstate(invalid="ignore", divide="ignore"):
            score = evaluate(method, values, weights, prepared, rules)[method.root]
        score = np.where(self.result.rated, np.broadcast_to(score, (draws, len(self.result.rated))), np.nan)
        return _ranked(score, prepared.periods)

    def _option(self, kind: str, pick: int) -> Any:
        options = next((f.options for f in self.factors if f.kind == kind), ())
        return options[pick] if options else None

    def _rules(self, pick: int) -> dict[str, str]:
        """Aggregation by node: the drawn alternative by level, where the node does not fix its own."""
        method = self.result.method
        drawn = self._option("aggregation", pick)
        changed = replace(method, aggregation=tuple(drawn)) if drawn else method
        return {node.code: changed.rule_of(node) for node in method.nodes}

    def _normalised(self, norm: int, missing: int, *, strict: bool) -> np.ndarray:
        """Normalised table of a variant; raised to [1, 100] by column where a mean needs values above zero."""
        key = (norm, missing, strict)
        if key not in self.cache:
            changed = variant(self.result.method, normalisation=self._option("normalisation", norm),
                              missing=self._option("missing", missing) or "")
            values, _ = normalise_all(changed, self.result.prepared, self.result.table.units)
            if strict and aggregate.undefined("harmonic", values).any():
                low, high = (pick(values, axis=0, where=np.isfinite(values), initial=at)
                             for pick, at in ((np.min, np.inf), (np.max, -np.inf)))
                values = 1 + 99 * (values - low) / np.where(high > low, high - low, 1.0)
            self.cache[key] = values
        return self.cache[key]


def doubts_of(result: Result) -> Doubts:
    """The doubts that the method file declares; by default weights of ± 25 %."""
    method, factors, size = result.method, [], 0
    for kind in ("normalisation", "missing", "aggregation"):
        options = method.doubts.get(kind, [])
        if len(options) > 1:
            factors.append(Factor(kind, kind, (size,), tuple(options)))
            size += 1
    for node in method.nodes if method.doubts["weights"] else ():
        count = len(method.children(node.code))
        if count > 1:
            factors.append(Factor(node.code, "weights", tuple(range(size, size + count))))
            size += count
    return Doubts(result, factors, size)


def _ranked(score: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Competition ranks of every draw, best first, by period; binary dust rounded away."""
    top = float(np.max(np.abs(score), where=np.isfinite(score), initial=1e-9))
    rounded = np.round(np.where(np.isfinite(score), score, np.nan), int(11 - np.ceil(np.log10(top))))
    out = np.full(score.shape, np.nan)
    for period in dict.fromkeys(periods.tolist()):
        part = np.flatnonzero(periods == period)
        lost = np.isnan(rounded[:, part])
        ranks = scipy.stats.rankdata(np.where(lost, np.inf, -rounded[:, part]), method="min", axis=1)
        out[:, part] = np.where(lost, np.nan, ranks)
    return out


def intervals(result: Result, *, draws: int, seed: int) -> dict[str, Any]:
    """Rank intervals from `draws` random draws: per unit the nominal rank, median, interval, extremes, share unchanged."""
    if not 1 <= draws <= MOST_DRAWS:
        raise Refusal("INDEX-DRAWS", field="uncertainty", value=draws, rule=f"1..{MOST_DRAWS}",
                      zh=f"抽样次数应在1到{MOST_DRAWS}之间。", en=f"Draws must lie between 1 and {MOST_DRAWS}.")
    doubts = doubts_of(result)
    ranks = doubts.ranks(np.random.Generator(np.random.PCG64(seed)).random((draws, doubts.size)))
    share = float(result.method.doubts["interval"])
    nominal = result.ranks[result.method.root]
    units = {}
    for place, key in enumerate(result.table.keys()):
        column = ranks[:, place][np.isfinite(ranks[:, place])]
        if column.size and np.isfinite(nominal[place]):
            low, middle, high = np.quantile(column, [(1 - share) / 2, 0.5, (1 + share) / 2], method="inverted_cdf")
            units[key] = {"rank": int(nominal[place]), "low": int(low), "median": int(middle), "high": int(high),
                          "best": int(column.min()), "worst": int(column.max()), "mean": round(float(column.mean()), 6),
                          "unchanged": round(float((column == nominal[place]).mean()), 6)}
    shift = np.abs(ranks - nominal)[np.isfinite(ranks - nominal)]
    return {"draws": draws, "seed": seed, "interval": share, "factors": [_told(f) for f in doubts.factors],
            "mean_shift": round(float(shift.mean()), 6) if shift.size else 0.0, "units": units}


def _told(factor: Factor) -> dict[str, Any]:
    options = [o.name if isinstance(o, Step) else list(o) if isinstance(o, tuple) else o for o in factor.options]
    return {"name": factor.name, "kind": factor.kind, **({"options": options} if options else {})}
