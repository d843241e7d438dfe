"""What does public safety announce? A duty that nobody did: a candidate for the register, by the way of all leads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DutyMissed:
    """Said once for each duty. `reference` is the duty's number, so that a second word adds nothing."""

    unit: str
    title: str
    words: str
    reference: str
    origin: str = "supervision"
