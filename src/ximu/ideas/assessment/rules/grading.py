"""What grades do a pack's figures make by its published method, why, and is a decided grade still what is known?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .explain import explain
from .frozen import rescored, wanted
from .method import Method

NOT_RATED = "NR"
Cells = Mapping[str, Mapping[str, Decimal | None]]
"""Unit → column of the method → value; None was not delivered."""
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an area's figures make as known at a time; `pinned` is the digest of the data that were read."""

    method: Method
    lines: Sequence[Line]
    pinned: str


def graded(method: Method, cells: Cells) -> dict[str, dict[str, Any]]:
    """Unit → grade, score, and the tree of reasons down to each raw value. What was not delivered makes no grade: it is no zero."""
    names = list(wanted(method))
    whole = {unit: given for unit, given in sorted(cells.items()) if all(given.get(name) is not None for name in names)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit", *names])
    writer.writerows([unit, *(given[name] for name in names)] for unit, given in whole.items())
    result = rescored(method, out.getvalue()) if whole else None
    told = {unit: explain(result, unit) for unit in whole} if result else {}
    return {unit: {"grade": told[unit]["grade"], "score": told[unit]["score"], "reasons": told[unit]} if unit in told
            else {"grade": NOT_RATED, "score": None, "reasons": None} for unit in cells}


def lines(method: Method, cells: Cells) -> list[Line]:
    """What a decision keeps: each unit's grade and score with the values that made them, by unit."""
    found = graded(method, cells)
    return [{"unit": unit, "grade": one["grade"], "score": one["score"],
             "cells": {name: None if value is None else str(value) for name, value in sorted(cells[unit].items())}}
            for unit, one in sorted(found.items())]


def explained(method: Method, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The factors of a line: groups and their parts with value, mark, weight and what each gives to the score above it; deductions last."""
    cells = {name: None if value is None else Decimal(value) for name, value in line["cells"].items()}
    return list(_factors(graded(method, {line["unit"]: cells})[line["unit"]]["reasons"]))


def _factors(reasons: Mapping[str, Any] | None, depth: int = 0) -> Iterator[dict[str, Any]]:
    for part in reasons["parts"] if reasons else ():
        yield {**part, "depth": depth, "mark": part.get("normalised", part.get("score"))}
        if "parts" in part:
            yield from _factors(part, depth + 1)
    for one in reasons["adjustments"] if reasons else ():
        yield {"code": one["code"], "name_zh": one["reason_zh"], "name_en": one["reason_en"], "contribution": one["points"], "depth": depth}


@dataclass(frozen=True, slots=True)
class Compared:
    """A decided grade beside what is known now; `again` where they are not the same."""

    unit: str
    then: str
    then_score: str | None
    now: str
    now_score: str | None

    @property
    def again(self) -> bool:
        return (self.then, self.then_score) != (self.now, self.now_score)


def compared(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Compared]:
    """Units of the decision, in its order; one that is not known any more is not rated."""
    here = {one["unit"]: one for one in now}
    nobody: dict[str, Any] = {"grade": NOT_RATED, "score": None}
    found = [(one, here.get(one["unit"], nobody)) for one in then]
    return [Compared(one["unit"], one["grade"], one["score"], told["grade"], told["score"]) for one, told in found]
