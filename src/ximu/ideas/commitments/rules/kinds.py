"""Which kinds of promises are there, which reasons change one, who may promise what? Read strictly from the room's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEVELS = ("public", "shared", "authorised", "closed")
JUDGED = ("when-reached", "on-due-day")
LEAD = ("broken", "refused")
PARTS = {
    "unit": Text("承诺单位", "the unit that promises"),
    "due": Text("到期日", "the due day"),
    "title": Text("承诺事项名称", "a title"),
    "text": Text("承诺原文", "the wording"),
    "outcome": Text("可核验的成果或可度量的目标", "a deliverable that can be checked, or a measurable target"),
    "deliverable": Text("可核验的成果", "a deliverable that can be checked"),
    "target": Text("可度量的目标", "a measurable target"),
    "indicator": Text("目标的指标名称", "the indicator of the target"),
    "measure": Text("指标的计量单位", "the unit in which the indicator is measured"),
    "value": Text("目标值", "the value to be reached"),
    "baseline": Text("基准值", "the baseline"),
    "direction": Text("目标方向（升或降）", "the direction (up or down)"),
    "source": Text("数据来源", "the source of the data"),
    "counterpart": Text("承诺对象", "to whom it is promised"),
    "basis": Text("承诺依据", "the basis"),
    "amount": Text("金额", "the amount"),
}
FIELDS = ("title", "text", "unit", "made_on", "due", "state", "progress", "basis", "matters", "amount", "target", "versions", "disputed",
          "late")
_KIND_KEYS = {"zh", "en", "level", "needs", "judged", "grace_days", "part_from", "lead", "public", "source"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of promise: what it needs, how it is judged, what leaves the room."""

    code: str
    name: Text
    level: str
    needs: tuple[str, ...]
    judged: str
    grace_days: int
    part_from: Decimal
    lead: str
    public: tuple[str, ...]
    source: str

    def leads(self, *, declined: bool) -> bool:
        """Does a broken promise of this kind become a lead of a breach? `declined`: its unit said that it will not perform."""
        return declined or self.lead == "broken"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    name: Text
    compensation: bool


@dataclass(frozen=True, slots=True)
class Power:
    """A matter that only units of these kinds and levels may promise; empty: nobody."""

    code: str
    name: Text
    kinds: frozenset[str]
    levels: frozenset[str]
    basis: str


@dataclass(frozen=True, slots=True)
class Procedure:
    answer_days: tuple[tuple[date, int, str], ...]
    guesses_an_hour: tuple[tuple[date, int, str], ...]
    reasons: Mapping[str, Reason]
    barred: Mapping[str, Text]
    vague: tuple[str, ...]
    least: int
    powers: Mapping[str, Power]

    def answer_term(self, day: date) -> int:
        """Working days to answer a dispute raised on that day."""
        return _on(self.answer_days, day)

    def guesses(self, day: date) -> int:
        """Wrong codes of counterparts that are answered in an hour of that day."""
        return _on(self.guesses_an_hour, day)


def _on(rows: tuple[tuple[date, int, str], ...], day: date) -> int:
    held = [value for since, value, _ in rows if since <= day]
    return held[-1] if held else rows[0][1]


def read_kinds(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Kind]:
    """Errors: ValueError for a key, part, field, level or way of judging that is not known."""
    return {code: _kind(code, table) for code, table in tables.items()}


def _kind(code: str, table: Mapping[str, Any]) -> Kind:
    if set(table) != _KIND_KEYS:
        raise ValueError(f"{code}: {sorted(set(table) ^ _KIND_KEYS)}")
    if table["level"] not in LEVELS or table["judged"] not in JUDGED or table["lead"] not in LEAD:
        raise ValueError(f"{code}: level {table['level']!r}, judged {table['judged']!r} or lead {table['lead']!r}")
    if strangers := {*table["needs"]} - set(PARTS) | {*table["public"]} - set(FIELDS):
        raise ValueError(f"{code}: unknown {sorted(strangers)}")
    return Kind(code, Text(table["zh"], table["en"]), table["level"], tuple(table["needs"]), table["judged"], int(table["grace_days"]),
                Decimal(table["part_from"]), table["lead"], tuple(table["public"]), table["source"])


def read_procedure(table: Mapping[str, Any]) -> Procedure:
    powers = {
        code: Power(code, Text(p["zh"], p["en"]), frozenset(p["kinds"]), frozenset(p["levels"]), p["basis"])
        for code, p in table["power"].items()
    }
    reasons = {code: Reason(code, Text(r["zh"], r["en"]), r["compensation"]) for code, r in table["reasons"].items()}
    barred = {code: Text(r["zh"], r["en"]) for code, r in table["barred"].items()}
    days, guesses = (tuple(sorted((row["since"], row["value"], row["source"]) for row in table[name]))
                     for name in ("answer_days", "guesses_an_hour"))
    return Procedure(days, guesses, reasons, barred,
                     tuple(sorted(table["vague"]["words"], key=len, reverse=True)), table["vague"]["least"], powers)


def kind_of(kinds: Mapping[str, Kind], code: str) -> Kind:
    """Errors: `PROM-KIND`."""
    if code not in kinds:
        raise Refusal("PROM-KIND", field="kind", value=code[:40], rule=" ".join(kinds), zh=f"没有“{code[:40]}”这种承诺。",
                      en=f"There is no kind of promise “{code[:40]}”.")
    return kinds[code]


def must_be_reason(procedure: Procedure, code: str, compensation: str) -> Reason:
    """May a promise be changed for this reason? Errors: `PROM-BARRED` (refused by law), `REASON`, `PROM-COMPENSATE`."""
    if code in procedure.barred:
        name = procedure.barred[code]
        raise Refusal(
            "PROM-BARRED", field="reason", value=code, rule="上海市优化营商环境条例 第二十条",
            zh=f"不得以“{name.zh}”为由变更或者不履行承诺。", en=f"A promise may not be changed or broken for “{name.en}”.",
        )
    if code not in procedure.reasons:
        raise Refusal("REASON", field="reason", value=code[:40], rule=" ".join(procedure.reasons), zh="请选择变更承诺的法定理由。",
                      en="Choose one of the lawful reasons for changing a promise.")
    reason = procedure.reasons[code]
    if reason.compensation and not compensation.strip():
        raise Refusal(
            "PROM-COMPENSATE", field="compensation", value=code, rule="上海市优化营商环境条例 第二十条",
            zh=f"因“{reason.name.zh}”变更承诺，须写明补偿安排。", en=f"A change for “{reason.name.en}” must say how it is compensated.",
        )
    return reason
