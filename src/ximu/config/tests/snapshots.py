"""The made-up city of tests is loaded once a process and copied afterwards: the same rows, by the database's own means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ximu.config import profiles
from ximu.foundation.tests.loaded import loaded
from ximu.kernel.actor import SYSTEM


def load(city: str, *, at: datetime, then: Callable[[], object] = lambda: None) -> None:
    """As `profiles.load` and `then`, into an empty database. What `then` leaves is kept with the city; a `then` is known by its name."""
    def both() -> None:
        profiles.load(city, by=SYSTEM, at=at)
        then()

    loaded(f"{city} {at.isoformat()} {then.__qualname__}", both, home=True)
