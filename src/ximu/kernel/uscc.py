"""Is this a unified social credit code (统一社会信用代码)? GB 32100-2015 with GB 11714 inside."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015 (no I, O, Z, S, V); a character's value is its index."""
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
"""GB 32100-2015 §4: Wi = 3^(i-1) mod 31 for positions 1-17."""
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11714 weights for the eight characters of the organisation code."""
LONGEST = 200
"""More characters are no code, whatever is looked at; and looking at a million costs minutes."""
_VALUE = {c: i for i, c in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty when valid; `expected` is the right check character where one can be named.

    `warning` carries what is odd but lawful (the inner GB 11714 check: real codes exist that fail it).
    """

    input: str
    code: str
    valid: bool
    reason: str = ""
    expected: str = ""
    warning: str = ""


def normalise(text: str) -> str:
    """Full-width to half-width, upper case, without spaces or hyphens."""
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST]).upper().split()).replace("-", "")


def check_character(first_17: str) -> str:
    """C18 = (31 - Σ Ci·Wi mod 31) mod 31 (GB 32100-2015 §4)."""
    return ALPHABET[-sum(_VALUE[c] * w for c, w in zip(first_17, WEIGHTS)) % 31]


def inner_check_character(body: str) -> str:
    """GB 11714: C9 = 11 - Σ mod 11, 10 written X, 11 written 0; letters count A=10 … Z=35."""
    rest = 11 - sum(int(c, 36) * w for c, w in zip(body, INNER_WEIGHTS)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def check(text: str) -> Verdict:
    """Reasons: `length`, `character`, `region`, `check`; warnings: `inner-check`."""
    code = normalise(text)
    if len(code) != 18:
        return Verdict(text, code, False, "length")
    if any(c not in _VALUE for c in code):
        return Verdict(text, code, False, "character")
    if not code[2:8].isdigit():
        return Verdict(text, code, False, "region")
    expected = check_character(code[:17])
    if code[17] != expected:
        return Verdict(text, code, False, "check", expected)
    inner = inner_check_character(code[8:16])
    return Verdict(text, code, True, expected=expected, warning="" if code[16] == inner else "inner-check")


def is_public_body(code: str) -> bool:
    """An organ (11), a public institution (12) or another body under 机构编制 (13, 19): GB 32100-2015 table 1."""
    return code[:2] in {"11", "12", "13", "19"}
