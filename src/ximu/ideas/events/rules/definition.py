"""What is an analysis definition? A SQL file for DuckDB whose header comment is the published method text.

    -- 名称: …          -- Title: …
    -- Dataset: hotline
    -- Parameters: first date, last date, unit text?
    -- (every other comment line of the header is the method, as published)

A `?` marks a parameter that may be left out (null).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

HEAD = re.compile(r"^--\s*(名称|Title|Dataset|Parameters)\s*[:：]\s*(.*)$")
KINDS = frozenset({"date", "text", "integer", "number"})


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    title: Text
    dataset: str
    parameters: tuple[Parameter, ...]
    method: str
    sql: str

    def envelope(self) -> dict[str, Any]:
        return {
            "name": self.name, "title_zh": self.title.zh, "title_en": self.title.en, "dataset": self.dataset, "method": self.method,
            "sql": self.sql, "parameters": [{"name": p.name, "type": p.kind, "optional": p.optional} for p in self.parameters],
        }


def read_definition(name: str, text: str) -> Definition:
    """Errors: `EVT-DEF` when the header lacks its title, dataset, parameters or method."""
    head: dict[str, str] = {}
    method: list[str] = []
    lines = text.strip().splitlines()
    comment = list(takewhile(lambda line: line.startswith("--"), lines))
    for line in comment:
        if found := HEAD.match(line):
            head[found[1]] = found[2].strip()
        else:
            method.append(line.removeprefix("--").strip())
    sql = "\n".join(lines[len(comment):]).strip().rstrip(";")
    if {"名称", "Title", "Dataset", "Parameters"} - head.keys() or not any(method) or not sql:
        raise Refusal(
            "EVT-DEF", field=name, value=",".join(head), rule="名称, Title, Dataset, Parameters, method, SQL",
            zh=f"分析定义“{name}”的抬头不完整。", en=f"The header of the definition “{name}” is not complete.",
        )
    parameters = tuple(_parameter(name, one) for one in head["Parameters"].split(",") if one.strip())
    return Definition(name, Text(head["名称"], head["Title"]), head["Dataset"], parameters, "\n".join(method).strip(), sql)


def _parameter(definition: str, text: str) -> Parameter:
    name, _, kind = text.strip().partition(" ")
    if kind.rstrip("?") not in KINDS:
        raise Refusal("EVT-DEF", field=definition, value=text.strip(), rule=" | ".join(sorted(KINDS)),
                      zh=f"分析定义“{definition}”的参数类型未知。", en=f"A parameter of the definition “{definition}” has an unknown type.")
    return Parameter(name, kind.rstrip("?"), kind.endswith("?"))


def bound(definition: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a run, read from text where need be. Errors: `EVT-PARAM`."""
    known = {p.name: p for p in definition.parameters}
    for name in given:
        if name not in known:
            raise _wrong(name, given[name], "、".join(known))
    return {name: _value(p, given.get(name)) for name, p in known.items()}


def _value(parameter: Parameter, value: Any) -> Any:
    if value is None or value == "":
        if parameter.optional:
            return None
        raise _wrong(parameter.name, "", "required")
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise _wrong(parameter.name, value, parameter.kind)
    plain = value.isoformat() if isinstance(value, date) else value
    try:
        match parameter.kind:
            case "date":
                return value if isinstance(value, date) else date.fromisoformat(str(value))
            case "integer":
                return int(plain)
            case "number":
                return float(plain)
            case _:
                return str(value)
    except (ValueError, OverflowError) as error:
        raise _wrong(parameter.name, value, "YYYY-MM-DD" if parameter.kind == "date" else parameter.kind) from error


def _wrong(name: str, value: object, rule: str) -> Refusal:
    return Refusal(
        "EVT-PARAM", field=name[:60], value=str(value)[:60], rule=rule, zh=f"参数“{name[:60]}”不能使用（{rule}）。",
        en=f"The parameter “{name[:60]}” cannot be used ({rule}).",
    )
