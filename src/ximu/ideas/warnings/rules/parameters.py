"""Which parameters does a method take? Published names (both spellings), published defaults, checked values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

ALIASES = {
    "transformation": "trans", "transform": "trans",
    "powertransform": "powertrans", "powertransformation": "powertrans", "power": "powertrans",
    "start": "from", "rangestart": "from", "first": "from", "end": "to", "rangeend": "to", "last": "to",
    "fitfunction": "fitfun", "threshold": "thresholdmethod", "frequency": "freq", "sigma": "minsigma",
    "pthreshold": "pthresholdtrend", "pastweeks": "pastweeksnotincluded", "periods": "noperiods",
    "weight": "lambda", "smoothing": "lambda",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its published name, default, how a text becomes a value, and the rule it must keep."""

    name: str
    default: Any
    read: Callable[[str], Any]
    keeps: Callable[[Any], bool]
    rule: str | Text


def folded(name: str) -> str:
    """`no_periods`, `noPeriods` and `no.periods` are one name."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return ALIASES.get(plain, plain)


def wrong(name: str, value: object, rule: str | Text) -> Refusal:
    """`rule` is a formula that reads the same in both languages, or a Text."""
    zh, rule = (rule.zh, rule.en) if isinstance(rule, Text) else (rule, rule)
    return Refusal(
        "DET-PARAM", field=name, value=str(value), rule=rule,
        zh=f"参数 {name} 的值“{value}”不合要求：{zh}。", en=f"The value “{value}” of parameter {name} is not allowed: {rule}.",
    )


def chosen(given: Iterable[tuple[str, str]], known: Iterable[Parameter]) -> dict[str, Any]:
    """Every parameter of the method: as given, else its default. An unknown name or bad value is refused."""
    by_name = {folded(p.name): p for p in known}
    values = {p.name: p.default for p in by_name.values()}
    for name, text in given:
        parameter = by_name.get(folded(name))
        if parameter is None:
            names = ", ".join(p.name for p in by_name.values())
            raise Refusal(
                "DET-PARAM", field=name, value=text, rule=names,
                zh=f"该方法没有参数 {name}；可用参数：{names}。", en=f"The method has no parameter {name}; it takes {names}.",
            )
        values[parameter.name] = _value(parameter, name, text)
    return values


def pairs(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Python values (`no_periods=10, trend=True, limit54=(5, 4)`) as the texts that `chosen` reads."""
    return [(name, ",".join(map(str, v)) if isinstance(v, list | tuple) else str(v)) for name, v in settings.items()]


def _value(parameter: Parameter, name: str, text: str) -> Any:
    try:
        value = parameter.read(text.strip())
    except (ValueError, OverflowError) as error:
        raise wrong(name, text, parameter.rule) from error
    if value is not None and not parameter.keeps(value):
        raise wrong(name, text, parameter.rule)
    return value


def number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def whole(text: str) -> int:
    value = number(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def truth(text: str) -> bool:
    folded_text = text.lower()
    if folded_text in {"true", "t", "1", "yes"}:
        return True
    if folded_text in {"false", "f", "0", "no"}:
        return False
    raise ValueError(text)


def nothing_or(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Also reads `NULL`, `none`, `default` and the empty text as not given."""
    return lambda text: None if text.lower() in {"", "null", "none", "default", "auto"} else read(text)


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        for word in words:
            if text.strip("\"'").lower() == word.lower():
                return word
        raise ValueError(text)
    return read


def pair(text: str) -> tuple[float, float]:
    found = re.fullmatch(r"(?:c\()?\s*([^,;\s]+)\s*[,;]\s*([^,;)\s]+)\s*\)?", text.strip("[] "))
    if found is None:
        raise ValueError(text)
    return number(found[1]), number(found[2])


def span(text: str) -> range:
    """`209:312`, `209-312`, `209..312`, `209,312` or one time."""
    found = re.fullmatch(r"(\d+)(?:\s*(?::|-|\.\.|,)\s*(\d+))?", text)
    if found is None:
        raise ValueError(text)
    return range(int(found[1]), int(found[2] or found[1]) + 1)


RANGE = (
    Parameter("range", None, nothing_or(span), lambda r: len(r) > 0, "A:B, 1 <= A <= B"),
    Parameter("from", None, nothing_or(whole), lambda v: v >= 1, Text("不小于 1 的时点", "a time >= 1")),
    Parameter("to", None, nothing_or(whole), lambda v: v >= 1, Text("不小于 1 的时点", "a time >= 1")),
    Parameter("freq", None, nothing_or(whole), lambda v: v >= 1,
              Text("每年期数，不小于 1（周 52、月 12、日 365）", "times per year, >= 1 (52 weeks, 12 months, 365 days)")),
)


def range_of(values: Mapping[str, Any], n: int) -> range | None:
    """The range asked for by `range`, or by `from` and `to`; None when nothing was asked."""
    if values["range"] is not None:
        return values["range"]
    if values["from"] is None and values["to"] is None:
        return None
    return range(1 if values["from"] is None else values["from"], (n if values["to"] is None else values["to"]) + 1)


def counted_from(values: Mapping[str, Any], first_t: int, n: int) -> dict[str, Any]:
    """The values with the range in positions 1..n, asked in the t of a table that goes from `first_t` on; refused when outside."""
    late, last_t = first_t - 1, first_t + n - 1
    asked = range_of(values, last_t)
    if asked is None:
        return dict(values)
    start = first_t if values["range"] is None and values["from"] is None else asked.start
    if start < first_t or asked.stop - 1 > last_t or asked.stop <= start:
        raise wrong("range" if values["range"] else "from" if values["from"] else "to", f"{start}:{asked.stop - 1}",
                    f"{first_t} <= from <= to <= {last_t}")
    return {**values, "range": range(start - late, asked.stop - late), "from": None, "to": None}
