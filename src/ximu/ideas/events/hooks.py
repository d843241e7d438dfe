"""What events tell others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventsAppended:
    """A batch is in the store: `rows` new or corrected rows, `manifest` the digest after it."""

    dataset: str
    batch: str
    rows: int
    manifest: str
