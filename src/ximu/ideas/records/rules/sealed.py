"""How does a sealed value stand in what was delivered, and to what is it bound?"""

from __future__ import annotations

MARK = "sealed"
HINT = f'"{MARK}":'
SALT_BYTES = 32


def about(number: str, version: int, name: str) -> str:
    """Sealed for this field of this version: in another place it does not open."""
    return f"record:{number}:{version}:{name}"


def salt_about(number: str, version: int) -> str:
    return f"record-salt:{number}:{version}"
