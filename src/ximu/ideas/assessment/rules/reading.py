"""How are values of a method file read? Keys, numbers and names, each refused with its place when wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

PLAIN_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?(/\d{1,30})?")
DEEPEST_EXPONENT = 60


def check_keys(table: Mapping[str, Any], allowed: Collection[str], where: str) -> None:
    """METH-KEY for a key that does not exist, with the nearest that does."""
    for key in table:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, 1)
            hint = (f"，是否指“{near[0]}”？", f" Did you mean “{near[0]}”?") if near else ("。", "")
            raise Refusal("METH-KEY", field=f"{where}.{key}", value=key, rule=" ".join(sorted(allowed)),
                          zh=f"{where}中没有键“{key}”{hint[0]}", en=f"{where} has no key “{key}”.{hint[1]}")


def table_of(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refusal("METH-FORM", field=where, value=str(value)[:80], rule="table",
                      zh=f"“{where}”应是一个表。", en=f"“{where}” must be a table.")
    return value


def list_of(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal("METH-FORM", field=where, value=str(value)[:80], rule="list",
                      zh=f"“{where}”应是一个列表。", en=f"“{where}” must be a list.")
    return value


def fraction(value: Any, where: str) -> Fraction:
    """An exact number from TOML's integer or decimal, or from text such as "0.25" or "1/3"."""
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value.strip()):
        bottom = value.partition("/")[2]
        if not bottom or int(bottom):
            return Fraction(Fraction(value.strip().partition("/")[0]), int(bottom or 1))
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < DEEPEST_EXPONENT:
        return Fraction(value)
    raise Refusal("METH-NUM", field=where, value=str(value)[:80], rule="number",
                  zh=f"“{where}”的值“{str(value)[:80]}”不是数字。", en=f"“{where}”: “{str(value)[:80]}” is not a number.")


def decimal(value: Any, where: str) -> Decimal:
    exact = fraction(value, where)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def number(value: Any, where: str) -> float:
    return float(fraction(value, where))


def plain(value: Any, where: str) -> Any:
    """Parameters with decimals as floats, lists kept."""
    if isinstance(value, list):
        return [plain(v, where) for v in value]
    if isinstance(value, Decimal):
        return number(value, where)
    if isinstance(value, dict):
        return {k: plain(v, where) for k, v in value.items()}
    return value


def shaped(value: Any, shape: Any, where: str) -> None:
    """METH-NORM for a parameter that does not look as it must: pair, pairs, number, flag, word or one of a set."""
    def is_number(v: Any) -> bool:
        return isinstance(v, int | float) and not isinstance(v, bool)

    def is_pair(v: Any) -> bool:
        return isinstance(v, list) and len(v) == 2 and all(map(is_number, v))

    tests: dict[str, Callable[[Any], Any]] = {
        "pair": is_pair, "pairs": lambda v: isinstance(v, list) and v and all(map(is_pair, v)), "number": is_number,
        "flag": lambda v: isinstance(v, bool), "number or flag": lambda v: is_number(v) or isinstance(v, bool),
        "number or word": lambda v: is_number(v) or isinstance(v, str),
    }
    sound = bool(tests[shape](value)) if isinstance(shape, str) else isinstance(value, str) and value in shape
    if not sound:
        told = shape if isinstance(shape, str) else " ".join(sorted(shape))
        raise Refusal("METH-NORM", field=where, value=str(value)[:80], rule=told,
                      zh=f"“{where}”的值“{str(value)[:80]}”不合要求（{told}）。",
                      en=f"“{where}”: “{str(value)[:80]}” is not right ({told}).")


def text(value: Any, fallback: str, where: str) -> Text:
    """A name in both languages: a table with zh and en, or one string for both."""
    if isinstance(value, dict):
        check_keys(value, {"zh", "en"}, where)
        given = [str(value[k]) for k in ("zh", "en") if value.get(k)] or [fallback]
        return Text(str(value.get("zh") or given[0]), str(value.get("en") or given[0]))
    words = str(value or fallback)
    return Text(words, words)


def one_of(value: Any, known: Any, where: str, code: str) -> str:
    """Canonical name by the `known` function of an operation, or a refusal with the code of its kind."""
    name = known(value) if isinstance(value, str) else ""
    if not name:
        refuse_name(value, where, code)
    return name


def refuse_name(value: Any, where: str, code: str) -> NoReturn:
    zh, en = f"“{where}”不认识“{value}”。", f"“{where}” does not know “{value}”."
    if code == "METH-NORM":
        raise Refusal("METH-NORM", field=where, value=str(value), zh=zh, en=en)
    if code == "METH-AGG":
        raise Refusal("METH-AGG", field=where, value=str(value), zh=zh, en=en)
    raise Refusal("METH-MISS", field=where, value=str(value), zh=zh, en=en)
