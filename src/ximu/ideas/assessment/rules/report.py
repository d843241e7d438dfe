"""How is a scoring told? As JSON with `DIGITS` significant digits, and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from .data import DELIVERED
from .score import Result, significant


def number(value: float) -> float | None:
    """JSON number or null."""
    if not np.isfinite(value):
        return None
    rounded = float(significant(np.array(value)))
    return rounded + 0.0   # no negative zero


def published(result: Result, place: int, code: str) -> Decimal | None:
    """The score as printed: rounded half up to the method's decimals."""
    value = number(result.scores[code][place])
    if value is None:
        return None
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-result.method.decimals), rounding="ROUND_HALF_UP")


def grade(result: Result, place: int) -> str | None:
    score = published(result, place, result.method.root)
    if score is None:
        return None
    return next((g.label for g in result.method.grades if score >= g.lowest), None)


def as_json(result: Result) -> dict[str, Any]:
    """Normalised values, scores, ranks and published figures by unit and code."""
    method, keys, level = result.method, result.table.keys(), result.method.levels()
    by_level = {str(n): [c for c in level if level[c] == n] for n in sorted(set(level.values()))}
    rows = range(len(keys))
    return {
        "method": {"name_zh": method.name.zh, "name_en": method.name.en, "version": method.version, "digest": method.digest,
                   "root": method.root},
        "units": keys, "indicators": method.codes, "levels": by_level,
        "normalised": {keys[r]: {c: number(result.normalised[r, n]) for n, c in enumerate(method.codes)} for r in rows},
        "scores": {keys[r]: {c: number(s[r]) for c, s in result.scores.items()} for r in rows},
        "ranks": {keys[r]: {c: None if np.isnan(k[r]) else int(k[r]) for c, k in result.ranks.items()} for r in rows},
        "published": {keys[r]: _shown(result, r) for r in rows},
        "states": {keys[r]: {c: s[r] for c, s in result.prepared.states.items() if s[r] != DELIVERED} for r in rows},
        "adjustments": {keys[r]: {c: str(v) for c, v in a.items()} for r, a in enumerate(result.prepared.applied) if a},
        "treated": dict(result.treated),
        "weights": {n: dict(zip(method.children(n), map(number, w), strict=True)) for n, w in result.weighting.of.items()},
        "weighting": {n: {k: number(v) if isinstance(v, float) else v for k, v in d.items()}
                      for n, d in result.weighting.details.items()},
        "warnings": [w.envelope() for w in result.warnings],
    }


def _shown(result: Result, place: int) -> dict[str, Any]:
    score = published(result, place, result.method.root)
    rank = result.ranks[result.method.root][place]
    return {"score": None if score is None else str(score), "rank": None if np.isnan(rank) else int(rank),
            "grade": grade(result, place), "rated": bool(result.rated[place])}


def as_table(result: Result, what: str) -> list[str]:
    """Tab-separated table of all normalised values, all scores or all ranks, units in the order of the data."""
    told = as_json(result)[what]
    codes = list(next(iter(told.values())))
    cells = [[key, *("" if row[c] is None else str(row[c]) for c in codes)] for key, row in told.items()]
    return ["\t".join(line) for line in [["unit", *codes], *cells]]


def as_lines(result: Result, doubt: Mapping[str, Any] | None = None) -> list[str]:
    """Tab-separated: rank (with its interval), unit, label, score of the root and of the nodes below it, grade; best first."""
    method, root = result.method, result.method.root
    nodes = [root, *(c for c in method.children(root) if c in result.scores)]
    lines = ["\t".join(["名次 rank", "单位 unit", "名称 name", *nodes, "等级 grade"])]
    order = sorted(range(len(result.table.rows)), key=lambda r: (np.nan_to_num(result.ranks[root][r], nan=np.inf), r))
    for r in order:
        rank = result.ranks[root][r]
        cells = [str(published(result, r, c)) if np.isfinite(result.scores[c][r]) else "—" for c in nodes]
        place = "不予评分 not rated" if np.isnan(rank) else str(int(rank))
        own = doubt["units"].get(result.table.keys()[r]) if doubt else None
        place += f" [{own['low']}–{own['high']}]" if own else ""
        lines.append("\t".join([place, result.table.keys()[r], result.table.labels[r], *cells, grade(result, r) or ""]))
    return lines
