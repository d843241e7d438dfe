"""Names that only the key beside the database can make: of an address that follows a matter, and of the link in its mails."""

from __future__ import annotations

import hashlib
import hmac


def known(secret: bytes, matter: str, target: str, address: str) -> str:
    """64 hex digits, equal for equal addresses (case of letters does not count)."""
    return _name(secret, "address", matter, target, address.strip().lower())


def token(secret: bytes, follow: str) -> str:
    """64 hex digits: who has it may confirm or stop this one and nothing else."""
    return _name(secret, "link", follow)


def _name(secret: bytes, *parts: str) -> str:
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
