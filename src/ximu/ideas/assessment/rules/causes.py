"""Why is a score another one than before, or than somebody else's? The difference split into causes that add up to it exactly.

One goes from one scoring to the other by changing one thing at a time: the units compared with, each column of data, the missing
rule, the weights, the rest of the method (what is measured, how it is normalised and aggregated). What a step changes depends on
the steps before it; so one goes there in this order and in the reverse one and takes the mean, which is the mean of the first and
the last marginal contribution (two of the orders that Shapley's value averages, 1953; Shorrocks, 2013, on such decompositions).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

from .data import read
from .explain import split
from .frozen import rescored, wanted
from .method import Indicator, Method, Node, Step
from .report import published
from .score import Result

KINDS = {
    "units": Text("参评单位的增减", "units that came or went"), "records": Text("数据与记录", "data and records"),
    "missing": Text("缺失规则", "rule for what is missing"), "weights": Text("权重", "weights"),
    "method": Text("指标、归一化与汇总方法", "indicators, normalisation, aggregation"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """A scoring by its method and its data (CSV)."""

    method: Method
    data: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What one thing did to a score; `column` for a column of data."""

    kind: str
    points: Decimal
    column: str = ""
    name: Text | None = None

    def plain(self) -> dict[str, Any]:
        what = KINDS[self.kind]
        return {"kind": self.kind, "what_zh": what.zh, "what_en": what.en, "column": self.column, "points": str(self.points),
                "name_zh": self.name.zh if self.name else what.zh, "name_en": self.name.en if self.name else what.en}


@dataclass(frozen=True, slots=True)
class Split:
    """`before` + the sum of `causes` = `after`, to the last digit that is published."""

    unit: str
    before: Decimal
    after: Decimal
    causes: tuple[Cause, ...]
    ranks: tuple[int | None, int | None] = (None, None)

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    def plain(self) -> dict[str, Any]:
        return {"unit": self.unit, "before": str(self.before), "after": str(self.after), "change": str(self.change),
                "rank_before": self.ranks[0], "rank_after": self.ranks[1], "causes": [one.plain() for one in self.causes]}


@dataclass(slots=True)
class _Walk:
    """Scorings between the two, each made once."""

    before: Side
    after: Side
    cells: tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]
    seen: dict[frozenset[tuple[str, str]], dict[str, float]] = field(default_factory=dict)

    def scores(self, done: frozenset[tuple[str, str]]) -> dict[str, float]:
        if done not in self.seen:
            self.seen[done] = self._scored(done)
        return self.seen[done]

    def _scored(self, done: frozenset[tuple[str, str]]) -> dict[str, float]:
        method = mixed(self.before.method, self.after.method, {kind for kind, _ in done})
        try:
            result = rescored(method, self._table(done, method))
        except Refusal:      # a geometric mean of mixed columns may not exist: the next step takes this one's part
            return {}
        return dict(zip(result.table.units, map(float, result.scores[method.root]), strict=True))

    def _table(self, done: frozenset[tuple[str, str]], method: Method) -> str:
        units = list(self.cells[("units", "") in done])
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        columns = [*wanted(method), *([method.missing.group] if method.missing.group else [])]
        writer.writerow([method.columns.unit or "unit", *columns])
        for unit in units:
            writer.writerow([unit, *(self._cell(unit, column, ("records", column) in done) for column in columns)])
        return out.getvalue()

    def _cell(self, unit: str, column: str, later: bool) -> str:
        for side in (self.cells[later], self.cells[not later]):
            if column in side.get(unit, {}):
                return side[unit][column]
        return ""


def mixed(before: Method, after: Method, done: set[str]) -> Method:
    """The method with the parts named in `done` taken from `after`; weights go by the code of indicator or node."""
    base, other = (after, before) if "method" in done else (before, after)
    weigh = after if "weights" in done else before
    rule = after.missing if "missing" in done else before.missing
    made = replace(base, missing=rule, official=False)
    if weigh is base:
        return made
    known = {item.code: item.weight for item in weigh.items}
    same = {(i.code, i.parent) for i in base.items} == {(i.code, i.parent) for i in other.items}
    indicators: tuple[Indicator, ...] = tuple(replace(i, weight=known.get(i.code, i.weight)) for i in base.indicators)
    nodes: tuple[Node, ...] = tuple(replace(n, weight=known.get(n.code, n.weight)) for n in base.nodes)
    return replace(made, indicators=indicators, nodes=nodes, weighting=weigh.weighting if same else Step("relative"))


def causes(before: Side, after: Side) -> dict[str, Split]:
    """Unit → split, for the units that both sides rate.

    Units must be named alike; a side with several periods in one table is not compared.
    """
    results = (rescored(before.method, before.data), rescored(after.method, after.data))
    walk = _Walk(before, after, (_cells(before, results[0]), _cells(after, results[1])))
    columns = list(dict.fromkeys([*wanted(before.method), *wanted(after.method)]))
    steps = [("units", ""), *(("records", c) for c in columns), ("missing", ""), ("weights", ""), ("method", "")]
    there, back = _marginal(walk, steps, results), _marginal(walk, steps[::-1], results)
    names = {i.code: i.name for i in (*before.method.indicators, *after.method.indicators)}
    names |= {a.column: a.reason for a in (*before.method.beside, *after.method.beside)}
    found = {}
    for unit in there:
        ends = _ends(results, unit)
        if ends is None:
            continue
        means = [Decimal(repr((there[unit][step] + back[unit][step]) / 2)) for step in steps]
        parts = _shared(ends[1][0] - ends[0][0], means, after.method.decimals, before.method.decimals)
        made = tuple(Cause(kind, p, column, names.get(column)) for (kind, column), p in zip(steps, parts, strict=True) if p)
        found[unit] = Split(unit, ends[0][0], ends[1][0], made, (ends[0][1], ends[1][1]))
    return found


def _shared(total: Decimal, means: Sequence[Decimal], *decimals: int) -> list[Decimal]:
    """Rounded parts of a total; what did nothing gets nothing, so a spare last digit goes to what did something."""
    live = [k for k, mean in enumerate(means) if abs(mean) > Decimal("1e-9")]
    live = live or ([len(means) - 1] if total else [])
    made = dict(zip(live, split(total, [means[k] for k in live], max(decimals)), strict=True))
    return [made.get(k, Decimal(0)) for k in range(len(means))]


def _cells(side: Side, result: Result) -> dict[str, dict[str, str]]:
    table = read(side.data, unit=side.method.columns.unit, label=side.method.columns.label)
    return {unit: dict(zip(table.header, row, strict=True)) for unit, row in zip(result.table.units, table.rows, strict=True)}


def _ends(results: tuple[Result, Result], unit: str) -> tuple[tuple[Decimal, int | None], tuple[Decimal, int | None]] | None:
    found = []
    for result in results:
        if unit not in result.table.units:
            return None
        place, root = result.table.units.index(unit), result.method.root
        score, rank = published(result, place, root), result.ranks[root][place]
        if score is None:
            return None
        found.append((score, None if np.isnan(rank) else int(rank)))
    return found[0], found[1]


def _marginal(walk: _Walk, steps: Sequence[tuple[str, str]], results: tuple[Result, Result]) -> dict[str, dict[tuple[str, str], float]]:
    """What each step changed for each unit; a scoring that does not rate a unit is passed over."""
    first, last = (dict(zip(r.table.units, map(float, r.scores[r.method.root]), strict=True)) for r in results)
    found: dict[str, dict[tuple[str, str], float]] = {unit: {} for unit in first if unit in last}
    stood = {unit: first[unit] for unit in found}
    done: frozenset[tuple[str, str]] = frozenset()
    for place, step in enumerate(steps):
        done |= {step}
        now = last if place == len(steps) - 1 else walk.scores(done)
        for unit in found:
            value = now.get(unit, float("nan"))
            found[unit][step] = value - stood[unit] if np.isfinite(value) else 0.0
            stood[unit] = value if np.isfinite(value) else stood[unit]
    return found


def parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The change of each part of the score and of each deduction; adds up to the change where parts add up to the score.

    `before` and `after` are two explanations (`explain`). A part that one side lacks counts as nothing there.
    """
    sides = [_points(side) for side in (before, after)]
    codes = list(dict.fromkeys([*sides[1], *sides[0]]))
    return [{"code": code, "name_zh": (sides[1].get(code) or sides[0][code])[1], "name_en": (sides[1].get(code) or sides[0][code])[2],
             "before": str(a), "after": str(b), "change": str(b - a)}
            for code in codes for a, b in [tuple(side[code][0] if code in side else Decimal(0) for side in sides)]]


def _points(told: Mapping[str, Any]) -> dict[str, tuple[Decimal, str, str]]:
    found = {p["code"]: (Decimal(p["contribution"]), p["name_zh"], p["name_en"]) for p in told.get("parts", [])
             if p.get("contribution") is not None}
    found |= {c["code"]: (Decimal(c["points"]), c["reason_zh"], c["reason_en"]) for c in told.get("adjustments", [])}
    return found

