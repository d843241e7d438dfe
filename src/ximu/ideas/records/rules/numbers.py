"""How is a record called by people? Twelve random characters and a check character (docs/decisions/0010)."""

from __future__ import annotations

import numpy as np

from ximu.kernel.refusal import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015, which offices here know: no I, O, S, V, Z."""
RANDOM = 12
LENGTH = RANDOM + 1
_VALUE = {char: place for place, char in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(1, RANDOM + 1))
_FAIR = 31 * 8
"""Bytes from here on are thrown away, so that every character is equally likely."""


def check_character(body: str) -> str:
    """Weights 3^i modulo the prime 31: finds every single wrong character and every exchange of two."""
    return ALPHABET[-sum(_VALUE[char] * weight for char, weight in zip(body, _WEIGHTS)) % 31]


def draw(entropy: bytes) -> list[str]:
    """Record numbers from random bytes, as many as they give."""
    given = np.frombuffer(entropy, dtype=np.uint8)
    fair = given[given < _FAIR] % 31
    bodies = fair[:len(fair) // RANDOM * RANDOM].reshape(-1, RANDOM).astype(np.int64)
    values = np.column_stack([bodies, -(bodies @ np.array(_WEIGHTS)) % 31])
    letters = np.frombuffer(ALPHABET.encode(), dtype="S1")[values]
    return [number.decode() for number in np.ascontiguousarray(letters).view(f"S{LENGTH}").ravel().tolist()]


def normal(text: str) -> str:
    """As written by people: spaces and hyphens dropped, capitals."""
    return "".join(char for char in text.upper() if char not in " -\u2014\uff0d")


def parse(text: str) -> str:
    """The number as it is kept. Errors: `REC-NUMBER` for a wrong length, character or check character."""
    number = normal(text)
    good = len(number) == LENGTH and all(char in _VALUE for char in number)
    if good and check_character(number[:RANDOM]) == number[RANDOM]:
        return number
    raise Refusal(
        "REC-NUMBER", field="number", value=text[:40], rule=f"{RANDOM}+1",
        zh="记录编号不正确，请核对每一位（共13位，末位为校验码）。",
        en="The record number is not correct; check each of its 13 characters, the last of which is a check character.",
    )
