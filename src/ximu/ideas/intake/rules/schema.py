"""Which fields does an item have? Table Schema with the `ximu:` extensions, read once into plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ximu.kernel.refusal import Refusal

RESERVED = frozenset({"line"})
"""What the reader itself adds to each row."""
TYPES = frozenset({"string", "integer", "number", "date", "boolean"})
KINDS = frozenset({
    "", "text", "uscc", "organ-uscc", "resident-id", "document-number", "money-yuan", "money-wan", "code", "date", "name",
})
CHECKS = frozenset({
    "not-after", "not-future", "required-if", "empty-if", "within-working-days", "resident-id-if", "greater-than-zero-if",
})
MOST_FIELDS = 400


@dataclass(frozen=True, slots=True)
class FieldSpec:
    name: str
    title: str
    title_en: str
    type: str = "string"
    kind: str = ""
    required: bool = False
    max_length: int | None = None
    min_length: int | None = None
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: str | None = None
    maximum: str | None = None
    aliases: tuple[str, ...] = ()
    separator: str = ""
    level: str = "closed"
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """`field` has one of `values`; where the field is multi-valued, one of its parts."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossRule:
    check: str
    fields: tuple[str, ...]
    code: str
    when: Condition | None = None
    days: int = 0
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class ItemSchema:
    fields: tuple[FieldSpec, ...]
    key: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[CrossRule, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """As it was written, for the reading process."""

    def field(self, name: str) -> FieldSpec:
        return next(f for f in self.fields if f.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields)


def read_schema(raw: Any) -> ItemSchema:
    """Errors: `SCHEMA-BAD` names what in the item's schema cannot be used."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("fields"), list) or not raw["fields"]:
        raise _bad("fields", "", "应含非空的字段表", "must hold a list of fields")
    if len(raw["fields"]) > MOST_FIELDS:
        raise _bad("fields", len(raw["fields"]), f"字段不得超过{MOST_FIELDS}个", f"must not exceed {MOST_FIELDS} fields")
    fields = tuple(_field(one) for one in raw["fields"])
    names = [f.name for f in fields]
    if len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise _bad("fields", twice, "字段名重复", "names a field twice")
    key = raw.get("primaryKey") or ()
    key = (key,) if isinstance(key, str) else tuple(key)
    roles = dict(raw.get("ximu:roles") or {})
    rules = tuple(_rule(one) for one in raw.get("ximu:rules") or ())
    used = [*key, *roles.values(), *(n for r in rules for n in r.fields), *(r.when.field for r in rules if r.when)]
    for name in used:
        if name not in names:
            raise _bad("fields", name, "引用了不存在的字段", "refers to a field that does not exist")
    return ItemSchema(fields, key, roles, rules, raw)


def _field(raw: Any) -> FieldSpec:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str) or not raw["name"]:
        raise _bad("name", raw, "字段缺少名称", "has a field without a name")
    name = raw["name"]
    if name in RESERVED:
        raise _bad("name", name, "字段名为系统保留", "uses a name that is reserved")
    kind, type_ = raw.get("ximu:kind", "") or "", raw.get("type", "string")
    if type_ not in TYPES or kind not in KINDS:
        raise _bad(name, f"{type_}/{kind}", "类型未知", "has an unknown type or kind")
    limits = raw.get("constraints") or {}
    pattern = limits.get("pattern", "") or ""
    try:
        pl.Series([""]).str.contains(full_match(pattern))
        re.compile(pattern)
    except (pl.exceptions.ComputeError, re.error) as error:
        raise _bad(name, pattern, "正则式不能使用", "has a pattern that cannot be used") from error
    return FieldSpec(
        name=name, title=raw.get("title") or name, title_en=raw.get("title_en") or name,
        type="date" if kind == "date" else type_, kind=kind, required=bool(limits.get("required")),
        max_length=limits.get("maxLength"), min_length=limits.get("minLength"),
        enum=tuple(str(v) for v in limits.get("enum") or ()), pattern=pattern,
        minimum=_text(limits.get("minimum")), maximum=_text(limits.get("maximum")),
        aliases=tuple(raw.get("ximu:aliases") or ()), separator=raw.get("ximu:separator") or "",
        level=raw.get("ximu:level", "closed"), personal=bool(raw.get("ximu:personal")),
    )


def _rule(raw: Any) -> CrossRule:
    check = raw.get("check") if isinstance(raw, Mapping) else None
    if check not in CHECKS:
        raise _bad("ximu:rules", check, "校验规则未知", "has an unknown rule")
    fields = tuple(raw.get("fields") or ()) or (raw.get("field"),)
    if len(fields) != (2 if check in {"not-after", "within-working-days"} else 1):
        raise _bad("ximu:rules", check, "校验规则字段数不符", "has a rule with the wrong number of fields")
    when = raw.get("when")
    condition = Condition(when["field"], tuple(str(v) for v in when["in"])) if when else None
    return CrossRule(
        check, fields, raw.get("code") or DEFAULT_CODES[check], condition, int(raw.get("days") or 0),
        raw.get("severity", "error"),
    )


DEFAULT_CODES = {
    "not-after": "DATE-ORDER", "not-future": "TIME-FUTURE", "required-if": "FIELD-NEED", "empty-if": "FIELD-EMPTY",
    "within-working-days": "TIME-LATE", "resident-id-if": "ID-RIC", "greater-than-zero-if": "NUM-RANGE",
}


def full_match(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _bad(field_name: str, value: object, zh: str, en: str) -> Refusal:
    return Refusal(
        "SCHEMA-BAD", field=field_name, value=str(value)[:100], rule="Table Schema + ximu:",
        zh=f"数据项字段表“{field_name}”{zh}。", en=f"The item's schema at “{field_name}” {en}.",
    )
