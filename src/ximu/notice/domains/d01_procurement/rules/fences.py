"""What is an outlier? Tukey's fences over quartiles of type 8 (Hyndman and Fan 1996, §8: median-unbiased)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

FACTOR = 1.5
"""Tukey, Exploratory Data Analysis (1977): inner fences lie 1.5 IQR outside the quartiles."""


def quantile(values: Iterable[float], share: float) -> float:
    """h = (n + 1/3)·p + 1/3, linear between order statistics; NaN for no values."""
    data = sorted(values)
    if not data:
        return float("nan")
    h = (len(data) + 1 / 3) * share + 1 / 3
    whole = int(h)
    if whole <= 0 or share == 0:
        return data[0]
    if whole >= len(data) or share == 1:
        return data[-1]
    return data[whole - 1] + (h - whole) * (data[whole] - data[whole - 1])


def quartiles(values: Iterable[float]) -> tuple[float, float]:
    data = list(values)
    return quantile(data, 0.25), quantile(data, 0.75)


def lower(q1: float, q3: float) -> float:
    """Q1 - 1.5 (Q3 - Q1), rounded once."""
    return _fused(q3 - q1, -FACTOR, q1)


def upper(q1: float, q3: float) -> float:
    """Q3 + 1.5 (Q3 - Q1), rounded once."""
    return _fused(q3 - q1, FACTOR, q3)


def _fused(a: float, b: float, c: float) -> float:
    if a != a or c != c:
        return float("nan")
    return float(Fraction(a) * Fraction(b) + Fraction(c))
