"""What runs every day: limits that passed, units that ended, stops that did not confirm."""

from __future__ import annotations

from datetime import datetime

from ximu.ideas.casework import services
from ximu.kernel.actor import SYSTEM


def sweep(*, at: datetime) -> dict[str, int]:
    """May run as often as one likes: a second pass on the same day finds nothing."""
    return {
        "handed_over": services.hand_over_ended(by=SYSTEM, at=at), "late": services.sweep_deadlines(at=at),
        **services.sweep_effects(at=at), **{name: work(at=at) for name, work in services.daily().items()},
    }
