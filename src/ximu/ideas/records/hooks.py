"""What do records announce? Numbers and states only, nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordsMoved:
    """These records have gone from one state to another."""

    numbers: list[str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RecordsCorrected:
    """New versions stand beside the old ones; what was made from the old ones is out of date."""

    numbers: list[str]
