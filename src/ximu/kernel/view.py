"""Through which glasses does one look? A query that leaves its room takes one of these."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class View(Protocol):
    """Made only by the disclosure room; asked by every query whose result leaves a room."""

    @property
    def name(self) -> str:
        """A short, stable name of the audience: part of the replayable reason of what was shown."""

    def allows(self, item: str, field: str, status: str) -> bool:
        """May this viewer see `field` of records of `item` in `status`?"""
