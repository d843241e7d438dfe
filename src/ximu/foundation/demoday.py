"""When did the demonstration's day begin? A set clock runs on through restarts, so that time never goes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from ximu.foundation.whole import write_whole


def started(home: Path, clock: str) -> datetime:
    """The real moment that stands for `clock` (`XIMU_CLOCK`): remembered in `home`, now for a clock not yet seen."""
    now = datetime.now(UTC)
    note = home / "demo-clock.json"
    if not clock:
        return now
    try:
        kept = json.loads(note.read_text("utf-8"))
        if kept["clock"] == clock:
            return datetime.fromisoformat(kept["started"])
    except (OSError, ValueError, KeyError):
        pass
    home.mkdir(parents=True, exist_ok=True)
    write_whole(note, json.dumps({"clock": clock, "started": now.isoformat()}))
    return now
