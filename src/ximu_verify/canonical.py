"""Which bytes stand for a JSON value? RFC 8785, read strictly: a file is accepted only in its canonical form."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

SAFE_INTEGER = 2**53 - 1


class FormError(ValueError):
    """The bytes are not the canonical form of a JSON value."""


def load(data: bytes) -> Any:
    """Parse, and demand that the canonical form of the value is `data` itself: no spaces, no second member of one name,
    no other spelling of a number or a character, nothing after the end. Errors: FormError."""
    try:
        value = json.loads(data.decode(), parse_int=_whole, parse_constant=_refuse, object_pairs_hook=_members)
        again = dump(value)
    except (ValueError, RecursionError) as error:
        raise FormError("not JSON that can be canonical") from error
    if again != data:
        raise FormError("not in canonical form")
    return value


def dump(value: Any) -> bytes:
    """RFC 8785 bytes. Errors: FormError."""
    try:
        return _text(value).encode()
    except (UnicodeError, RecursionError) as error:
        raise FormError("not a JSON value") from error


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) <= SAFE_INTEGER:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
    raise FormError(f"{type(value).__name__} has no canonical form")


def _number(value: float) -> str:
    """ECMAScript's Number::toString, as RFC 8785 §3.2.2.3 demands."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if 0 < point <= 21:
        body = text.ljust(point, "0") if len(text) <= point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = f"0.{'0' * -point}{text}"
    else:
        body = f"{text[0]}{'.' if len(text) > 1 else ''}{text[1:]}e{point - 1:+d}"
    return "-" * sign + body


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 17 and abs(int(text)) <= SAFE_INTEGER else float(text)


def _refuse(text: str) -> Any:
    raise FormError(f"{text} is not JSON")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise FormError("a member stands twice")
    return members
