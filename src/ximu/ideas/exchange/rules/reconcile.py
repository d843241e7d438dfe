"""Do both sides hold the same? Compared by record number, with the counts of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Balance:
    """`missing` there, `extra` there (we recalled it, or never sent it), `different` in content."""

    ours: int
    theirs: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def even(self) -> bool:
        return not (self.missing or self.extra or self.different)


def balance(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Balance:
    """Number → digest of the row that counts, on each side."""
    both = ours.keys() & theirs.keys()
    return Balance(
        len(ours), len(theirs), tuple(sorted(ours.keys() - both)), tuple(sorted(theirs.keys() - both)),
        tuple(sorted(number for number in both if ours[number] != theirs[number])),
    )
