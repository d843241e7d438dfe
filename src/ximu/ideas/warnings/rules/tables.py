"""Which checks of `quality` does a delivered table get? Named columns in, findings out; a line is counted from the first data line."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation

from ximu.ideas.warnings.rules import quality
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.refusal import Refusal

MOST_LINES = 200_000


@dataclass(frozen=True, slots=True)
class Checks:
    """`amounts` Benford; `counts` last digits; `estimates` heaping; `keys` duplicates over these columns together; `total` = `parts`;
    `changed` against `deadline` (days or moments)."""

    amounts: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    total: str = ""
    parts: tuple[str, ...] = ()
    changed: str = ""
    deadline: str = ""

    @property
    def columns(self) -> list[str]:
        named = [*self.amounts, *self.counts, *self.estimates, *self.keys, self.total, *self.parts, self.changed, self.deadline]
        return [name for name in dict.fromkeys(named) if name]


def judged(lines: Iterable[str], asked: Checks) -> list[tuple[str, Finding]]:
    """(columns, finding) of every check that is asked for. Errors: `QUAL-TABLE`, `QUAL-COLUMN`, `QUAL-VALUE`, `QUAL-NONE`."""
    head, rows = _read(lines)
    if not asked.columns or bool(asked.total) != bool(asked.parts) or bool(asked.changed) != bool(asked.deadline):
        raise Refusal("QUAL-NONE", field="checks", value="",
                      rule="amounts, counts, estimates, keys, total with parts, changed with deadline",
                      zh="须指定要核查的列；合计与分项、修改时间与截止时间须成对给出。",
                      en="Name the columns to check; a total goes with its parts, a change with its deadline.")
    for name in asked.columns:
        if name not in head:
            raise Refusal("QUAL-COLUMN", field=name[:60], value=name[:60], rule=",".join(head)[:200], zh=f"表中没有“{name[:60]}”列。",
                          en=f"The table has no column “{name[:60]}”.")
    place = {name: head.index(name) for name in asked.columns}

    def column(name: str) -> list[str]:
        return [row[place[name]].strip() for row in rows]

    found = [(name, quality.benford(_floats(name, column(name)))) for name in asked.amounts]
    found += [(name, quality.last_digit(_floats(name, column(name)))) for name in asked.counts]
    found += [(name, quality.heaping(_floats(name, column(name)))) for name in asked.estimates]
    if asked.keys:
        found += [("+".join(asked.keys), one) for one in quality.duplicates(zip(*(column(name) for name in asked.keys), strict=True))]
    if asked.total:
        parts = list(zip(*(_decimals(name, column(name)) for name in asked.parts), strict=True))
        found += [(asked.total, one) for one in quality.sums_tie(parts, _decimals(asked.total, column(asked.total)))]
    if asked.changed:
        pairs = zip(_moments(asked.changed, column(asked.changed), end=False), _moments(asked.deadline, column(asked.deadline), end=True),
                    strict=True)
        kept = [(line, (one, other)) for line, (one, other) in enumerate(pairs, 1) if one and other]
        for one in quality.late_revisions(pair for _, pair in kept):
            line = kept[one.lines[0] - 1][0]
            found.append((asked.changed, quality.relined(one, line)))
    return found


def _read(lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    reader = csv.reader(line.removeprefix("\ufeff") for line in lines)
    head = [name.strip() for name in next(reader, [])]
    rows: list[list[str]] = []
    for row in reader:
        if not any(row):
            continue
        if len(row) != len(head) or len(rows) >= MOST_LINES:
            raise _table(reader.line_num, len(row), len(head))
        rows.append(row)
    if not rows:
        raise _table(reader.line_num, 0, len(head))
    return head, rows


def _table(line: int, value: int, columns: int) -> Refusal:
    return Refusal("QUAL-TABLE", field="line", value=value, rule=f"{columns} columns, 1–{MOST_LINES} lines", extra={"line": line},
                   zh=f"第{line}行：表应有数据行，每行{columns}列，至多{MOST_LINES}行。",
                   en=f"Line {line}: the table needs data lines of {columns} columns each, at most {MOST_LINES}.")


def _value(name: str, line: int, text: str, zh: str, en: str) -> Refusal:
    return Refusal("QUAL-VALUE", field=name[:60], value=text[:40], rule=en, extra={"line": line},
                   zh=f"第{line}个数据行“{name[:60]}”不是{zh}。", en=f"Data line {line}, “{name[:60]}”, is not {en}.")


def _floats(name: str, cells: Sequence[str]) -> list[float]:
    """Empty cells are left out."""
    found = [float(value) for value in _decimals(name, cells) if value is not None]
    return [value for value in found if math.isfinite(value)]


def _decimals(name: str, cells: Sequence[str]) -> list[Decimal | None]:
    found: list[Decimal | None] = []
    for line, text in enumerate(cells, 1):
        try:
            value = Decimal(text) if text else None
        except InvalidOperation as error:
            raise _value(name, line, text, "数字", "a number") from error
        if value is not None and not value.is_finite():
            raise _value(name, line, text, "数字", "a number")
        found.append(value)
    return found


def _moments(name: str, cells: Sequence[str], *, end: bool) -> list[datetime | None]:
    """A day alone means its end for a deadline, its beginning for a change; a time without an offset is taken as UTC."""
    found: list[datetime | None] = []
    for line, text in enumerate(cells, 1):
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError as error:
            raise _value(name, line, text, "日期或时间", "a day or a moment") from error
        if moment is not None and len(text) == 10 and end:
            moment = datetime.combine(moment.date(), time.max)
        found.append(moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC))
    return found
