"""Which role carries which right, and which roles exclude each other? (GB/T 22239-2019 §8.1.5)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ximu.kernel.actor import Grant
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Role:
    """`bound`: makes sense only for one unit or one civil servant, never for the whole city."""

    code: str
    name: Text
    about: Text
    never_with: frozenset[str]
    bound: bool = False


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


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must be; `change_days` 0 means never by age. `source` is the rule's legal basis."""

    source: str
    least_length: int
    least_classes: int
    history: int
    change_days: int


MOST_LENGTH = 128
CLASSES = (str.islower, str.isupper, str.isdigit)


def classes_of(password: str) -> int:
    """How many of lower case, upper case, digits and other signs does it use?"""
    return sum(any(is_kind(c) for c in password) for is_kind in CLASSES) + any(not c.isalnum() for c in password)


def password_faults(password: str, *, login: str, policy: PasswordPolicy) -> list[Text]:
    """Everything that is wrong with it, so that a person needs to try only once more."""
    faults = []
    if not policy.least_length <= len(password) <= MOST_LENGTH:
        faults.append(Text(f"长度应为{policy.least_length}至{MOST_LENGTH}个字符", f"use {policy.least_length} to {MOST_LENGTH} characters"))
    if classes_of(password) < policy.least_classes:
        faults.append(Text(
            f"应包含大写字母、小写字母、数字、符号中的至少{policy.least_classes}类",
            f"use at least {policy.least_classes} of upper case, lower case, digits and signs",
        ))
    if login and login.lower() in password.lower():
        faults.append(Text("不得包含登录名", "do not put the login into it"))
    return faults


def too_old(set_at: datetime | None, policy: PasswordPolicy, *, at: datetime) -> bool:
    return bool(policy.change_days) and (set_at is None or at - set_at > timedelta(days=policy.change_days))


ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


def may_hold_key(role: str) -> bool:
    """A program never holds an administrator's role."""
    return role not in ADMINISTRATORS
