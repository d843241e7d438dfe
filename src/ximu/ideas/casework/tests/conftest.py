"""Limits in working days end on days whose calendar is known, whenever the tests run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def known_day(settings: LazySettings) -> None:
    """Pages and programs ask the clock; from the middle of December on the limits of today end in a year that nobody has loaded yet."""
    settings.XIMU_CLOCK, settings.XIMU_STARTED = "2026-03-02T09:00:00", datetime.now(UTC)
