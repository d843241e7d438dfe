"""How do values of different kinds become comparable? The methods of COINr and of the OECD/JRC Handbook (2008, step 5).

Every method takes the raw column and gives higher numbers to better units. A direction of −1 multiplies the column
by −1 first (COINr's rule); methods that compare with a value given in raw units turn that value as well.
NaN stays NaN and never counts. Equations and sources: docs/methods/index.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from ximu.kernel.refusal import Refusal

Params = Mapping[str, Any]
TIES = {"average", "min", "max", "dense"}


@dataclass(frozen=True, slots=True)
class Column:
    """One raw column with its direction and the units it belongs to."""

    raw: np.ndarray
    direction: int = 1
    units: Sequence[str] = ()

    @property
    def turned(self) -> np.ndarray:
        return self.raw * self.direction


def _pair(params: Params, key: str, default: tuple[float, float]) -> tuple[float, float]:
    low, high = params.get(key, default)
    return float(low), float(high)


def _stretch(column: np.ndarray, low: float, high: float) -> np.ndarray:
    if not np.isfinite(column).any() or low == high:
        return np.full(column.shape, np.nan)
    return (column - low) / (high - low)


def _extremes(x: np.ndarray) -> tuple[float, float]:
    known = x[np.isfinite(x)]
    return (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)


def minmax(column: Column, params: Params) -> np.ndarray:
    """(x − min)/(max − min) · (u − l) + l, by default onto [0, 100] (COINr n_minmax; Handbook §5.3)."""
    low, high = _pair(params, "range", (0.0, 100.0))
    x = column.turned
    return _stretch(x, *_extremes(x)) * (high - low) + low


def scaled(column: Column, params: Params) -> np.ndarray:
    """(x − l)/(u − l) · 100 with fixed l and u (COINr n_scaled)."""
    low, high = _pair(params, "bounds", (0.0, 100.0))
    return _stretch(column.turned, low, high) * 100.0


def zscore(column: Column, params: Params) -> np.ndarray:
    """(x − mean)/sd · s + m with the sample standard deviation unless sd = "population" (COINr n_zscore; Handbook §5.2)."""
    mean, spread = _pair(params, "mean_sd", (0.0, 1.0))
    x = column.turned
    known = x[np.isfinite(x)]
    free = 0 if params.get("sd") == "population" else 1
    if known.size <= free or np.ptp(known) == 0:
        return np.full(x.shape, np.nan)
    return (x - known.mean()) / known.std(ddof=free) * spread + mean


def rank(column: Column, params: Params) -> np.ndarray:
    """Rank of the value, the best has the highest; ties share the lowest rank unless told (COINr n_rank)."""
    ties = params.get("ties", "min")
    x = column.turned
    ranks, known = np.full(x.shape, np.nan), np.isfinite(x)
    ranks[known] = scipy.stats.rankdata(x[known], method=ties)
    return ranks


def prank(column: Column, params: Params) -> np.ndarray:
    """(rank − 1)/(n − 1) over the n known values (COINr n_prank)."""
    count = int(np.isfinite(column.raw).sum())
    return (rank(column, params) - 1) / (count - 1) if count > 1 else np.full(column.raw.shape, np.nan)


def percentile(column: Column, params: Params) -> np.ndarray:
    """rank/n · 100 (Handbook, Table 15)."""
    count = int(np.isfinite(column.raw).sum())
    return rank(column, params) / max(count, 1) * 100.0


def borda(column: Column, params: Params) -> np.ndarray:
    """rank − 1 (COINr n_borda)."""
    return rank(column, params) - 1


def dist2max(column: Column, params: Params) -> np.ndarray:
    """1 − (max − x)/(max − min) (COINr n_dist2max)."""
    return minmax(column, {"range": (0.0, 1.0)})


def _distance(column: Column, goal: float, params: Params) -> np.ndarray:
    x = column.turned
    low, _ = _extremes(x)
    score = 1 - (goal - x) / (goal - low) if goal != low else np.full(x.shape, np.nan)
    return np.minimum(score, 1.0) if params.get("cap") else score


def dist2ref(column: Column, params: Params) -> np.ndarray:
    """1 − (ref − x)/(ref − min), ref the value of one unit; above 1 unless cap (COINr n_dist2ref)."""
    return _distance(column, _reference(column, params) * column.direction, params)


def dist2targ(column: Column, params: Params) -> np.ndarray:
    """1 − (target − x)/(target − min), target in raw units; above 1 unless cap (COINr n_dist2targ)."""
    return _distance(column, float(params["target"]) * column.direction, params)


def fracmax(column: Column, params: Params) -> np.ndarray:
    """x / max (COINr n_fracmax)."""
    x = column.turned
    return x / _extremes(x)[1]


def _reference(column: Column, params: Params) -> float:
    """The value of the reference: a unit's code or 1-based place, or mean, best, worst."""
    given, known = params.get("reference", "best"), column.raw[np.isfinite(column.raw)]
    if known.size == 0:
        return float("nan")
    if given in ("mean", "best", "worst"):
        top = (given == "best") == (column.direction == 1)
        return float(known.mean() if given == "mean" else known.max() if top else known.min())
    if isinstance(given, int) and 1 <= given <= len(column.raw):
        return float(column.raw[given - 1])
    if given in column.units:
        return float(column.raw[list(column.units).index(given)])
    raise Refusal("METH-REF", field="reference", value=given, rule="unit, place, mean, best or worst",
                  zh=f"参照单位“{given}”不在数据中。", en=f"The reference unit “{given}” is not in the data.")


def ratio(column: Column, params: Params) -> np.ndarray:
    """x / reference, or reference / x for direction −1 (Handbook §5.4)."""
    reference = _reference(column, params)
    return column.raw / reference if column.direction == 1 else reference / column.raw


def difference(column: Column, params: Params) -> np.ndarray:
    """(x − reference)/reference, turned for direction −1 (Handbook §5.4)."""
    reference = _reference(column, params)
    return (column.raw - reference) / reference * column.direction


def abovebelow(column: Column, params: Params) -> np.ndarray:
    """1, 0 or −1: above, within or below (1 ± p) × mean (Handbook §5.5)."""
    width = float(params.get("p", 0.2))
    share = column.raw / _reference(column, {"reference": "mean"})
    sign = np.where(share > 1 + width, 1.0, np.where(share < 1 - width, -1.0, 0.0)) * column.direction
    return np.where(np.isfinite(column.raw), sign, np.nan)


def goalposts(column: Column, params: Params) -> np.ndarray:
    """(x − l)/(u − l) between fixed goalposts, clipped unless clip = false, onto range (COINr n_goalposts; UNDP)."""
    low, high = (float(v) for v in params["goalposts"][:2])
    bottom, top = _pair(params, "range", (0.0, 1.0))
    share = _stretch(column.raw, low, high)
    share = share if column.direction == 1 else 1 - share
    if params.get("clip", True):
        share = np.clip(share, 0.0, 1.0)
    return share * (top - bottom) + bottom


def bands(column: Column, params: Params) -> np.ndarray:
    """Points of the band in which the value (or its percentile) lies: [[from, points], …] (Handbook, Table 15)."""
    table = sorted((float(a), float(b)) for a, b in params["bands"])
    x = percentile(column, params) if params.get("on") == "percentile" else column.raw
    starts, points = np.array([a for a, _ in table]), np.array([b for _, b in table])
    place = np.searchsorted(starts, np.round(x, 9), side="right") - 1
    below = float(params.get("below", points[0]))
    return np.where(np.isfinite(x), np.where(place >= 0, points[np.maximum(place, 0)], below), np.nan)


def yesno(column: Column, params: Params) -> np.ndarray:
    """Full points where the value is not zero, none otherwise; the other way round for direction −1."""
    bottom, top = _pair(params, "range", (0.0, 1.0))
    fulfilled = (column.raw != 0) == (column.direction == 1)
    return np.where(np.isfinite(column.raw), np.where(fulfilled, top, bottom), np.nan)


def deduction(column: Column, params: Params) -> np.ndarray:
    """full − min(cap, each × count), never below zero."""
    full, each = float(params.get("full", 100)), float(params["each"])
    taken = np.minimum(column.raw * each, float(params.get("cap", full)))
    return np.maximum(full - np.maximum(taken, 0.0), 0.0)


def none(column: Column, params: Params) -> np.ndarray:
    """The value itself, turned by its direction."""
    return column.turned


METHODS: dict[str, Callable[[Column, Params], np.ndarray]] = {
    f.__name__: f for f in (minmax, scaled, zscore, rank, prank, percentile, borda, dist2max, dist2ref, dist2targ,
                            fracmax, ratio, difference, abovebelow, goalposts, bands, yesno, deduction, none)
}
PARAMS: dict[str, frozenset[str]] = {
    "minmax": frozenset({"range"}), "scaled": frozenset({"bounds"}), "zscore": frozenset({"mean_sd", "sd"}),
    "rank": frozenset({"ties"}), "prank": frozenset({"ties"}), "percentile": frozenset({"ties"}),
    "borda": frozenset({"ties"}), "dist2max": frozenset(), "dist2ref": frozenset({"reference", "cap"}),
    "dist2targ": frozenset({"target", "cap"}), "fracmax": frozenset(), "ratio": frozenset({"reference"}),
    "difference": frozenset({"reference"}), "abovebelow": frozenset({"p"}),
    "goalposts": frozenset({"goalposts", "range", "clip"}), "bands": frozenset({"bands", "below", "on", "ties"}),
    "yesno": frozenset({"range"}), "deduction": frozenset({"full", "each", "cap"}), "none": frozenset(),
}
SHAPES = {   # what each parameter must look like
    "range": "pair", "bounds": "pair", "mean_sd": "pair", "goalposts": "pair", "bands": "pairs", "p": "number", "full": "number",
    "each": "number", "cap": "number or flag", "below": "number", "target": "number", "clip": "flag", "sd": {"sample", "population"},
    "on": {"value", "percentile"}, "ties": TIES, "reference": "number or word",
}
ALIASES = {
    "standardise": "zscore", "standardisation": "zscore", "zscores": "zscore", "ranks": "rank", "ranking": "rank",
    "percentilerank": "prank", "percentileranks": "prank", "prctrank": "prank", "distancetomax": "dist2max",
    "distancetoleader": "dist2max", "distancetoreference": "dist2ref", "distancetotarget": "dist2targ",
    "dist2target": "dist2targ", "fractionofmax": "fracmax", "minmaxgoalposts": "goalposts", "goalpost": "goalposts",
    "bandtable": "bands", "band": "bands", "categorical": "bands", "categoricalscale": "bands", "yes/no": "yesno",
    "boolean": "yesno", "deductions": "deduction", "bordascore": "borda", "raw": "none", "abovebelowmean": "abovebelow",
    "ratiotoreference": "ratio", "differencetoreference": "difference",
}
PARAM_ALIASES = {"l_u": "range", "npara": "bounds", "m_sd": "mean_sd", "ties.method": "ties", "ties_method": "ties",
                 "iref": "reference", "cap_max": "cap", "targ": "target", "gposts": "goalposts", "trunc2posts": "clip"}


def known(name: str) -> str:
    """The canonical name behind `n_minmax`, `min-max`, `Percentile rank` …; empty when there is none."""
    plain = name.strip().lower().removeprefix("n_").replace("-", "").replace("_", "").replace(" ", "").replace("–", "")
    plain = ALIASES.get(plain, plain)
    return plain if plain in METHODS else ""


def apply(name: str, column: Column, params: Params) -> np.ndarray:
    """The normalised column."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        out = METHODS[name](column, params)
    return np.where(np.isfinite(out), out, np.nan)


def full(name: str, params: Params) -> float:
    """The most that a method can give; 1 where it has no limit. A sum of points shares missing points out by it."""
    fixed = {"minmax": (0.0, 100.0), "goalposts": (0.0, 1.0), "yesno": (0.0, 1.0)}
    if name in fixed:
        return max(_pair(params, "range", fixed[name]))
    if name == "bands":
        return max(float(points) for _, points in params["bands"])
    return {"deduction": float(params.get("full", 100)), "percentile": 100.0}.get(name, 1.0)


def worst(name: str, normalised: np.ndarray, params: Params) -> float:
    """What a value that was owed and not delivered is worth: the lowest that the method can give to whatever the truth may be.

    A z-score of n values lies at −(n − 1)/√n or above (−√(n − 1) by the population's deviation). Where a method has no
    lowest (`bottomless`), the lowest that is known stands in.
    """
    fixed = {"minmax": (0.0, 100.0), "goalposts": (0.0, 1.0), "yesno": (0.0, 1.0)}
    lowest = _extremes(normalised)[0]
    if name in fixed:
        return min(*_pair(params, "range", fixed[name]), *([lowest] if params.get("clip") is False and np.isfinite(lowest) else []))
    if name in {"prank", "percentile", "borda", "dist2max", "deduction"}:
        return 0.0
    if name == "bands":
        return min(float(params.get("below", "inf")), *(float(points) for _, points in params["bands"]))
    ends = {"scaled": 0.0, "dist2ref": 0.0, "dist2targ": 0.0, "fracmax": 0.0, "ratio": 0.0, "rank": 1.0, "difference": -1.0,
            "abovebelow": -1.0}
    if name in ends:
        return min(ends[name], lowest) if np.isfinite(lowest) else ends[name]
    if name == "zscore" and np.isfinite(lowest):
        mean, spread = _pair(params, "mean_sd", (0.0, 1.0))
        n = int(np.isfinite(normalised).sum()) + 1
        return min(lowest, mean - abs(spread) * ((n - 1) ** 0.5 if params.get("sd") == "population" else (n - 1) / n**0.5))
    return lowest


def bottomless(name: str, params: Params, direction: int) -> bool:
    """Whether a value may lie below all that the method has given so far: silence could then be worth more than the truth."""
    return name in {"none", "scaled"} or (name == "goalposts" and params.get("clip") is False) or (
        name in {"difference", "fracmax"} and direction == -1)
