"""What does supervision announce? A finding that must be rectified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FindingMade:
    finding: str
    unit: str
    topic: str
    words: str
