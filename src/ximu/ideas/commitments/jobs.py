"""The daily evaluation; a city's example promises (`commitments/promises.csv` of its profile)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.commitments import services
from ximu.kernel.actor import Actor


def evaluate_today(*, by: Actor, at: datetime) -> dict[str, int]:
    """Run once a day by the worker."""
    done = services.evaluate(by=by, at=at)
    return {"turned": done.turned, "overdue": done.overdue, "lapsed": done.lapsed, "measured": done.measured}


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """The promises of the profile; those that are on record are left alone."""
    rows = rows_of(folder / "commitments" / "promises.csv")
    known = len(rows)
    if rows:
        city = folder.name
        made = [services.promise_of(r, unit=uid_of(city, r["unit"]), uid=uid_of(city, f"promise:{r['reference']}")) for r in rows]
        services.register_many(made, by=by, at=at)
    return {"promises": known}
