"""What does this room announce?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """A new edition of the lists will judge from `in_force` (ISO day) on."""

    number: str
    in_force: str
    digest: str
