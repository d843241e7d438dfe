"""What does this room announce? A lead that was cut off from its report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeadReleased:
    """Social supervision found something at `unit`: the words are the handler's own, the month is as exact as it gets."""

    lead: str
    unit: str
    topic: str
    words: str
    month: str
