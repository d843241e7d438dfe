"""How are outliers tamed before normalising? COINr's two-stage treatment and plain transforms.

Stage one winsorises up to `winmax` points while |skewness| ≥ `skew` and kurtosis ≥ `kurtosis`; where that does not
suffice, stage two transforms the *original* column (or the winsorised one with `combine`).
Skewness and kurtosis are the sample-corrected ones of spreadsheets (type 2 of Joanes & Gill, 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ximu.kernel.refusal import Refusal

PARAMS = frozenset({"winmax", "skew", "kurtosis", "then", "combine"})
DEFAULTS = {"winmax": 5, "skew": 2.0, "kurtosis": 3.5, "then": "log_ct", "combine": False}


def skewness(x: np.ndarray) -> float:
    """Sample skewness of the known values: √(n(n−1))/(n−2) · m₃/m₂^1.5."""
    known = x[np.isfinite(x)]
    n, centred = known.size, known - known.mean()
    square = float((centred**2).sum())
    if n < 3 or square == 0:
        return float("nan")
    return float(np.sqrt(n) * (centred**3).sum() / square**1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: np.ndarray) -> float:
    """Sample excess kurtosis of the known values."""
    known = x[np.isfinite(x)]
    n, centred = known.size, known - known.mean()
    square = float((centred**2).sum())
    if n < 4 or square == 0:
        return float("nan")
    plain = n * (centred**4).sum() / square**2
    return float(((n + 1) * (plain - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))


def passes(x: np.ndarray, rule: Mapping[str, Any]) -> bool:
    """Needs no treatment: |skewness| below its threshold or kurtosis below its own. Too few points pass."""
    skew, kurt = skewness(x), kurtosis(x)
    if np.isnan(skew) or np.isnan(kurt):
        return True
    return abs(skew) < float(rule["skew"]) or kurt < float(rule["kurtosis"])


def winsorise(x: np.ndarray, rule: Mapping[str, Any]) -> tuple[np.ndarray, int]:
    """Pull the extreme on the side of the skew to its neighbour, again and again; ties move together."""
    x, moved, high, low = x.copy(), 0, 0, 0
    while not passes(x, rule) and moved < float(rule["winmax"]):
        up = skewness(x) >= 0
        edge = np.nanmax(x) if up else np.nanmin(x)
        at = x == edge
        x[at] = np.nanmax(x[~at]) if up else np.nanmin(x[~at])
        high, low = (int(at.sum()), low) if up else (high, int(at.sum()))
        moved = high + low
    return x, moved


def _positive(x: np.ndarray, name: str) -> np.ndarray:
    if (x[np.isfinite(x)] <= 0).any():
        raise Refusal("DATA-LOG", field=name, rule="> 0",
                      zh=f"指标“{name}”有非正数，不能取对数。",
                      en=f"The indicator “{name}” has values that are not positive; no logarithm.")
    return x


def log_ct(x: np.ndarray) -> np.ndarray:
    """ln(x − min + 0.01 · (max − min)): COINr's log_CT."""
    low, high = np.nanmin(x), np.nanmax(x)
    return np.log(x - low + 0.01 * (high - low))


def log_ct_orig(x: np.ndarray) -> np.ndarray:
    """ln(x − min + 1): the COIN Tool's logarithm."""
    return np.log(x - np.nanmin(x) + 1)


SHIFTED: dict[str, Callable[[np.ndarray], np.ndarray]] = {"log_ct": log_ct, "log_ct_orig": log_ct_orig}
PLAIN: dict[str, Callable[[np.ndarray], np.ndarray]] = {"log": np.log, "log10": np.log10, "sqrt": np.sqrt}
TRANSFORMS = frozenset({*SHIFTED, *PLAIN})


def transform(x: np.ndarray, name: str, code: str) -> np.ndarray:
    """A named transform of a whole column; refuses DATA-LOG for a plain logarithm of what is not positive."""
    if not np.isfinite(x).any():
        return x
    if name in SHIFTED:
        return SHIFTED[name](x) if np.ptp(x[np.isfinite(x)]) > 0 else x
    return PLAIN[name](_positive(x, code) if name != "sqrt" else np.where(x >= 0, x, np.nan))


def treat(x: np.ndarray, params: Mapping[str, Any]) -> tuple[np.ndarray, dict[str, Any]]:
    """Two-stage treatment. Returns the column and what was done: points moved and second-stage transform."""
    rule = {**DEFAULTS, **params}
    if passes(x, rule):
        return x, {}
    pulled, moved = winsorise(x, rule)
    if passes(pulled, rule):
        return pulled, {"winsorised": moved}
    if str(rule["then"]) == "none":
        return pulled, {"winsorised": moved, "passed": False}
    base = pulled if rule["combine"] else x
    out = transform(base, str(rule["then"]).lower(), "")
    return out, {"transform": str(rule["then"]).lower(), "passed": passes(out, rule),
                 **({"winsorised": moved} if rule["combine"] else {})}
