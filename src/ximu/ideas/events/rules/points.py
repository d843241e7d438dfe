"""Whose values belong to a span of days?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Expected:
    """A point of the roster. Its values count for `unit`, and for `whole` too where that is named."""

    code: str
    name: str
    unit: str
    whole: str
    since: date
    until: date | None

    def counts_in(self, first: date, last: date) -> bool:
        """There from the first day of the span to the last."""
        return self.since <= first and (self.until is None or self.until >= last)

    @property
    def units(self) -> tuple[str, ...]:
        return (self.unit, self.whole) if self.whole else (self.unit,)
