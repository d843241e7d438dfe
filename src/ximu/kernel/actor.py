"""Who acts? Every service is told through `by=`; the log keeps only the pseudonymous code."""

from __future__ import annotations

from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal

EVERY_RIGHT = "*"
"""Held by `SYSTEM` only; no role's `permissions.toml` can give it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for a unit (its uid) or, with `unit` None, for the whole city."""

    role: str
    permissions: frozenset[str]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, program or office that acts. `uid` is random and says nothing about the person.

    `person` identifies the human behind several accounts, so that two-person acts need two people.
    """

    uid: str
    unit: str | None = None
    grants: tuple[Grant, ...] = ()
    person: str = ""
    channel: str = "console"
    label: str = field(default="", compare=False)

    @property
    def human(self) -> str:
        return self.person or self.uid

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(g.role for g in self.grants)

    def can(self, permission: str, unit: str | None = None) -> bool:
        """`unit` None asks whether the permission is held anywhere at all."""
        return any(
            (permission in g.permissions or EVERY_RIGHT in g.permissions)
            and (unit is None or g.unit is None or g.unit == unit) for g in self.grants
        )

    def units_with(self, permission: str) -> frozenset[str] | None:
        """The units for which the permission is held; None means the whole city."""
        held = [g.unit for g in self.grants if permission in g.permissions or EVERY_RIGHT in g.permissions]
        return None if None in held else frozenset(u for u in held if u)

    def must(self, permission: str, unit: str | None = None) -> None:
        """Errors: `PERM-DENIED` when the right is not held."""
        if not self.can(permission, unit):
            raise Refusal(
                "PERM-DENIED", status=403, field="by", value=permission, rule=permission,
                zh=f"您没有“{permission}”权限，不能办理此事项。",
                en=f"You do not hold the right “{permission}” needed for this.",
            )


SYSTEM = Actor(uid="system", channel="system", label="系统", grants=(Grant("system", frozenset({EVERY_RIGHT})),))
"""The platform itself: sweeps, imports at set-up, scheduled work."""
