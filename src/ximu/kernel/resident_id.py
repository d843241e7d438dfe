"""Is this a resident identity number (公民身份号码)? GB 11643-1999."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643-1999 §5: Wi = 2^(18-i) mod 11."""
LONGEST = 200
"""More characters are no number; looking at a million costs minutes."""
CHECK = "10X98765432"
PROVINCES = frozenset(str(n) for block in (
    range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), (71, 81, 82, 83),
) for n in block)
"""GB/T 2260 province codes; 81-83 also open the residence permits of Hong Kong, Macao and Taiwan people."""
FIRST_YEAR = 1870
"""Nobody living was born before; an earlier year is a typing error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty when valid; `expected` is the right check character where one can be named."""

    input: str
    valid: bool
    reason: str = ""
    expected: str = ""


def normalise(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST]).upper().split())


def check_character(first_17: str) -> str:
    return CHECK[sum(int(c) * w for c, w in zip(first_17, WEIGHTS)) % 11]


def check(text: str, *, today: date) -> Verdict:
    """Reasons: `length`, `character`, `region`, `date`, `future`, `check`. Former district codes stay valid."""
    number = normalise(text)
    if len(number) != 18:
        return Verdict(text, False, "length")
    body, last = number[:17], number[17]
    if not (body.isascii() and body.isdigit()) or last not in CHECK:
        return Verdict(text, False, "character")
    if number[:2] not in PROVINCES:
        return Verdict(text, False, "region")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Verdict(text, False, "date")
    if born > today:
        return Verdict(text, False, "future")
    if born.year < FIRST_YEAR:
        return Verdict(text, False, "date")
    expected = check_character(body)
    return Verdict(text, last == expected, "" if last == expected else "check", expected)
