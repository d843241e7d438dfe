"""Is this a proper item schema? Table Schema with `ximu:` extensions, read strictly: an unknown key is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ximu.ideas.catalogue.rules.vocabulary import CHECKS, CONSTRAINTS, KINDS, LEVELS, ROLES, SEVERITIES, TYPES
from ximu.kernel.refusal import Refusal

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
_FIELD_KEYS = {"name", "title", "title_en", "type", "format", "description", "constraints", "ximu:kind", "ximu:aliases",
               "ximu:level", "ximu:personal", "ximu:separator", "ximu:consent", "ximu:to_be_confirmed"}
_SCHEMA_KEYS = {"fields", "primaryKey", "ximu:roles", "ximu:rules", "$schema"}
_RULE_KEYS = {"check", "code", "severity", "zh", "en"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a schema: where it lies and what would be right."""

    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a data item. `separator` is set when one cell carries several values."""

    name: str
    title: str
    title_en: str
    type: str
    kind: str
    level: str
    personal: bool
    aliases: tuple[str, ...]
    separator: str
    required: bool
    max_length: int | None
    min_length: int | None
    enum: tuple[str, ...]
    pattern: str
    minimum: float | int | None
    maximum: float | int | None

    @property
    def headers(self) -> tuple[str, ...]:
        """Every heading under which a file may bring this column."""
        return (self.name, self.title, *self.aliases)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check over several fields. `when` holds when the named field has (one of) the values `holds`."""

    check: str
    code: str
    fields: tuple[str, ...]
    severity: str
    when_field: str = ""
    holds: tuple[str, ...] = ()
    days: int = 0
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Schema:
    """A schema that has passed `must_be_schema`."""

    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    roles: Mapping[str, str]
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Schema:
        """Errors: `LIST-SCHEMA`."""
        must_be_schema(raw)
        return cls(
            tuple(_field(f) for f in raw["fields"]), tuple(raw["primaryKey"]),
            dict(raw.get("ximu:roles", {})), tuple(_rule(r) for r in raw.get("ximu:rules", ())),
        )

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Heading (name, title or alias, upper case) → field name. A name or title wins over an alias."""
        found: dict[str, str] = {}
        for field in self.fields:
            for header in (field.name, field.title):
                found[header.upper()] = field.name
        for field in self.fields:
            for alias in field.aliases:
                found.setdefault(alias.upper(), field.name)
        return found

    def field_of_role(self, role: str) -> str:
        """The field that plays this role, or an empty string."""
        return self.roles.get(role, "")


def _field(raw: Mapping[str, Any]) -> Field:
    limits = raw.get("constraints", {})
    kind = raw.get("ximu:kind") or ("date" if raw["type"] == "date" else "text")
    return Field(
        raw["name"], raw["title"], raw["title_en"], raw["type"], kind, raw.get("ximu:level", "shared"),
        raw.get("ximu:personal", False), tuple(raw.get("ximu:aliases", ())), raw.get("ximu:separator", ""),
        limits.get("required", False), limits.get("maxLength"), limits.get("minLength"), tuple(limits.get("enum", ())),
        limits.get("pattern", ""), limits.get("minimum"), limits.get("maximum"),
    )


def _rule(raw: Mapping[str, Any]) -> Rule:
    when = raw.get("when", {})
    fields = tuple(raw["fields"]) if "fields" in raw else (raw["field"],)
    return Rule(raw["check"], raw["code"], fields, raw.get("severity", "error"), when.get("field", ""),
                tuple(when.get("in", ())), raw.get("days", 0), raw.get("zh", ""), raw.get("en", ""))


def must_be_schema(raw: Any) -> None:
    """Errors: `LIST-SCHEMA` naming the first fault, with all faults in `extra["problems"]`."""
    problems = list(problems_of(raw))
    if problems:
        first = problems[0]
        raise Refusal(
            "LIST-SCHEMA", field=first.where, value=len(problems), rule="Table Schema + ximu:",
            zh=f"字段定义有{len(problems)}处错误，首处在“{first.where}”：{first.zh}。",
            en=f"The field definition has {len(problems)} faults, the first at “{first.where}”: {first.en}.",
            extra={"problems": [{"where": p.where, "zh": p.zh, "en": p.en} for p in problems]},
        )


def problems_of(raw: Any) -> Iterator[Problem]:
    """Every fault, in reading order; nothing when the schema is proper."""
    if not isinstance(raw, Mapping):
        yield Problem("schema", "应为对象", "must be an object")
        return
    yield from _strangers("schema", raw, _SCHEMA_KEYS)
    fields = raw.get("fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(f, Mapping) for f in fields):
        yield Problem("fields", "应为非空的字段列表", "must be a list of at least one field")
        return
    for index, field in enumerate(fields):
        yield from _field_problems(f"fields[{index}]", field)
    names = [f.get("name") for f in fields]
    yield from _repeated("name", names)
    yield from _repeated("title", [f.get("title") for f in fields])
    known = {n for n in names if isinstance(n, str)}
    yield from _key_problems(raw.get("primaryKey"), known)
    yield from _role_problems(raw.get("ximu:roles", {}), known)
    rules = raw.get("ximu:rules", [])
    if not isinstance(rules, list):
        yield Problem("ximu:rules", "应为列表", "must be a list")
        return
    for index, rule in enumerate(rules):
        yield from _rule_problems(f"ximu:rules[{index}]", rule, known)


def _strangers(where: str, raw: Mapping[str, Any], known: Iterable[str]) -> Iterator[Problem]:
    for key in raw:
        if key not in known:
            yield Problem(f"{where}.{key}", "未知的键", "unknown key")


def _repeated(where: str, values: list[Any]) -> Iterator[Problem]:
    for value in sorted({str(v) for v in values if values.count(v) > 1 and v}):
        yield Problem(f"fields.{where}", f"“{value}”重复", f"“{value}” stands twice")


def _field_problems(where: str, field: Mapping[str, Any]) -> Iterator[Problem]:
    name = field.get("name")
    here = f"{where}({name})" if isinstance(name, str) else where
    yield from _strangers(here, field, _FIELD_KEYS)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield Problem(f"{here}.name", "应为字母开头的字母、数字、下划线，不超过64位", "must be letters, digits and _, at most 64")
    if name == "line":
        yield Problem(f"{here}.name", "“line”为系统保留的字段名", "“line” is reserved")
    for key in ("title", "title_en"):
        if not isinstance(field.get(key), str) or not field[key].strip():
            yield Problem(f"{here}.{key}", "不能为空", "must not be empty")
    yield from _one_of(here, "type", field.get("type"), TYPES)
    for key, allowed in (("ximu:kind", KINDS), ("ximu:level", tuple(LEVELS))):
        if key in field:
            yield from _one_of(here, key, field[key], allowed)
    for key in ("ximu:personal", "ximu:consent", "ximu:to_be_confirmed"):
        if key in field and not isinstance(field[key], bool):
            yield Problem(f"{here}.{key}", "应为true或false", "must be true or false")
    if field.get("ximu:personal") is True and field.get("ximu:level") == "public":
        yield Problem(f"{here}.ximu:level", "个人信息字段不得设为社会公开", "a personal field may not be public")
    aliases = field.get("ximu:aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) and a.strip() for a in aliases):
        yield Problem(f"{here}.ximu:aliases", "应为文字列表", "must be a list of words")
    separator = field.get("ximu:separator", ";")
    if not isinstance(separator, str) or len(separator) != 1:
        yield Problem(f"{here}.ximu:separator", "应为一个字符", "must be one character")
    yield from _constraint_problems(here, field.get("constraints", {}), str(field.get("type")))


def _one_of(where: str, key: str, value: Any, allowed: tuple[str, ...]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(f"{where}.{key}", f"应为{'、'.join(allowed)}之一", f"must be one of {', '.join(allowed)}")


def _constraint_problems(where: str, limits: Any, type_: str) -> Iterator[Problem]:
    here = f"{where}.constraints"
    if not isinstance(limits, Mapping):
        yield Problem(here, "应为对象", "must be an object")
        return
    yield from _strangers(here, limits, CONSTRAINTS)
    if not isinstance(limits.get("required", False), bool):
        yield Problem(f"{here}.required", "应为true或false", "must be true or false")
    for key in ("maxLength", "minLength"):
        length = limits.get(key, 1)
        if not isinstance(length, int) or isinstance(length, bool) or length < 1:
            yield Problem(f"{here}.{key}", "应为正整数", "must be a positive integer")
        if key in limits and type_ != "string":
            yield Problem(f"{here}.{key}", "只用于文字字段", "is for strings only")
    enum = limits.get("enum", ["-"])
    if not isinstance(enum, list) or not enum or not all(isinstance(v, str) for v in enum) or len(set(enum)) < len(enum):
        yield Problem(f"{here}.enum", "应为不重复的文字列表", "must be a list of distinct strings")
    for key in ("minimum", "maximum"):
        bound = limits.get(key, 0)
        if not isinstance(bound, int | float) or isinstance(bound, bool):
            yield Problem(f"{here}.{key}", "应为数字", "must be a number")
        if key in limits and type_ not in {"integer", "number"}:
            yield Problem(f"{here}.{key}", "只用于数字字段", "is for numbers only")
    try:
        re.compile(limits.get("pattern", ""))
    except (re.error, TypeError):
        yield Problem(f"{here}.pattern", "不是正确的正则表达式", "is not a regular expression")


def _key_problems(key: Any, known: set[str]) -> Iterator[Problem]:
    if not isinstance(key, list) or not key:
        yield Problem("primaryKey", "应为非空列表", "must be a list of at least one field")
        return
    for name in key:
        if name not in known:
            yield Problem("primaryKey", f"没有字段“{name}”", f"there is no field “{name}”")


def _role_problems(roles: Any, known: set[str]) -> Iterator[Problem]:
    if not isinstance(roles, Mapping):
        yield Problem("ximu:roles", "应为对象", "must be an object")
        return
    yield from _strangers("ximu:roles", roles, ROLES)
    for role, name in roles.items():
        if name not in known:
            yield Problem(f"ximu:roles.{role}", f"没有字段“{name}”", f"there is no field “{name}”")


def _rule_problems(where: str, rule: Any, known: set[str]) -> Iterator[Problem]:
    if not isinstance(rule, Mapping) or rule.get("check") not in CHECKS:
        yield Problem(f"{where}.check", f"应为{'、'.join(CHECKS)}之一", f"must be one of {', '.join(CHECKS)}")
        return
    needed = CHECKS[rule["check"]]
    yield from _strangers(where, rule, _RULE_KEYS | needed)
    for key in sorted(needed - set(rule)):
        yield Problem(f"{where}.{key}", "缺少", "is missing")
    if not isinstance(rule.get("code"), str) or not CODE.fullmatch(rule["code"]):
        yield Problem(f"{where}.code", "应为大写代码，如DATE-ORDER", "must be an upper-case code such as DATE-ORDER")
    if rule.get("severity", "error") not in SEVERITIES:
        yield Problem(f"{where}.severity", "应为error或warning", "must be error or warning")
    pair = rule.get("fields", ["a", "b"])
    if not isinstance(pair, list) or len(pair) != 2:
        yield Problem(f"{where}.fields", "应为两个字段", "must name two fields")
        pair = []
    days = rule.get("days", 1)
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        yield Problem(f"{where}.days", "应为正整数", "must be a positive integer")
    when = rule.get("when", {"field": "", "in": ["-"]})
    if not isinstance(when, Mapping) or set(when) != {"field", "in"} or not isinstance(when["in"], list) or not when["in"]:
        yield Problem(f"{where}.when", "应为{field, in: [值…]}", "must be {field, in: [values…]}")
        when = {}
    named = [*(pair if "fields" in rule else []), rule.get("field"), when.get("field") if "when" in rule else None]
    for name in named:
        if name and name not in known:
            yield Problem(where, f"没有字段“{name}”", f"there is no field “{name}”")
