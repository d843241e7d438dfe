"""A year's debts as known at a time: figures, bands, grades; who answered for a debt."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ximu.foundation import clock, packs
from ximu.ideas.areas.rules import period_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules import grading
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import Figure, newest, shares
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.rules import bands
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d05_debt import rules

HERE = Path(__file__).parents[1]
FIGURES, LINES, ACTS = "debt_figures", "debt_lines", "debt_acts"
DATASETS = {FIGURES: Text("年度数据", "yearly figures"), LINES: Text("债务明细", "debts"), ACTS: Text("举借环节", "steps of taking up")}
BANDED = {"D05-1": "debt-ratio", "D05-2": "debt-limit", "D05-3": "debt-interest"}
STEPS = {"决策": Text("决策", "decision"), "批准": Text("批准", "approval"), "签约": Text("签约", "contract"), "使用": Text("使用", "use")}
WORDS = {
    "一般债务": Text("一般债务", "general debt"), "专项债务": Text("专项债务", "special debt"), "隐性债务": Text("隐性债务", "hidden debt"),
    "担保": Text("担保", "guarantee"), "违规举债": Text("违规举债", "unlawful borrowing"),
    "违规担保": Text("违规担保", "unlawful guarantee"),
}
Row = Mapping[str, Any]


def pack() -> packs.Pack:
    return packs.load(HERE)


@cache
def told(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


@cache
def _method(on: date) -> Method:
    """The method that held on a day; before the first the first."""
    listed = sorted(told("methods/methods")["method"], key=lambda one: one["since"])
    chosen = ([one for one in listed if one["since"] <= on] or listed[:1])[-1]
    return load((HERE / "methods" / f"{chosen['version']}.toml").read_text("utf-8"))


def title_of(column: str) -> Text:
    return events.dataset(FIGURES).column(column).title


def districts(on: date) -> list[str]:
    return [one.uid for one in registry.units(as_of=on, kind="government", level="district")]


@dataclass(frozen=True)
class Sheet:
    """A year of all (or some) districts as known at a time; a district that delivered nothing has a row of nothing, not of zeros."""

    year: int
    as_of: date
    known_at: datetime
    rows: list[Row]
    debts: list[Row]
    silent: frozenset[str]

    @cached_property
    def figures(self) -> dict[tuple[str, str], Figure]:
        """(indicator or factor, unit) → figure; the city under an empty uid."""
        found: dict[tuple[str, str], Figure] = {}
        specs = {code: one.params for code, one in pack().indicators.items()} | told("factors")
        for code, spec in specs.items():
            made = shares(spec, self.rows) if "share" in spec else rules.findings(
                spec["count"], self.debts, [row["unit"] for row in self.rows], year=self.year, as_of=self.as_of)[0]
            found |= {(code, unit): figure for unit, figure in made.items()}
        return found

    @cached_property
    def banded(self) -> dict[tuple[str, str], bands.Judged]:
        """(indicator, unit) → its band by the rule of the last day of the year, or `no-data`; nothing for a day before there was a rule."""
        day, found = date(self.year, 12, 31), {}
        for code, rule in BANDED.items():
            values = [(row["unit"], day, self.figures[code, row["unit"]].value) for row in self.rows]
            found |= {(code, one.unit): one for one in bands.judged(rule, values)}
        return found

    @property
    def method(self) -> Method:
        return _method(date(self.year, 12, 31))

    @property
    def cells(self) -> dict[str, dict[str, Decimal | None]]:
        """What the method reads of each district."""
        named = {"debt": "D05-1", "limit": "D05-2", "interest": "D05-3", "unlawful": "D05-4", "service": "service", "saving": "saving",
                 "liquidity": "liquidity", "overdue": "overdue"}
        made = {row["unit"]: {name: self.figures[code, row["unit"]].value for name, code in named.items()} for row in self.rows}
        for cell in made.values():
            cell["excess"] = None if cell["limit"] is None else Decimal(cell["limit"] > 100)
        return made

    @cached_property
    def lines(self) -> list[grading.Line]:
        """The preview of grades: what the figures make by the method of the year."""
        return grading.lines(self.method, self.cells)


def sheet(year: int, *, known_at: datetime, units: Collection[str] | None = None, today: date | None = None) -> Sheet:
    """Errors: `YEAR`."""
    as_of = period_of(year, today=today or clock.city_day(known_at), known_at=known_at).as_of
    rows: list[Row] = list(events.rows_of(FIGURES, known_at=known_at, units=units, year=year))
    known = {row["unit"] for row in rows}
    silent = [one for one in districts(as_of) if one not in known and (units is None or one in units)]
    blank = dict.fromkeys([c.name for c in events.dataset(FIGURES).columns])
    rows += [{**blank, "unit": unit, "year": year} for unit in silent]
    order = {unit: place for place, unit in enumerate(districts(as_of))}
    rows.sort(key=lambda row: order.get(row["unit"], len(order)))
    return Sheet(year, as_of, known_at, rows, debts(as_of, known_at=known_at, units=units), frozenset(silent))


def debts(as_of: date, *, known_at: datetime, units: Collection[str] | None = None) -> list[Row]:
    """The register on a day: the last statement of each debt."""
    return newest(events.rows_of(LINES, known_at=known_at, as_of=as_of, units=units), "debt", "stated_on")


def debt(number: str, *, known_at: datetime, units: Collection[str] | None = None) -> list[Row]:
    """Every statement of a debt, the newest first. Errors: `D05-NONE`."""
    found = events.rows_of(LINES, known_at=known_at, units=units, debt=number[:40])
    if not found:
        raise absent("D05-NONE", field="debt", value=number[:40], zh="笔债务", en="debt")
    return sorted(found, key=lambda row: row["stated_on"], reverse=True)


def trace(number: str, *, today: date, known_at: datetime) -> list[registry.Traced]:
    """Who held which post when the debt was decided, approved, signed and used; what is not on record is a gap."""
    acts = [registry.Act(r["act"], r["acted_on"], r["unit"], r["post"] or "", r["document"])
            for r in events.rows_of(ACTS, known_at=known_at, debt=number[:40])]
    return registry.traced(acts, steps=list(STEPS), today=today)


def decided(year: int) -> Any:
    """The grades of a year that hold, or None."""
    return assessment.decided_grades(pack().manifest.row, str(year))


def preview(period: str, *, known_at: datetime, units: Collection[str] | None = None) -> grading.Preview:
    """What the figures of a year make, for `assessment.register_grader`. Errors: `YEAR`."""
    found = sheet(int(period) if period.isdecimal() else 0, known_at=known_at, units=units)
    pinned = digest([events.manifest(name, known_at=known_at).digest for name in (FIGURES, LINES)])
    return grading.Preview(found.method, found.lines, pinned)
