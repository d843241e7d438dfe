"""The made-up city, loaded through the services as `make run` does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ximu.foundation.tests.loaded import loaded
from ximu.ideas.registry import jobs
from ximu.kernel.actor import SYSTEM

AT = datetime(2020, 1, 1, tzinfo=UTC)
CITIES = Path(__file__).parents[3] / "config" / "cities"


def load(city: str = "example", *, at: datetime = AT) -> dict[str, int]:
    return loaded(f"registry of {city} at {at}", lambda: jobs.load_profile(CITIES / city, by=SYSTEM, at=at))
