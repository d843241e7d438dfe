"""Which flags are asked for, with which thresholds? An INI file of the same form as the published tool's."""

from __future__ import annotations

import configparser
import math
import re
from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal

GLOBAL = {"currency", "no_price_comparison_procurement_methods", "price_comparison_procurement_methods"}
KNOWN: dict[str, dict[str, type]] = {
    "R003": {"threshold": int, "procurement_methods": str}, "R018": {"procurement_methods": str},
    "R024": {"threshold": float}, "R025": {"percentile": int, "threshold": float}, "R028": {}, "R030": {},
    "R035": {"threshold": int}, "R036": {},
    "R038": {"threshold": float, "minimum_submitted_bids": int, "minimum_contracting_processes": int},
    "R044": {}, "R048": {"digits": int, "threshold": int, "minimum_contracting_processes": int}, "R058": {"threshold": float},
    "G001": {"grace_days": int}, "G002": {"threshold": float}, "G003": {"limit": float, "days": int, "minimum_processes": int},
    "G004": {"threshold": int}, "D01-1": {}, "D01-4": {},
}
"""Codes of the published guide (R…), of flags on the government itself (G…) and of indicators (D01-…)."""
RED_FLAGS = tuple(code for code in KNOWN if code.startswith("R"))
OPEN_TABLES = {"R003.procurement_method_details", "codelists.bid_status", "codelists.award_status", "codelists.BidStatus",
               "codelists.AwardStatus"}
PREPARE = {"defaults": {"currency", "item_classification_scheme", "bid_status", "award_status", "party_roles"},
           "exclusions": {"procurement_method_details"},
           "redactions": {"amount", "organization_id"}, "corrections": {"award_status_by_contract_status"},
           "modifications": {"move_auctions", "prefix_buyer_or_procuring_entity_id", "prefix_tenderer_or_supplier_id",
                             "split_procurement_method_details"}}


@dataclass(frozen=True, slots=True)
class Settings:
    """`flags`: code → its options; a code that is absent is not computed. `tables`: the other sections as text."""

    flags: dict[str, dict[str, int | float | str]]
    general: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, str]] = field(default_factory=dict)

    def pipe(self, text: str | None) -> frozenset[str]:
        """A pipe-separated list; a trailing pipe adds nothing."""
        parts = (text or "").split("|")
        return frozenset(parts[:-1] if parts[-1] == "" else parts)


EVERYTHING = Settings({code: {} for code in RED_FLAGS})
"""Without a settings file: every red flag of the published guide with its defaults."""


def read(text: str) -> Settings:
    """Errors: `D01-SETTING` naming section, property and what is known."""
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=("#", ";"), delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string("[\x00]\n" + text)
    except configparser.Error as error:
        raise _bad("settings", str(error).splitlines()[0].replace("\x00", ""), "INI") from error
    general = dict(parser["\x00"])
    for name in general:
        if name not in GLOBAL:
            raise _bad(name, general[name], " ".join(sorted(GLOBAL)))
    flags: dict[str, dict[str, int | float | str]] = {}
    tables: dict[str, dict[str, str]] = {}
    for name in parser.sections():
        values, section = dict(parser[name]), re.sub(r"^NF(?=\d{3}$)", "R", name)   # NF###: the guide's codes before 2023
        if section == "\x00":
            continue
        if section in KNOWN:
            flags[section] = flags.get(section, {}) | _typed(section, values)
        elif section == "R003.procurement_method_details":
            flags.setdefault("R003", {})   # as in the published tool, its own section enables the flag
            tables[section] = {method: str(_number(f"{section}.{method}", days, int)) for method, days in values.items()}
        elif section in OPEN_TABLES or (section in PREPARE and set(values) <= PREPARE[section]):
            tables[section] = values
        else:
            raise _bad(section, " ".join(values), " ".join(sorted({*KNOWN, *OPEN_TABLES, *PREPARE})))
    return Settings(flags, general, tables)


def _typed(section: str, values: dict[str, str]) -> dict[str, int | float | str]:
    typed: dict[str, int | float | str] = {}
    for name, text in values.items():
        kind = KNOWN[section].get(name)
        if kind is None:
            raise _bad(f"{section}.{name}", text, " ".join(KNOWN[section]) or "no property")
        typed[name] = text if kind is str else _number(f"{section}.{name}", text, kind)
        if name == "percentile" and not 0 <= int(typed[name]) <= 100:
            raise _bad(f"{section}.{name}", text, "0..100")
    return typed


def _number(field_name: str, text: str, kind: type) -> int | float:
    """A count where a count is wanted; never NaN or infinite."""
    try:
        value = kind(text)
    except ValueError as error:
        raise _bad(field_name, text, kind.__name__) from error
    if not math.isfinite(value):
        raise _bad(field_name, text, "finite")
    return int(value) if kind is int else float(value)


def _bad(field_name: str, value: str, rule: str) -> Refusal:
    return Refusal(
        "D01-SETTING", field=field_name, value=value, rule=rule,
        zh=f"设置“{field_name}”的值“{value}”不能识别，可用：{rule}。",
        en=f"The setting “{field_name}” with “{value}” is not known; use: {rule}.",
    )
