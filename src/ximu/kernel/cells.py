"""When would a spreadsheet take a text for a formula? One function for all exports as CSV (OWASP; ASVS 1.2.10)."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
BLANK = " \u00a0\u3000\ufeff"


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula: an apostrophe goes before a dangerous beginning, also behind blanks."""
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip(BLANK).startswith(DANGEROUS) else text
