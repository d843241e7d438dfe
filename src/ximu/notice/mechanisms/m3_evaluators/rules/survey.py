"""How sure is a survey? Sample size, weights, margin of error, confidence interval; and how a rating becomes a number.

n = z²p(1 − p)/e² with the finite population correction; the effective size of a weighted sample is (Σw)²/Σw² (Kish, 1965);
the interval of a share is Wilson's (1927), which stays within 0 and 1.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ximu.kernel.refusal import Refusal

COLUMNS = ("unit", "n", "value")
RATINGS = ("C", "CC", "CCC", "B", "BB", "BBB", "A", "AA", "AAA")
"""Grades from the lowest, as GB/T 22116 orders them."""
MOST_ROWS = 10_000


def needed(*, margin: float, population: int = 0, share: float = 0.5, confidence: float = 0.95) -> int:
    """How many must be asked for a margin of error."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n = z**2 * share * (1 - share) / margin**2
    return math.ceil(n / (1 + (n - 1) / population) if population else n)


def effective(weights: Sequence[float]) -> float:
    """Kish: as many equal answers as a weighted sample is worth."""
    return sum(weights) ** 2 / sum(w * w for w in weights) if any(weights) else 0.0


def margin(n: float, *, share: float = 0.5, population: int = 0, confidence: float = 0.95) -> float:
    """Half the width of the plain interval, with the finite population correction."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    correction = math.sqrt(max(population - n, 0) / (population - 1)) if population > 1 else 1.0
    return z * math.sqrt(share * (1 - share) / n) * correction


def interval(share: float, n: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle, below = share + z * z / (2 * n), 1 + z * z / n
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / below, (middle + half) / below


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's answer: share in percent with its sample, or a rating; `n_effective` counts the weights in."""

    unit: str
    value: str
    n: int
    n_effective: float
    low: float | None = None
    high: float | None = None

    def plain(self) -> dict[str, Any]:
        return {"unit": self.unit, "value": self.value, "n": self.n, "n_effective": round(self.n_effective, 3),
                "low": None if self.low is None else round(self.low, 4), "high": None if self.high is None else round(self.high, 4)}


def read(text: str, kind: str, *, confidence: float = 0.95) -> list[Line]:
    """A survey: columns unit, n, value (percent), and sum_w, sum_w2 where answers are weighted. A rating: unit, value (AAA … C).

    Errors: `EVAL-SURVEY` naming the line.
    """
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or len(rows) > MOST_ROWS or "unit" not in rows[0] or "value" not in rows[0]:
        raise _wrong(1, "unit, n, value", "缺少列", "lacks columns")
    return [_rating(row, k) if kind == "rating" else _share(row, k, confidence) for k, row in enumerate(rows, 2)]


def _rating(row: dict[str, str], line: int) -> Line:
    word = (row.get("value") or "").strip().upper()
    if word not in RATINGS:
        raise _wrong(line, word, "不是规定的等级", "is no grade")
    return Line(row["unit"].strip(), str(round(100 * RATINGS.index(word) / (len(RATINGS) - 1), 1)), 1, 1.0)


def _share(row: dict[str, str], line: int, confidence: float) -> Line:
    try:
        n, value = int(row.get("n") or ""), float(row.get("value") or "")
        weighed = bool(row.get("sum_w"))
        size = float(row["sum_w"]) ** 2 / float(row["sum_w2"]) if weighed else float(n)
    except (ValueError, KeyError, ArithmeticError):
        raise _wrong(line, str(row.get("value"))[:20], "不是数字", "is no number") from None
    if n < 1 or not 0 <= value <= 100 or not 0 < size <= n + 1e-9:
        raise _wrong(line, str(value), "应在0至100之间，样本数应为正", "must lie between 0 and 100 with a sample above zero")
    low, high = interval(value / 100, size, confidence=confidence)
    return Line(row["unit"].strip(), row["value"].strip(), n, size, 100 * low, 100 * high)


def _wrong(line: int, value: str, zh: str, en: str) -> Refusal:
    return Refusal("EVAL-SURVEY", field="value", value=value, rule="unit, n, value", extra={"line": line},
                   zh=f"调查数据第{line}行“{value}”{zh}。", en=f"Line {line} of the survey: “{value}” {en}.")
