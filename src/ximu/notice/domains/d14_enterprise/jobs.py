"""Loads the area's year of a city profile: `d14/demands.csv`, as the enterprise service platform would send it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ximu.foundation import clock
from ximu.foundation.profiles import rows_of
from ximu.kernel.actor import Actor
from ximu.notice.domains.d14_enterprise import services


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Once the year is over; a second load adds nothing."""
    path = folder / "d14" / "demands.csv"
    days = [day for row in rows_of(path) for name, day in row.items() if name.endswith("_on") and name != "promised_on" and day]
    if not days or max(days) > clock.city_day(at).isoformat():
        return {"demands": 0}
    told = services.load_demands(path, batch=f"{folder.name}-d14", by=by, at=at)
    return {"demands": told["new"]}
