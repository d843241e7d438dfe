"""Opening and closing accounts (系统管理员); granting and revoking roles (安全管理员). Nobody does both."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from ximu.foundation.outbox import announce
from ximu.ideas.accounts import hooks, queries, rules
from ximu.ideas.accounts.models import RoleGrant, User
from ximu.ideas.accounts.services.audit import note
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,59}")


def person_of(staff_number: str) -> str:
    """The same human has the same mark on every account; the number itself is not kept."""
    return hmac.new(settings.SECRET_KEY.encode(), f"person:{staff_number}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def open_account(login: str, *, name: str, staff_number: str, unit: str = "", by: Actor, at: datetime) -> User:
    """An account without any right and without a usable password.

    Errors: `ACCOUNT-LOGIN` for an unsuitable login, `ACCOUNT-TAKEN` when it is in use, `ACCOUNT-NAME` without name or number.
    """
    by.must("accounts.open")
    if not LOGIN.fullmatch(login):
        raise Refusal("ACCOUNT-LOGIN", field="login", value=login[:60], rule=LOGIN.pattern,
                      zh="登录名应为3至60位小写字母、数字、点、横线，以字母开头。",
                      en="A login has 3 to 60 lower-case letters, digits, dots or dashes and begins with a letter.")
    if not (0 < len(name.strip()) <= 60 and 0 < len(staff_number.strip()) <= 60):
        raise Refusal("ACCOUNT-NAME", field="name", rule="1-60", zh="请填写显示名和工号（各不超过60字）。",
                      en="Give a display name and a staff number (at most 60 characters each).")
    user = User(login=login, display_name=name.strip(), person=person_of(staff_number.strip()), unit=unit, created_at=at, created_by=by.uid)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refusal("ACCOUNT-TAKEN", status=409, field="login", value=login, rule="unique", zh=f"登录名“{login}”已被使用。",
                      en=f"The login “{login}” is in use.") from error
    note("accounts.open", by=by, at=at, about=user.uid)
    announce(hooks.AccountOpened(user.uid, unit, by.uid), at=at)
    return user


@transaction.atomic
def close_account(uid: str, *, by: Actor, at: datetime) -> None:
    """Nobody can sign in with it any more. Errors: `ADMIN-LAST` for the last audit administrator, `ACCOUNT-STATE` if closed."""
    by.must("accounts.open")
    user = queries.account(uid)
    if "audit_admin" in queries.roles_held(user, at=at) and queries.others_with("audit_admin", besides=user, at=at) == 0:
        raise Refusal("ADMIN-LAST", status=409, field="account", value=uid, rule="≥ 1 audit_admin",
                      zh="这是最后一个审计管理员账号，不能停用。", en="This is the last audit administrator's account; it stays open.")
    _turn(user, active=False)
    note("accounts.close", by=by, at=at, about=uid)
    announce(hooks.AccountClosed(uid, by.uid), at=at)


@transaction.atomic
def reopen_account(uid: str, *, by: Actor, at: datetime) -> None:
    by.must("accounts.open")
    _turn(queries.account(uid), active=True)
    note("accounts.reopen", by=by, at=at, about=uid)


def _turn(user: User, *, active: bool) -> None:
    if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active, stamp=F("stamp") + 1):
        raise Refusal("ACCOUNT-STATE", status=409, field="account", value=user.uid, rule=f"is_active={not active}",
                      zh="账号状态已变动，请刷新后重试。", en="The account's state has changed meanwhile; reload and try again.")


@transaction.atomic
def grant(uid: str, role: str, *, unit: str = "", until: datetime | None = None, by: Actor, at: datetime) -> RoleGrant:
    """Errors: `ROLE-NONE`; `ROLE-SCOPE` for a bound role without unit or civil servant; `DUAL` for one's own rights; `ROLE-CLASH` when
    this person holds an excluding role on any account."""
    by.must("accounts.grant")
    user = User.objects.select_for_update().get(pk=queries.account(uid).pk)
    if role not in queries.roles():
        raise Refusal("ROLE-NONE", field="role", value=role[:40], rule=" ".join(queries.roles()), zh="没有这个角色。",
                      en="There is no such role.")
    if queries.roles()[role].bound and not unit:
        words = queries.roles()[role].name
        raise Refusal("ROLE-SCOPE", field="unit", value="", rule=role, zh=f"“{words.zh}”须限定到一个单位或一名公务员。",
                      en=f"“{words.en}” must be limited to one unit or one civil servant.")
    if user.person == by.human:
        raise Refusal("DUAL", status=403, field="account", value=uid, rule="granter ≠ grantee",
                      zh="不能给自己（包括本人的其他账号）授权。", en="Nobody grants rights to himself, not even on another account.")
    same_person = list(User.objects.select_for_update().filter(person=user.person).order_by("pk"))
    held = {r for one in same_person for r in queries.roles_held(one, at=at)}
    if other := rules.clash(held, role, queries.roles()):
        names = queries.roles()[other].name, queries.roles()[role].name
        raise Refusal("ROLE-CLASH", status=409, field="role", value=role, rule=f"never_with {other}",
                      zh=f"此人已任“{names[0].zh}”，不得再任“{names[1].zh}”（三员分离）。",
                      en=f"This person is “{names[0].en}” and may not also be “{names[1].en}”.")
    given = RoleGrant.objects.create(user=user, role=role, unit=unit, granted_at=at, granted_by=by.uid, until=until)
    User.objects.filter(pk=user.pk).update(stamp=F("stamp") + 1)
    note("accounts.grant", by=by, at=at, about=given.uid)
    announce(hooks.RoleGranted(given.uid, uid, role, unit, by.uid), at=at)
    return given


@transaction.atomic
def revoke(grant_uid: str, *, by: Actor, at: datetime) -> None:
    """The right ends at once, and with it the account's sessions. Errors: `GRANT-NONE`, `GRANT-STATE`, `DUAL`, `ADMIN-LAST`."""
    by.must("accounts.grant")
    given = queries.grant(grant_uid)
    if given.user.person == by.human:
        raise Refusal("DUAL", status=403, field="grant", value=grant_uid, rule="revoker ≠ holder",
                      zh="不能收回自己的角色，请由另一名安全管理员办理。", en="Another security administrator must revoke your own role.")
    if given.role == "audit_admin" and queries.others_with("audit_admin", besides=given.user, at=at) == 0:
        raise Refusal("ADMIN-LAST", status=409, field="grant", value=grant_uid, rule="≥ 1 audit_admin",
                      zh="这是最后一名审计管理员，不能收回。", en="This is the last audit administrator; the role stays.")
    if not RoleGrant.objects.filter(pk=given.pk, revoked_at=None).update(revoked_at=at, revoked_by=by.uid):
        raise Refusal("GRANT-STATE", status=409, field="grant", value=grant_uid, rule="revoked_at=None", zh="该授权已收回。",
                      en="This grant has been revoked already.")
    User.objects.filter(pk=given.user_id).update(stamp=F("stamp") + 1)
    note("accounts.revoke", by=by, at=at, about=grant_uid)
    announce(hooks.RoleRevoked(grant_uid, given.user.uid, given.role, given.unit, by.uid), at=at)
