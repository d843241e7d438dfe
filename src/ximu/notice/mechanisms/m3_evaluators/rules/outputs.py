"""What of a computation leaves the sandbox: ranking and cells, each shown or withheld with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ximu.ideas.assessment.rules.method import Method

from . import checks
from .measures import Measure

ZERO, TOTAL, NODE, ROOT = 500.0, 5_000.0, 10_000.0, 100_000.0
"""What it costs to withhold a cell that is zero (which protects little), a total, a score of a part, the score itself."""
ADDED = ("count", "sum")


Seen = Sequence[tuple[Sequence[Measure], Mapping[str, Any]]]
"""Measures and their cells that came out of the same snapshot before."""


def outward(
    inner: Mapping[str, Any], method: Method, measures: Sequence[Measure], limits: checks.Limits, earlier: Seen = (),
) -> dict[str, Any]:
    """`inner` is what the sandbox wrote. A withheld figure is null; what is withheld is named with one common reason.

    `earlier` are other outputs of the same data: a measure that differs from one of them by a few facts is withheld too.
    """
    cells, units = inner["measures"], inner["result"]["units"]
    totals = {m.column: _total(cells[m.column]) for m in measures if m.how in ADDED}
    gone = _withheld((measures, cells), (method, units, totals), limits, earlier)
    shown = [{"column": c, "unit": u, **({"value": None, "n": None} if ("cell", c, u) in gone else {
        "value": cells[c][u]["value"], "n": cells[c][u]["n"]})} for c in cells for u in units]
    ranking = [_line(inner["result"], unit, hidden=("node", unit, method.root) in gone) for unit in units]
    return {
        "method": inner["result"]["method"], "pins": inner["result"]["pins"], "labels": inner["result"]["labels"],
        "ranking": sorted(ranking, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["unit"])),
        "scores": {u: {c: None if ("node", u, c) in gone else v for c, v in inner["result"]["scores"][u].items()} for u in units},
        "cells": shown, "totals": {c: None if ("total", c) in gone else str(v) for c, v in totals.items()},
        "withheld": [{"what": key[0], "column": key[-1] if key[0] != "cell" else key[1],
                      "unit": "" if key[0] == "total" else key[2] if key[0] == "cell" else key[1], **_why()} for key in sorted(gone)],
        "checks": limits.plain(), "warnings": inner["result"]["warnings"],
    }


def _why() -> dict[str, str]:
    return {"code": "EVAL-CELL", "reason_zh": "小样本或主导值检查，或为保护此类数值而隐去",
            "reason_en": "withheld by the small-cell and dominance checks, or to protect such a value"}


def _line(told: Mapping[str, Any], unit: str, *, hidden: bool) -> dict[str, Any]:
    interval = told.get("uncertainty", {}).get("units", {}).get(unit)
    seen = told["published"][unit]
    if hidden:
        seen, interval = {"score": None, "rank": None, "grade": None, "rated": seen["rated"]}, None
    return {"unit": unit, "label": told["labels"][unit], **seen, "interval": interval, "withheld": hidden}


def _total(cells: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(cell["value"]) for cell in cells.values() if cell["value"] is not None), Decimal(0))


def _withheld(own: tuple[Sequence[Measure], Mapping[str, Any]], given: tuple[Method, Sequence[str], Mapping[str, Decimal]],
              limits: checks.Limits, earlier: Seen) -> dict[Any, str]:
    (measures, cells), (method, units, totals) = own, given
    primary: dict[Any, str] = {
        ("cell", m.column, u): why for m in measures for u, cell in cells[m.column].items() if (why := _sensitive(m, cell, limits))}
    primary |= dict.fromkeys(_near(own, [*earlier, own], limits), "small")
    if not primary:
        return {}
    costs: dict[Any, float] = {("cell", c, u): 1.0 + cell["n"] if cell["n"] else ZERO for c, column in cells.items()
                               for u, cell in column.items()}
    costs |= {("total", column): TOTAL for column in totals}
    costs |= {("node", u, node.code): ROOT if node.code == method.root else NODE for u in units for node in method.nodes}
    equations: list[dict[Any, float]] = [
        {**{("cell", c, u): 1.0 for u in units}, ("total", c): -1.0} for c in totals]
    equations += [_equation(method, node.code, unit, cells) for unit in units for node in method.nodes]
    return checks.protect(primary, costs, equations)


def _sensitive(one: Measure, cell: Mapping[str, Any], limits: checks.Limits) -> str:
    """A share tells two counts: those that fit and those that do not."""
    n, parts = cell["n"], [cell["n"]]
    if one.how == "share" and cell["value"] is not None:
        hits = round(Decimal(cell["value"]) * n / 100)
        parts += [hits, n - hits]
    whys = [checks.sensitive(part, [Decimal(v) for v in cell["largest"]] if part is n else [], limits) for part in parts]
    return next(filter(None, whys), "")


def _near(own: tuple[Sequence[Measure], Mapping[str, Any]], others: Seen, limits: checks.Limits) -> set[Any]:
    """Cells whose facts are those of another output of the same item and a few more or less: the difference would be a small cell."""
    found, (measures, cells) = set(), own
    for one in measures:
        for there, beside in others:
            for other in (m for m in there if m.item == one.item):
                for unit, cell in cells[one.column].items():
                    mine, theirs = set(cell["rows"]), set(beside[other.column].get(unit, {"rows": ()})["rows"])
                    if (mine < theirs or theirs < mine) and min(len(mine), len(theirs)) > 0 and len(mine ^ theirs) < limits.least:
                        found.add(("cell", one.column, unit))
    return found


def _equation(method: Method, code: str, unit: str, cells: Mapping[str, Any]) -> dict[Any, float]:
    """A score is made of its children (and of what is taken off or added there): one equation, whatever the mean."""
    nodes = {n.code for n in method.nodes}
    children = [c for c in method.children(code) if c in nodes or c in cells]
    found: dict[Any, float] = {("node", unit, c) if c in nodes else ("cell", c, unit): 1.0 + k / 7 for k, c in enumerate(children)}
    beside = [a for a in method.beside if (a.node or method.root) == code and a.column in cells]
    found |= {("cell", a.column, unit): 1.0 + k / 11 for k, a in enumerate(beside, 1)}
    return {**found, ("node", unit, code): -1.0}
