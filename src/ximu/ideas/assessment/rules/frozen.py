"""What does a run freeze, and what bytes come out? Columns asked of sources, one CSV, one canonical result."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

from . import explain, report, uncertainty
from .data import read
from .method import Method
from .score import Result, score


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked: these units, this period, as it was on a day and as it was known at a time."""

    units: Sequence[str]
    first: date
    last: date
    as_of: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Value:
    """A cell with the facts behind it. `text` is a number or a mark of `data.MARKS` (空, 不适用, 未报送); zero is a number."""

    text: str
    refs: tuple[str, ...] = ()


def wanted(method: Method) -> dict[str, str]:
    """Column → source expression (`records:penalty`); the columns of deductions and vetoes may be such expressions themselves."""
    found = {i.code: i.source for i in method.indicators}
    found.update({i.denominator: i.denominator for i in method.indicators if i.denominator})
    found.update({a.column: a.column for a in method.beside if a.column not in found})
    return found


def with_columns(text: str, method: Method, cells: Mapping[str, Mapping[str, Value]]) -> str:
    """The attached CSV with the columns that the platform's own sources answered; a unit without an answer did not deliver."""
    table = read(text, unit=method.columns.unit, label=method.columns.label)
    clash = sorted(set(cells) & set(table.header))
    if clash:
        raise Refusal("SCORE-COL", field=clash[0], value=clash[0], rule="one source",
                      zh=f"所附数据与平台来源都给出了列“{clash[0]}”。",
                      en=f"Both the attached data and the platform's own source give the column “{clash[0]}”.")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*table.header, *cells])
    for row, unit in zip(table.rows, table.units, strict=True):
        writer.writerow([*row, *(cells[c][unit].text if unit in cells[c] else "ND" for c in cells)])
    return out.getvalue()


def rescored(method: Method, data: str) -> Result:
    return score(method, read(data, unit=method.columns.unit, label=method.columns.label))


def outcome(method: Method, data: str, pins: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a run: results, reasons of every unit, rank intervals, and what it was computed from."""
    result = rescored(method, data)
    units = result.table.keys()
    told: dict[str, Any] = {
        "pins": dict(pins), **report.as_json(result),
        "labels": dict(zip(units, result.table.labels, strict=True)),
        "reasons": {unit: explain.explain(result, unit) for unit in units},
    }
    if pins["draws"]:
        told["uncertainty"] = uncertainty.intervals(result, draws=pins["draws"], seed=pins["seed"])
    return canonical(told)
