"""What runs every day: limits that passed, units that ended, stops that did not confirm, and what rooms and packs do beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from ximu.foundation.apart import Apart
from ximu.ideas.casework import services
from ximu.kernel.actor import SYSTEM

Done = dict[str, int]


def limits(*, at: datetime) -> Done:
    """What the engine itself does. Errors: `PartlyError`."""
    return _all({"handed_over": partial(services.hand_over_ended, by=SYSTEM, at=at), "late": partial(services.sweep_deadlines, at=at),
                 "effects": partial(services.sweep_effects, at=at)})


def sweep(*, at: datetime) -> Done:
    """All at once, by hand; may run as often as one likes: a second pass on the same day finds nothing. Errors: `PartlyError`."""
    return _all({"limits": lambda: limits(at=at), **{name: partial(work, at=at) for name, work in services.daily().items()}})


def _all(works: dict[str, Callable[[], int | Done]]) -> Done:
    """One that fails stops no other."""
    apart, done = Apart("cases"), Done()
    for name, work in works.items():
        found = apart.run(work, name=name, whole=False)
        if found is not None:
            done |= found if isinstance(found, dict) else {name: found}
    apart.tell()
    return done
