"""What time is it? The only place that asks the machine; everything else is told."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from ximu.kernel.zone import CITY


def now() -> datetime:
    """Aware, in UTC. A demonstration or a test may set the day by `XIMU_CLOCK` (ISO date or date-time, city time)."""
    real = timezone.now()
    if not settings.XIMU_CLOCK:
        return real
    base = datetime.fromisoformat(settings.XIMU_CLOCK)
    if base.tzinfo is None:
        base = base.replace(tzinfo=CITY)
    return base + (real - settings.XIMU_STARTED)


def telephone() -> datetime:
    """The real time, also in a demonstration that has its own day: authenticator apps know no other."""
    return timezone.now()


def today() -> date:
    """The calendar day in the city."""
    return city_day(now())


def city_day(moment: datetime) -> date:
    return moment.astimezone(CITY).date()


def start_of(day: date) -> datetime:
    """Midnight at which the day begins in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY)


def end_of(day: date) -> datetime:
    """The last microsecond of the day in the city."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=CITY)
