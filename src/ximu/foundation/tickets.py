"""Proof that this human handed this paper in: whoever merely knows a digest must not read the paper by lodging it as its own."""

from __future__ import annotations

import hmac

from ximu.foundation import vault


def ticket_for(digest: str, human: str) -> str:
    return hmac.digest(vault.secret("papers"), f"{human}:{digest}".encode(), "sha256").hex()


def is_ticket(ticket: str, digest: str, human: str) -> bool:
    return hmac.compare_digest(ticket_for(digest, human).encode(), ticket.encode("utf-8", "replace"))
