"""Where is the city? The one place that says by which clock its days begin."""

from __future__ import annotations

from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")
"""Eight hours ahead of UTC, nine in the summers of 1986 to 1991 (IANA time zone database)."""
