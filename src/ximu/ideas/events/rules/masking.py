"""How much of a personal value is shown to someone who need not see it whole? (GB/T 37964: suppression, masking.)"""

from __future__ import annotations


def masked(value: str | None, mask: str) -> str | None:
    """`name` 张**, `phone` 138****5678, `hide` ***."""
    if value is None or value == "":
        return value
    if mask == "name":
        return value[0] + "*" * max(1, len(value) - 1)
    if mask == "phone" and len(value) >= 8:
        return value[:3] + "*" * (len(value) - 7) + value[-4:]
    return "***"
