"""Lines of the duty list for tests, in the made-up city."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from ximu.foundation.profiles import uid_of
from ximu.ideas.places import services
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant

AT = datetime(2018, 4, 2, 1, tzinfo=UTC)
OFFICE, SECOND = (Actor(name, grants=(Grant("all", frozenset({EVERY_RIGHT})),), person=name) for name in ("office", "second"))


def u(key: str) -> str:
    return uid_of("example", key)


def clerk(key: str, *permissions: str) -> Actor:
    """Somebody of that unit only."""
    return Actor(f"clerk-{key}", u(key), (Grant("entry", frozenset(permissions), u(key)),), f"clerk-{key}")


def line(unit: str, *, district: str = "q01", since: date = date(2018, 1, 1), by: Actor = OFFICE, at: datetime = AT, **more: Any) -> str:
    street = u(more.pop("street")) if more.get("street") else ""
    new = services.NewDuty(u(unit), u(district), since, more.pop("basis", "示责清〔2018〕1号"), street=street, **more)
    return services.list_duty(new, by=by, at=at)
