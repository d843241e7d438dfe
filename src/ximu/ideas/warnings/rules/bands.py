"""In which band does a figure lie? Thresholds such as those of debt, dated, each with its source (`bands.toml`).

The bands of the day of the figure judge it, not those of today. A figure that is not there is "no data", never calm.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ximu.ideas.warnings.rules.outcomes import LEVELS
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

CALM, NO_DATA = "green", "no-data"
NOTHING = frozenset({"", "NA", "NaN", "null", "..", "缺失"})


@dataclass(frozen=True, slots=True)
class Band:
    """From `edge` on (above it, where strict)."""

    edge: Decimal
    level: str
    strict: bool = False

    def holds(self, value: Decimal) -> bool:
        return value > self.edge if self.strict else value >= self.edge


@dataclass(frozen=True, slots=True)
class Bands:
    """One rule as it held from a day on."""

    name: str
    words: Text
    unit: str
    since: date
    bands: tuple[Band, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Judged:
    """`level` is a level of alarms, `green` or `no-data`; `bound` the edge of its band; `rose` from which level, where it went up."""

    unit: str
    day: date
    value: Decimal | None
    level: str
    bound: Decimal | None
    rose: str
    words: Text

    def plain(self) -> dict[str, Any]:
        return {"unit": self.unit, "date": self.day.isoformat(), "value": None if self.value is None else str(self.value),
                "level": self.level, "bound": None if self.bound is None else str(self.bound), "rose_from": self.rose,
                "zh": self.words.zh, "en": self.words.en}


@cache
def _tables() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parents[1] / "bands.toml").read_text("utf-8"))


def names() -> list[str]:
    return list(_tables())


def words_of(name: str) -> Text:
    """What the rule is called."""
    newest = max(_tables()[name], key=lambda row: row["since"])
    return Text(newest["zh"], newest["en"])


def bands_on(name: str, on: date) -> Bands | None:
    """The rule as it held on a day; None before it began. Errors: `BAND-RULE`."""
    if name not in _tables():
        raise Refusal("BAND-RULE", field="rule", value=name[:40], rule=" ".join(names()), zh=f"没有门限规则“{name[:40]}”。",
                      en=f"There is no threshold rule “{name[:40]}”.")
    rows = [row for row in _tables()[name] if row["since"] <= on]
    return read(name, max(rows, key=lambda row: row["since"])) if rows else None


def read(name: str, row: dict[str, Any]) -> Bands:
    """Errors: `BAND-FORM` where edges do not rise or a level is not one of alarms."""
    found = tuple(Band(Decimal(str(b["from"])), b["level"], bool(b.get("strict", False))) for b in row["bands"])
    if not found or any(a.edge >= b.edge for a, b in pairwise(found)) or any(b.level not in LEVELS for b in found):
        edges = str([b.get("from") for b in row["bands"]])[:60]
        raise Refusal("BAND-FORM", field=name, value=edges, rule="rising edges, " + " ".join(LEVELS),
                      zh=f"门限规则“{name}”的各档下限应递增，等级应为黄、橙、红。",
                      en=f"The bands of “{name}” must rise, and their levels be yellow, orange or red.")
    return Bands(name, Text(row["zh"], row["en"]), row["unit"], row["since"], found, row["source"])


def judged(name: str, figures: Iterable[tuple[str, date, Decimal | None]]) -> list[Judged]:
    """Every figure by the bands of its own day, by unit and day; each told whether its level rose since the figure before."""
    told: list[Judged] = []
    for unit, day, value in sorted(figures, key=lambda one: (one[0], one[1])):
        rule = bands_on(name, day)
        if rule is None:
            continue
        before = told[-1].level if told and told[-1].unit == unit else ""
        told.append(_judge(rule, (unit, day, value), before))
    return told


def _judge(rule: Bands, figure: tuple[str, date, Decimal | None], before: str) -> Judged:
    unit, day, value = figure
    if value is None:
        return Judged(unit, day, None, NO_DATA, None, "", Text(
            f"{rule.words.zh}没有数据，不作平静处理", f"no {rule.words.en}: not taken as calm"))
    reached = [band for band in rule.bands if band.holds(value)]
    if not reached:
        first = rule.bands[0]
        return Judged(unit, day, value, CALM, None, "", Text(f"{rule.words.zh}{value}{rule.unit}，未达{first.edge}{rule.unit}",
                                                            f"{rule.words.en} {value}{rule.unit}, below {first.edge}{rule.unit}"))
    band, order = reached[-1], [CALM, *(b.level for b in rule.bands)]
    rose = before if before in order and order.index(before) < order.index(band.level) else ""
    word = Text("超过", "above") if band.strict else Text("达到", "at or above")
    zh, en = LEVELS[band.level].zh, LEVELS[band.level].en
    return Judged(unit, day, value, band.level, band.edge, rose, Text(
        f"{rule.words.zh}{value}{rule.unit}，{word.zh}{band.edge}{rule.unit}（{zh}）",
        f"{rule.words.en} {value}{rule.unit}, {word.en} {band.edge}{rule.unit} ({en})"))


def figures(lines: Iterable[str]) -> list[tuple[str, date, Decimal | None]]:
    """CSV with the columns unit, date, value. Errors: `BAND-DATA` naming line and field."""
    reader = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    if not {"unit", "date", "value"} <= set(reader.fieldnames or ()):
        raise _bad(1, "header", ",".join(reader.fieldnames or ())[:60], "unit,date,value")
    found: list[tuple[str, date, Decimal | None]] = []
    for row in reader:
        found.append(_figure(reader.line_num, row))
    if len({(unit, day) for unit, day, _ in found}) < len(found):
        raise _bad(reader.line_num, "date", "", "one value per unit and date")
    return found


def _figure(line: int, row: dict[str, Any]) -> tuple[str, date, Decimal | None]:
    unit, text = (row["unit"] or "").strip(), (row["value"] or "").strip()
    if not unit:
        raise _bad(line, "unit", "", "required")
    try:
        day = date.fromisoformat((row["date"] or "").strip())
    except ValueError as error:
        raise _bad(line, "date", (row["date"] or "")[:20], "YYYY-MM-DD") from error
    try:
        value = None if text in NOTHING else Decimal(text)
    except InvalidOperation as error:
        raise _bad(line, "value", text[:20], "number") from error
    if value is not None and not value.is_finite():
        raise _bad(line, "value", text[:20], "finite")
    return unit, day, value


def _bad(line: int, field: str, value: str, rule: str) -> Refusal:
    return Refusal("BAND-DATA", field=field, value=value, rule=rule, extra={"line": line},
                   zh=f"第{line}行{field}“{value}”不合要求：{rule}。", en=f"Line {line}, {field} “{value}”: {rule}.")


def latest(told: Sequence[Judged]) -> list[Judged]:
    """The newest figure of each unit."""
    return list({one.unit: one for one in told}.values())
