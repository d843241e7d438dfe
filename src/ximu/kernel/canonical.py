"""Which bytes stand for this value? RFC 8785 canonical JSON, fast where values are plain."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import rfc8785

_SAFE_INTEGER = 2**53 - 1


def _is_plain(value: Any) -> bool:
    """Most values are text: asked first, and without a call for each member."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        return -_SAFE_INTEGER <= value <= _SAFE_INTEGER
    if isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str) or not key.isascii() or (type(member) is not str and not _is_plain(member)):
                return False
        return True
    if isinstance(value, list | tuple):
        return all(type(member) is str or _is_plain(member) for member in value)
    return False


def canonical(value: Any) -> bytes:
    """RFC 8785 (JCS) bytes of a JSON value.

    Key order is by UTF-16 code unit (§3.2.3). For ASCII keys and values without floats orjson gives
    the same bytes much faster; everything else goes through `rfc8785`.
    Errors: ValueError (rfc8785.CanonicalizationError) for values that JSON cannot hold.
    """
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError as error:
            raise ValueError(str(error)) from error
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
