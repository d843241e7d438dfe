"""What do key areas announce? A finding that was confirmed: a candidate for the register, which goes the way of all leads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Said by a pack that has it among its `LEADS`. `reference` is the finding's number in its area, so that a second word adds nothing."""

    unit: str
    title: str
    words: str
    reference: str
    origin: str = "area"
