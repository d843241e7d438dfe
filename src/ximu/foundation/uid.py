"""How is a thing called outside? By a random name that betrays neither order nor count."""

from __future__ import annotations

import os

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u."""
LENGTH = 16
"""80 bits: no two of a million million are alike."""


_TABLE = bytes(ord(ALPHABET[byte & 31]) for byte in range(256))


def new_uid() -> str:
    """Sixteen random bytes, five bits of each."""
    return os.urandom(LENGTH).translate(_TABLE).decode()


def new_uids(count: int) -> list[str]:
    """Many at once, with one call for the random bytes."""
    pool = os.urandom(LENGTH * count).translate(_TABLE).decode()
    return [pool[start:start + LENGTH] for start in range(0, LENGTH * count, LENGTH)]
