"""What grade does the scale give? Marks in, grades out: nobody is named, nothing is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.assessment.rules import grading
from ximu.ideas.assessment.rules.frozen import wanted
from ximu.ideas.assessment.rules.method import Method
from ximu.kernel.refusal import Refusal
from ximu.kernel.spans import months_on

MOST_ROWS, MOST_COUNT, MARK = 200, 1000, re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)
NAMES = frozenset({"AAA", "A", "D"})
"""Grades that every scale of this row must have, beside what it likes."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One row by its place in the file: score and grade with the factors that made them, and the day until which the grade holds."""

    place: int
    score: str | None
    grade: str
    until: date
    factors: Sequence[Mapping[str, Any]]


def must_be_scale(method: Method) -> None:
    """A scale of tendering grades from AAA to D between fixed goalposts, so that a grade does not hang on who else is rated.

    Errors: `STD-SCALE`.
    """
    if not {grade.label for grade in method.grades} >= NAMES or not method.indicators:
        raise _scale("grade", "AAA … D")
    loose = [one.code for one in method.indicators if one.goalposts is None or "," in one.source or ":" in one.source]
    if loose:
        raise _scale(loose[0], "goalposts")


def _scale(field: str, rule: str) -> Refusal:
    return Refusal("STD-SCALE", field=field, value="", rule=rule,
                   zh=f"评价标准的“{field}”不合要求：等级应从AAA到D，每项指标应有固定的上下限，且不取自本系统数据。",
                   en=f"The scale's “{field}” will not do: grades from AAA to D, fixed goalposts, no data of this system.")


def columns_of(method: Method) -> list[str]:
    return list(wanted(method))


def graded(method: Method, rows: Sequence[Mapping[str, str]], *, marks: Mapping[str, int], on: date, months: int) -> list[Graded]:
    """Errors: `STD-FIELD` for a column that the scale does not have (such as a name), `STD-VALUE`, `STD-ROWS`."""
    if not 0 < len(rows) <= MOST_ROWS:
        raise Refusal("STD-ROWS", field="rows", value=len(rows), rule=f"1–{MOST_ROWS}", zh=f"一次评分应为1至{MOST_ROWS}行。",
                      en=f"Between 1 and {MOST_ROWS} rows are scored at once.")
    names, counts = set(wanted(method)), {one.column for one in method.beside}
    cells: dict[str, dict[str, Decimal | None]] = {}
    for place, row in enumerate(rows, start=1):
        if strangers := sorted(set(row) - names):
            raise Refusal("STD-FIELD", field=str(strangers[0])[:40], value="", rule=" ".join(sorted(names)),
                          zh=f"评价标准没有“{str(strangers[0])[:40]}”一列：评分不登记任何企业、个人的名称。",
                          en=f"The scale has no column “{str(strangers[0])[:40]}”: scoring keeps no name of anybody.")
        cells[f"{place:04}"] = {name: _value(row.get(name, ""), name, place, marks, count=name in counts) for name in names}
    until = months_on(on, months)
    return [Graded(int(line["unit"]), line["score"], line["grade"], until, grading.explained(method, line))
            for line in grading.lines(method, cells)]


def _value(text: str, name: str, place: int, marks: Mapping[str, int], *, count: bool) -> Decimal | None:
    """A mark from 0 to 100, a whole count, or the grade of a report; blank was not delivered and makes no grade."""
    text = unicodedata.normalize("NFKC", str(text)).strip()
    if not text:
        return None
    if text.upper() in marks and name == "report":
        return Decimal(marks[text.upper()])
    value = Decimal(text if MARK.fullmatch(text) else -1)
    most = MOST_COUNT if count else 100
    if not 0 <= value <= most or (count and value != int(value)):
        raise Refusal("STD-VALUE", field=name, value=text[:20], rule=f"0–{most}", extra={"line": place},
                      zh=f"第{place}行“{name}”的值“{text[:20]}”应为0至{most}{'的整数' if count else ''}。",
                      en=f"Row {place}: “{name}” is “{text[:20]}”; it should be a {'whole ' if count else ''}number from 0 to {most}.")
    return value

