"""Who is asking, and with which rights now?"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tomllib import loads

from django.conf import settings
from django.db.models import QuerySet

from ximu.foundation import clock
from ximu.foundation.resealing import Place, text_place
from ximu.foundation.rooms import toml_of
from ximu.ideas.accounts import rules
from ximu.ideas.accounts.models import ApiKey, AuditEntry, RoleGrant, SecondFactor, User
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

KEY = re.compile(r"ximu_([0-9a-z]{8})_[0-9a-z]{40}")


@cache
def roles() -> dict[str, rules.Role]:
    """All roles, from every room's `roles.toml`."""
    return {
        code: rules.Role(code, Text(r["zh"], r["en"]), Text(r["about_zh"], r["about_en"]), frozenset(r["never_with"]),
                         bool(r.get("bound", False)))
        for _, table in toml_of("roles.toml") for code, r in table.items()
    }


@cache
def permissions() -> tuple[rules.Permission, ...]:
    """All permissions, from every room's `permissions.toml`."""
    return tuple(
        rules.Permission(code, Text(p["zh"], p["en"]), frozenset(p["roles"]))
        for _, table in toml_of("permissions.toml") for code, p in table.items()
    )


@cache
def _policies() -> dict[str, list[tuple[date, rules.PasswordPolicy]]]:
    table = loads((Path(__file__).parent / "policies.toml").read_text("utf-8"))
    return {
        profile: sorted(
            ((row.pop("from"), rules.PasswordPolicy(**row)) for row in rows), key=lambda pair: pair[0], reverse=True,
        )
        for profile, rows in table.items()
    }


def password_policy(*, at: datetime) -> rules.PasswordPolicy:
    """The policy of the deployment's profile that is in force on that day; before the first one, the first."""
    known = _policies()[settings.XIMU_PASSWORDS]
    return next((policy for start, policy in known if start <= clock.city_day(at)), known[-1][1])


Finder, Namer = Callable[[str, date], str], Callable[[str, date], str]
_scopes: dict[str, Callable[[str, date], str]] = {}


def register_scopes(find: Finder, name: Namer) -> None:
    """Who knows the units and people to whom a role may be limited: `find` reads words as a uid or refuses, `name` reads it back."""
    _scopes.update(find=find, name=name)


def scope_of(words: str, *, at: datetime) -> str:
    """The uid of the unit or civil servant that is meant; empty is the whole city. Errors: those of the finder."""
    words = words.strip()
    return _scopes["find"](words, clock.city_day(at)) if words and "find" in _scopes else words


def scope_name(uid: str, *, at: datetime) -> str:
    return _scopes["name"](uid, clock.city_day(at)) if uid and "name" in _scopes else uid


def _living(user: User, *, at: datetime) -> list[RoleGrant]:
    return [g for g in user.grants.all() if rules.living(g.granted_at, g.until, g.revoked_at, at=at)]


def roles_held(user: User, *, at: datetime) -> frozenset[str]:
    return frozenset(g.role for g in _living(user, at=at))


def others_with(role: str, *, besides: User, at: datetime) -> int:
    """How many other active accounts hold the role?"""
    holders = User.objects.filter(is_active=True, grants__role=role).exclude(pk=besides.pk).distinct().prefetch_related("grants")
    return sum(role in roles_held(user, at=at) for user in holders)


def actor_for(user: User, *, at: datetime, channel: str = "console") -> Actor:
    """The actor behind an account, with the grants that live at that time."""
    grants = tuple(rules.grant_of(g.role, g.unit, permissions()) for g in _living(user, at=at))
    return Actor(user.uid, user.unit or None, grants, user.person, channel, user.display_name)


def actor_for_key(text: str, *, at: datetime) -> Actor | None:
    """The program behind a key; None when the key is unknown, ended, revoked, or its keeper no longer holds the role."""
    shape = KEY.fullmatch(text)
    key = ApiKey.objects.select_related("keeper").filter(prefix=shape[1]).first() if shape else None
    if key is None or not hmac.compare_digest(key.digest, hashlib.sha256(text.encode()).hexdigest()):
        return None
    if not rules.living(key.issued_at, key.until, key.revoked_at, at=at) or not key.keeper.is_active:
        return None
    if not any(g.role == key.role and g.unit in ("", key.unit) for g in _living(key.keeper, at=at)):
        return None
    unit = key.unit or key.keeper.unit or None
    return Actor(key.uid, unit, (rules.grant_of(key.role, key.unit, permissions()),), key.keeper.person, "api", key.label)


def account(uid: str) -> User:
    """Errors: `ACCOUNT-NONE`."""
    found = User.objects.filter(uid=uid).first()
    if found is None:
        raise absent("ACCOUNT-NONE", field="account", value=uid[:16], zh="个账号", en="account")
    return found


def names_of(uids: Iterable[str]) -> dict[str, str]:
    """The names of accounts, for pages that say who did something."""
    return dict(User.objects.filter(uid__in=set(uids)).values_list("uid", "display_name"))


def people_of(uids: Iterable[str]) -> set[str]:
    """The humans behind accounts and keys, and those of these uids that are neither."""
    asked = set(uids)
    behind = dict(User.objects.filter(uid__in=asked).values_list("uid", "person"))
    behind |= dict(ApiKey.objects.filter(uid__in=asked).values_list("uid", "keeper__person"))
    return {behind.get(uid) or uid for uid in asked}


def account_by_login(login: str) -> User:
    found = User.objects.filter(login=login).first()
    if found is None:
        raise absent("ACCOUNT-NONE", field="login", value=login[:60], zh="个账号", en="account")
    return found


def grant(uid: str) -> RoleGrant:
    """Errors: `GRANT-NONE`."""
    found = RoleGrant.objects.select_related("user").filter(uid=uid).first()
    if found is None:
        raise absent("GRANT-NONE", field="grant", value=uid[:16], zh="项授权", en="grant")
    return found


def accounts() -> QuerySet[User]:
    return User.objects.order_by("login").prefetch_related("grants")


def grants_of(user: User, *, at: datetime) -> list[RoleGrant]:
    return sorted(_living(user, at=at), key=lambda g: g.granted_at)


def keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("keeper").order_by("-issued_at", "pk")


def audit(*, actor: str = "", act: str = "", about: str = "", refused: bool = False) -> QuerySet[AuditEntry]:
    """The trail, newest first. The page that shows it asks `accounts.audit`."""
    found = AuditEntry.objects.order_by("-at", "-pk")
    for name, value in (("actor", actor), ("act", act), ("object", about)):
        if value:
            found = found.filter(**{name: value})
    return found.exclude(result="ok") if refused else found


def sealed_places() -> list[Place]:
    return [text_place(SecondFactor, "sealed", lambda row: str(row.user.uid))]


def has_factor(user: User) -> bool:
    factor = getattr(user, "second_factor", None)
    return factor is not None and factor.confirmed_at is not None


def gate(user: User, *, at: datetime) -> str:
    """What must be done before anything else: `password`, `factor`, or nothing."""
    if user.one_time or rules.too_old(user.password_set_at, password_policy(at=at), at=at):
        return "password"
    if settings.XIMU_MFA == "required" and not has_factor(user):
        return "factor"
    return ""
