"""Background verbs of the plan; the plan's part of a city profile: `plan/notice.*`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ximu.foundation import clock
from ximu.kernel.actor import Actor
from ximu.notice.plan.services import importing


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Import each notice of the profile; one that is there already adds nothing."""
    new = 0
    for path in sorted((folder / "plan").glob("notice*.*")):
        new += importing.import_plan(path.name, path.read_bytes(), by=by, at=at, on=clock.city_day(at)).new
    return {"rows": new}
