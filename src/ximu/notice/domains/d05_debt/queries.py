"""A year's debts as known at a time: figures, bands, warnings, grades; who answered for a debt; what the public reads."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ximu.foundation import clock, packs
from ximu.foundation.parameters import value_on
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules import grading
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import CITY, Figure, shares
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.rules import bands
from ximu.kernel.canonical import digest
from ximu.kernel.pack import Alarm, alarms
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.domains.d05_debt import rules

HERE = Path(__file__).parent
FIGURES, LINES, ACTS = "debt_figures", "debt_lines", "debt_acts"
DATASETS = {FIGURES: Text("年度数据", "yearly figures"), LINES: Text("债务明细", "debts"), ACTS: Text("举借环节", "steps of taking up")}
FIRST_YEAR, LAST_YEAR = 2000, 2100
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
def factors() -> dict[str, Any]:
    return tomllib.loads((HERE / "factors.toml").read_text("utf-8"))


@cache
def _method(on: date) -> Method:
    """The method that held on a day; before the first the first."""
    listed = sorted(tomllib.loads((HERE / "methods" / "methods.toml").read_text("utf-8"))["method"], key=lambda one: one["since"])
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
        specs = {code: one.params for code, one in pack().indicators.items()} | factors()
        for code, spec in specs.items():
            told = shares(spec, self.rows) if "share" in spec else rules.findings(
                spec["count"], self.debts, [row["unit"] for row in self.rows], year=self.year, as_of=self.as_of)[0]
            found |= {(code, unit): figure for unit, figure in told.items()}
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
        told = {row["unit"]: {name: self.figures[code, row["unit"]].value for name, code in named.items()} for row in self.rows}
        for cell in told.values():
            cell["excess"] = None if cell["limit"] is None else Decimal(cell["limit"] > 100)
        return told

    @cached_property
    def lines(self) -> list[grading.Line]:
        """The preview of grades: what the figures make by the method of the year."""
        return grading.lines(self.method, self.cells)


def sheet(year: int, *, known_at: datetime, units: Collection[str] | None = None) -> Sheet:
    """Errors: `YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("YEAR", field="year", value=year, rule=f"{FIRST_YEAR}–{LAST_YEAR}", zh="年度不在可查询的范围内。",
                      en="The year is out of range.")
    as_of = max(date(year, 1, 1), min(date(year, 12, 31), clock.city_day(known_at)))
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
    return rules.newest(events.rows_of(LINES, known_at=known_at, as_of=as_of, units=units))


def versions(unit: str, year: int, *, known_at: datetime) -> list[dict[str, Any]]:
    """Every version of a district's year, earliest first, each with the columns in which it differs from the one before."""
    found, before = [], dict[str, Any]()
    for row in sorted(events.rows_of(FIGURES, known_at=known_at, every=True, unit=unit, year=year), key=lambda one: one["_known"]):
        changed = [(name, before[name], row[name]) for name in row if before and name[0] != "_" and before[name] != row[name]]
        found.append({"row": row, "known": row["_known"], "changed": changed})
        before = row
    return found


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


def warned(found: Sheet, *, today: date) -> list[Alarm]:
    """What the pack's own rules say of a year; the bands of the ratios are told by `banded`."""
    values = {key: figure.value for key, figure in found.figures.items() if key[1] != CITY}
    made = alarms([rule for rule in pack().rules if rule.figure], values, [])
    states = list(_states(found, today))
    return made + [Alarm(rule.code, rule.level, about, unit, Text(f"{rule.name.zh}：{why.zh}。", f"{rule.name.en}: {why.en}."))
                   for rule in pack().rules for state, unit, about, why in states if state in rule.states]


def _states(found: Sheet, today: date) -> Iterator[tuple[str, str, str, Text]]:
    late = date(found.year, 12, 31) + timedelta(days=value_on(HERE, "figures_due_days", today))
    started = {case.subject for case in cases.cases_of("debt_emergency", subjects=[row["unit"] for row in found.rows])
               if case.state != "unfounded" and case.opened_at >= clock.start_of(date(found.year, 1, 1))}
    for row in found.rows:
        unit = row["unit"]
        if unit in found.silent:
            if today > late:
                yield "silent", unit, "silent", Text(f"应于{late}前报送", f"due by {late}")
            continue
        for column, difference in rules.apart(row, found.debts).items():
            words = title_of(column)
            yield "apart", unit, column, Text(f"{words.zh}相差{difference}万元", f"{words.en} differs by {difference}")
        interest = found.banded.get(("D05-3", unit))
        if interest is not None and interest.level == "red" and unit not in started:
            yield "must-start", unit, "D05-3", interest.words
    for line in found.debts:
        if line["outstanding"] and line["due_on"] <= found.as_of:
            number, due = line["debt"], line["due_on"]
            yield "overdue", line["unit"], number, Text(f"{number}于{due}到期", f"{number} was due {due}")
    last = decided(found.year)
    for one in grading.compared(last.lines, found.lines) if last else []:
        if one.again and any(row["unit"] == one.unit for row in found.rows):
            yield "regrade", one.unit, "rating", Text(
                f"原定{one.then}（{one.then_score}），现知{one.now}（{one.now_score}）",
                f"decided {one.then} ({one.then_score}), known now {one.now} ({one.now_score})")


def decided(year: int) -> Any:
    """The grades of a year that hold, or None."""
    return assessment.decided_grades(pack().manifest.row, str(year))


def preview(period: str, *, known_at: datetime, units: Collection[str] | None = None) -> grading.Preview:
    """What the figures of a year make, for `assessment.register_grader`. Errors: `YEAR`."""
    found = sheet(int(period) if period.isdecimal() else 0, known_at=known_at, units=units)
    pinned = digest([events.manifest(name, known_at=known_at).digest for name in (FIGURES, LINES)])
    return grading.Preview(found.method, found.lines, pinned)


def public_debt(view: View, *, year: int | None = None) -> dict[str, Any]:
    """The provider `d05`: debt against its limit and decided grades. Hidden debt, single debts and persons are for nobody outside."""
    now = clock.now()
    span = events.span(FIGURES, known_at=now)
    found = sheet(year or (span[1].year if span else clock.city_day(now).year), known_at=now)
    held = decided(found.year)
    grades = {line["unit"]: line["grade"] for line in held.lines} if held else {}
    shown, names = ("book", "D05-2", "D05-3"), factors() | {c: {"zh": i.name.zh, "en": i.name.en} for c, i in pack().indicators.items()}
    return {
        "view": view.name, "year": found.year, "as_of": found.as_of, "name": pack().manifest.name, "any": bool(span),
        "columns": [{"code": code, "name": Text(names[code]["zh"], names[code]["en"]), "city": found.figures[code, CITY].value}
                    for code in shown],
        "indicators": [{"code": code, "name": one.name, "method": one.method, "source": one.source}
                       for code, one in pack().indicators.items() if code in shown],
        "rating": {"at": held.ended_at, "log_index": held.log_index, "method": held.method} if held else None,
        "units": [{"unit": row["unit"], "name": registry.name(row["unit"], as_of=found.as_of), "general": row["general"],
                   "special": row["special"], "grade": grades.get(row["unit"], ""),
                   "values": [found.figures[code, row["unit"]].value for code in shown]} for row in found.rows],
    }


PUBLIC = {"d05": public_debt}
"""Connected by `config/wiring.py`, which looks into every pack."""
