"""What intake announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliveryCommitted:
    """A delivery became records; counts only, no content."""

    delivery: str
    item: str
    source: str
    new: int
    corrected: int


@dataclass(frozen=True, slots=True)
class UnitReminded:
    """A unit that had not delivered was reminded."""

    unit: str
    family: str
    month: str
