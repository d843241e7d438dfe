"""What does a compiled release say? Reading OCDS 1.1 without believing that any field is there or well typed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

Release = dict[str, Any]
NOT_SUBMITTED = {"invited", "withdrawn"}
FINAL = {"active", "cancelled", "unsuccessful"}


def at(value: Any, *path: str) -> Any:
    """The value under a path of object members, None where it breaks."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str | None:
    found = at(value, *path)
    return found if isinstance(found, str) else None


def items(value: Any, *path: str) -> list[Any]:
    found = at(value, *path)
    return found if isinstance(found, list) else []


def moment_of(text: str | None) -> datetime | None:
    """A moment with its offset; None where the text is none, or a day only."""
    try:
        found = datetime.fromisoformat(text) if text and len(text) > 10 else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def number(value: Any, *path: str) -> float | None:
    """A finite number; what no computer counts with (Infinity, NaN, a thousand digits) is no number."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        return plain if math.isfinite(plain := float(found)) else None
    except OverflowError:
        return None


def ids(value: Any, *path: str) -> list[str]:
    """The string ids of an array of organisation references."""
    return [i for one in items(value, *path) if (i := text(one, "id")) is not None]


def submitted_bids(release: Release) -> list[Any]:
    """Pending, valid and disqualified bids: a bid with a status that is neither invited nor withdrawn."""
    return [b for b in items(release, "bids", "details") if (s := text(b, "status")) is not None and s not in NOT_SUBMITTED]


def final_awards(release: Release) -> tuple[list[Any], list[Any]] | None:
    """(active awards, bids) if every award with a status is in a final state; None otherwise."""
    if not isinstance(at(release, "awards"), list) or not isinstance(at(release, "bids", "details"), list):
        return None
    active = []
    for award in items(release, "awards"):
        status = text(award, "status")
        if status is not None and status not in FINAL:
            return None
        if status == "active":
            active.append(award)
    return active, items(release, "bids", "details")


def single_winner(release: Release) -> tuple[str, list[Any]] | None:
    """(supplier id, bids) where exactly one active award names exactly one supplier."""
    found = final_awards(release)
    if found is None or len(found[0]) != 1:
        return None
    suppliers = items(found[0][0], "suppliers")
    winner = text(suppliers[0], "id") if len(suppliers) == 1 else None
    return (winner, found[1]) if winner is not None else None


def valid_single_bids(bids: list[Any]) -> Iterator[tuple[str, Any]]:
    """(tenderer id, bid) of valid bids by exactly one tenderer."""
    for bid in bids:
        tenderers = items(bid, "tenderers")
        if text(bid, "status") == "valid" and len(tenderers) == 1 and (who := text(tenderers[0], "id")) is not None:
            yield who, bid


def is_cancelled(release: Release) -> bool:
    return text(release, "tender", "status") == "cancelled"


def method_details_match(release: Release, include: frozenset[str], exclude: frozenset[str]) -> bool:
    """An allow list works only when it is not empty; a deny list always."""
    details = text(release, "tender", "procurementMethodDetails")
    if details is None:
        return not include
    return details in include if include else details not in exclude
