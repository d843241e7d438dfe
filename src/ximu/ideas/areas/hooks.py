"""What does an area announce? Something that is a candidate for the register; numbers and codes only, nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Established:
    """It becomes a lead of `origin` with this reference, once; `unit` is the body that answers for it today."""

    unit: str
    title: str
    words: str
    reference: str
    origin: str = "area"
