"""Which role carries which right, and which roles exclude each other? (GB/T 22239-2019 §8.1.5)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ximu.kernel.actor import Grant
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    name: Text
    about: Text
    never_with: frozenset[str]


@dataclass(frozen=True, slots=True)
class Permission:
    code: str
    name: Text
    roles: frozenset[str]


def permissions_of(role: str, permissions: Iterable[Permission]) -> frozenset[str]:
    return frozenset(p.code for p in permissions if role in p.roles)


def clash(held: Iterable[str], wanted: str, roles: Mapping[str, Role]) -> str:
    """The role already held that forbids `wanted`, or an empty string. `*` excludes every other role."""
    for other in held:
        if other == wanted:
            continue
        for one, two in ((other, wanted), (wanted, other)):
            if two in roles[one].never_with or "*" in roles[one].never_with:
                return other
    return ""


def living(granted_at: datetime, until: datetime | None, revoked_at: datetime | None, *, at: datetime) -> bool:
    return granted_at <= at and (until is None or at < until) and (revoked_at is None or at < revoked_at)


def grant_of(role: str, unit: str, permissions: Iterable[Permission]) -> Grant:
    return Grant(role, permissions_of(role, permissions), unit or None)
