"""How does a table of counts become a series? Columns t, observed, optional date and population; faults name line and field."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from ximu.ideas.warnings.rules.series import Series
from ximu.kernel.refusal import Refusal

NOTHING = {"", "na", "nan", "null", "none"}
DAYS_OF = {7: 52, 1: 365}
MAX_TIMES = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    t: int
    day: date | None
    observed: float
    population: float


def series_of(lines: Iterable[str], *, freq: int | None = None) -> Series:
    """Read CSV text. Times that are not in the table, and empty or NA counts, are missing (null)."""
    reader = csv.reader(line.removeprefix("\ufeff") for line in lines)
    header = [name.strip().lower() for name in next(reader, [])]
    if "observed" not in header:
        raise bad(1, "observed", ",".join(header)[:80], "表头须有 observed 列", "the header needs a column observed")
    rows = [_line(reader.line_num, header, row, place) for place, row in enumerate((r for r in reader if any(r)), start=1)]
    if not rows:
        raise bad(2, "observed", "", "没有数据行", "there is no data line")
    _ascending(rows)
    return _assembled(rows, freq)


def bad(line: int, field: str, value: str, zh: str, en: str) -> Refusal:
    return Refusal(
        "DET-INPUT", field=field, value=value, rule=en, extra={"line": line},
        zh=f"第 {line} 行 {field}“{value}”：{zh}。", en=f"Line {line}, {field} “{value}”: {en}.",
    )


def _line(number: int, header: Sequence[str], row: Sequence[str], place: int) -> Line:
    if len(row) != len(header):
        raise bad(number, "row", str(len(row)), f"列数应为 {len(header)}", f"expected {len(header)} columns")
    cells = {name: text.strip() for name, text in zip(header, row, strict=True)}
    text = cells.get("t", str(place))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise bad(number, "t", text, "应为不小于 1 的整数", "must be a whole number >= 1")
    return Line(
        number, int(text), _day(number, cells.get("date", "")), _count(number, "observed", cells["observed"]),
        _count(number, "population", cells["population"]) if "population" in cells else 1.0,
    )


def _day(number: int, text: str) -> date | None:
    if text.lower() in NOTHING:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad(number, "date", text, "应为 YYYY-MM-DD", "must be YYYY-MM-DD") from error


def _count(number: int, field: str, text: str) -> float:
    if text.lower() in NOTHING:
        return math.nan
    try:
        value = float(text)
    except ValueError as error:
        raise bad(number, field, text, "应为数字", "must be a number") from error
    if not math.isfinite(value):
        raise bad(number, field, text, "应为有限的数", "must be a finite number")
    if value < 0 or (field == "population" and value == 0):
        rule = ("应大于 0", "must be greater than 0") if field == "population" else ("应不小于 0", "must not be negative")
        raise bad(number, field, text, *rule)
    if field == "observed" and not value.is_integer():
        raise bad(number, field, text, "应为件数（整数）", "must be a count, a whole number")
    return value


def _ascending(rows: Sequence[Line]) -> None:
    dated = rows[0].day is not None
    for before, row in pairwise(rows):
        if row.t <= before.t:
            raise bad(row.number, "t", str(row.t), "应大于上一行", "must be greater than on the line before")
        if dated != (row.day is not None):
            raise bad(row.number, "date", "", "日期须全有或全无", "either every line has a date or none has")
        if row.day and before.day and row.day <= before.day:
            raise bad(row.number, "date", row.day.isoformat(), "应晚于上一行", "must be later than on the line before")
    if rows[-1].t - rows[0].t >= MAX_TIMES:
        raise bad(rows[-1].number, "t", str(rows[-1].t), f"期数不得超过 {MAX_TIMES}", f"at most {MAX_TIMES} times")


def _assembled(rows: Sequence[Line], freq: int | None) -> Series:
    """One value per time from the first t on; a t left out is a missing time. The first line is time 1."""
    start, n = rows[0].t, rows[-1].t - rows[0].t + 1
    observed, population = np.full(n, math.nan), np.full(n, math.nan)
    for row in rows:
        observed[row.t - start], population[row.t - start] = row.observed, row.population
    dates = _dates(rows, n) if rows[0].day else ()
    return Series(observed, dates, population, freq or _frequency(dates), start)


def _dates(rows: Sequence[Line], n: int) -> tuple[date, ...]:
    days = {row.t - rows[0].t: row.day for row in rows}
    found = [days.get(i) for i in range(n)]
    for i, day in enumerate(found):
        if day is None:
            found[i] = _next(found, i, rows)
    return tuple(d for d in found if d is not None)


def _next(found: Sequence[date | None], i: int, rows: Sequence[Line]) -> date:
    """The date of a time left out: spread evenly between its neighbours."""
    right = next(j for j in range(i + 1, len(found)) if found[j] is not None)
    left_day, right_day = found[i - 1], found[right]
    if left_day is None or right_day is None:
        raise bad(rows[0].number, "date", "", "日期缺失", "the date is missing")
    return left_day + timedelta(days=round((right_day - left_day).days / (right - i + 1)))


def _frequency(dates: Sequence[date]) -> int:
    """Times per year told by the most usual distance of two dates: 7 days 52, 1 day 365, 28 to 31 days 12."""
    steps = [(b - a).days for a, b in pairwise(dates)]
    usual = max(set(steps), key=steps.count) if steps else 7
    return DAYS_OF.get(usual, 12 if 28 <= usual <= 31 else 52)
