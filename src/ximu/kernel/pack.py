"""What does a pack declare? Its manifest, indicators and warning rules, read strictly: an unknown key is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from ximu.kernel.words import Text

FOLDER = re.compile(r"(([dms])(\d{1,2}))_[a-z][a-z0-9_]*")
OVER = ("promises", "records", "events", "cases")
DIRECTIONS = ("up", "down")
LEVELS = ("yellow", "orange", "red")
UNITS = {"%": Text("%", "%"), "µg/m³": Text("µg/m³", "µg/m³"), "件": Text("件", "items"), "起": Text("起", "accidents"),
         "人": Text("人", "persons"), "次": Text("次", "times"), "分": Text("分", "points"), "万元": Text("万元", "×10⁴ CNY")}
"""What a figure is counted in, as both languages say it; a pack says one of these."""
_MANIFEST = {"row", "code", "zh", "en", "items", "indicators", "promises", "procedures", "pages", "public"}
_INDICATOR = {"code", "zh", "en", "unit", "direction", "veto", "over", "method_zh", "method_en", "why_zh", "why_en", "source", "exclusion",
              "params"}
_RULE_MUST, _RULE_MAY = {"code", "zh", "en", "level", "source"}, {"figure", "below", "above", "states", "kinds", "late_days"}


class PackError(ValueError):
    """The pack says something that the house does not know, or leaves something out."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`pack.toml`: one name in nine places. `promises` are kinds of commitments, `public` names of public providers."""

    row: str
    code: str
    name: Text
    items: tuple[str, ...]
    indicators: tuple[str, ...]
    promises: tuple[str, ...]
    procedures: tuple[str, ...]
    pages: tuple[str, ...]
    public: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A definition: its words are the published method; `params` belong to the engine that `over` names."""

    code: str
    name: Text
    unit: str
    direction: str
    veto: bool
    over: str
    method: Text
    why: Text
    source: str
    exclusions: Mapping[str, Text]
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A warning rule: a figure beyond a bound, or things in one of `states` that are late by so many days."""

    code: str
    name: Text
    level: str
    source: str
    figure: str = ""
    below: Decimal | None = None
    above: Decimal | None = None
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """What a rule over single things sees of one of them."""

    uid: str
    title: str
    unit: str
    kind: str
    state: str
    late_days: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning with its reason; `about` is the uid of a thing, or the code of a figure."""

    rule: str
    level: str
    about: str
    unit: str
    reason: Text


def _known(where: str, table: Mapping[str, Any], must: Iterable[str], may: Iterable[str] = ()) -> None:
    must = set(must)
    if strangers := set(table) - must - set(may):
        raise PackError(f"{where}: unknown {sorted(strangers)}")
    if missing := must - set(table):
        raise PackError(f"{where}: {sorted(missing)} missing")


def read_manifest(raw: Mapping[str, Any], *, folder: str) -> Manifest:
    """Errors: PackError; the names in the manifest must follow from the folder's (`d05_debt`: row `D5`, code `d05`)."""
    found = FOLDER.fullmatch(folder)
    if not found:
        raise PackError(f"{folder}: a pack's folder is like d05_debt")
    _known(folder, raw, _MANIFEST)
    code, row = found[1], f"{found[2].upper()}{int(found[3])}"
    if raw["code"] != code or raw["row"] != row:
        raise PackError(f"{folder}: row and code must be {row!r} and {code!r}")
    if wrong := [page for page in raw["pages"] if not page.startswith(f"/console/{code}/")]:
        raise PackError(f"{folder}: pages begin with /console/{code}/, not {wrong}")
    if wrong := [name for name in raw["indicators"] if not re.fullmatch(rf"{code.upper()}-\d+", name)]:
        raise PackError(f"{folder}: indicators are named {code.upper()}-1 …, not {wrong}")
    lists = (tuple(raw[key]) for key in ("items", "indicators", "promises", "procedures", "pages", "public"))
    return Manifest(row, code, Text(raw["zh"], raw["en"]), *lists)


def read_indicator(raw: Mapping[str, Any], *, name: str) -> Indicator:
    """Errors: PackError."""
    _known(name, raw, _INDICATOR)
    if raw["code"] != name or raw["direction"] not in DIRECTIONS or raw["over"] not in OVER or raw["unit"] not in UNITS or \
            not raw["source"]:
        raise PackError(f"{name}: code, direction, over, unit or source")
    exclusions = {}
    for one in raw["exclusion"]:
        _known(f"{name} exclusion", one, {"code", "zh", "en"})
        exclusions[one["code"]] = Text(one["zh"], one["en"])
    return Indicator(
        name, Text(raw["zh"], raw["en"]), raw["unit"], raw["direction"], bool(raw["veto"]), raw["over"],
        Text(raw["method_zh"].strip(), raw["method_en"].strip()), Text(raw["why_zh"], raw["why_en"]), raw["source"], exclusions,
        raw["params"])


def read_rules(raw: Mapping[str, Any], *, name: str) -> list[Rule]:
    """The rules of a `warnings.toml`. Errors: PackError."""
    _known(name, raw, {"rule"})
    rules = [_rule(name, table) for table in raw["rule"]]
    if len({rule.code for rule in rules}) != len(rules):
        raise PackError(f"{name}: two rules of one code")
    return rules


def _rule(name: str, table: Mapping[str, Any]) -> Rule:
    where = f"{name} {table.get('code', '?')}"
    _known(where, table, _RULE_MUST, _RULE_MAY)
    bounds = {"below", "above"} & set(table)
    of_figure = "figure" in table
    if table["level"] not in LEVELS or not table["source"] or bool(bounds) != of_figure or of_figure == ("states" in table):
        raise PackError(f"{where}: a level, a source, and either a figure with a bound or states")
    try:
        below, above = (Decimal(table[key]) if key in table else None for key in ("below", "above"))
    except (InvalidOperation, TypeError) as error:
        raise PackError(f"{where}: a bound is a number in quotation marks") from error
    return Rule(table["code"], Text(table["zh"], table["en"]), table["level"], table["source"], table.get("figure", ""), below, above,
                tuple(table.get("states", ())), tuple(table.get("kinds", ())), int(table.get("late_days", 0)))


def alarms(rules: Iterable[Rule], figures: Mapping[tuple[str, str], Decimal | None], things: Iterable[Thing], *,
           units: Mapping[str, str] = MappingProxyType({})) -> list[Alarm]:
    """What the rules warn of. `figures` has (indicator, unit) → value; a figure that was not computed warns of nothing. `units`: what an
    indicator is counted in, for the words."""
    listed = list(things)
    found: list[Alarm] = []
    for rule in rules:
        if rule.figure:
            found += [alarm for (code, unit), value in figures.items()
                      if code == rule.figure and (alarm := _of_figure(rule, unit, value, UNITS.get(units.get(code, ""))))]
        else:
            found += [_of_thing(rule, thing) for thing in listed if _fits(rule, thing)]
    return found


def _of_figure(rule: Rule, unit: str, value: Decimal | None, counted: Text | None) -> Alarm | None:
    if value is None:
        return None
    zh = counted.zh if counted else ""
    en = f" {counted.en}" if counted and counted.en.isalpha() else counted.en if counted else ""
    if rule.below is not None and value < rule.below:
        why = Text(f"{rule.name.zh}：{value}{zh}低于{rule.below}{zh}。", f"{rule.name.en}: {value}{en} is below {rule.below}{en}.")
    elif rule.above is not None and value > rule.above:
        why = Text(f"{rule.name.zh}：{value}{zh}高于{rule.above}{zh}。", f"{rule.name.en}: {value}{en} is above {rule.above}{en}.")
    else:
        return None
    return Alarm(rule.code, rule.level, rule.figure, unit, why)


def _fits(rule: Rule, thing: Thing) -> bool:
    return thing.state in rule.states and (not rule.kinds or thing.kind in rule.kinds) and thing.late_days > rule.late_days


def _of_thing(rule: Rule, thing: Thing) -> Alarm:
    why = Text(f"{rule.name.zh}：“{thing.title}”已过到期日{thing.late_days}天（超过{rule.late_days}天）。",
               f"{rule.name.en}: “{thing.title}” is {thing.late_days} days past due (more than {rule.late_days}).")
    return Alarm(rule.code, rule.level, thing.uid, thing.unit, why)
