"""How is a thing called outside? By a random name that betrays neither order nor count."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u."""
LENGTH = 16
"""80 bits: no two of a million million are alike."""


def new_uid() -> str:
    number = secrets.randbits(LENGTH * 5)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(0, LENGTH * 5, 5))
