"""Who is asking, and with which rights now?"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from ximu.foundation.rooms import toml_of
from ximu.ideas.accounts import rules
from ximu.ideas.accounts.models import User
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text


@cache
def roles() -> dict[str, rules.Role]:
    """All roles, from every room's `roles.toml`."""
    return {
        code: rules.Role(code, Text(r["zh"], r["en"]), Text(r["about_zh"], r["about_en"]), frozenset(r["never_with"]))
        for _, table in toml_of("roles.toml") for code, r in table.items()
    }


@cache
def permissions() -> tuple[rules.Permission, ...]:
    """All permissions, from every room's `permissions.toml`."""
    return tuple(
        rules.Permission(code, Text(p["zh"], p["en"]), frozenset(p["roles"]))
        for _, table in toml_of("permissions.toml") for code, p in table.items()
    )


def actor_for(user: User, *, at: datetime, channel: str = "console") -> Actor:
    """The actor behind an account, with the grants that live at that time."""
    grants = tuple(
        rules.grant_of(g.role, g.unit, permissions())
        for g in user.grants.all() if rules.living(g.granted_at, g.until, g.revoked_at, at=at)
    )
    return Actor(user.uid, user.unit or None, grants, user.person, channel, user.display_name)
