"""The API of the room: who am I, accounts, grants, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.accounts import queries, services

router = Router(tags=["账号 accounts"])


class HeldRole(Schema):
    role: str
    unit: str | None


class Me(Schema):
    uid: str
    unit: str | None
    label: str
    channel: str
    roles: list[HeldRole]


class Role(Schema):
    code: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str


class Account(Schema):
    uid: str
    login: str
    unit: str
    active: bool
    roles: list[HeldRole]


class Accounts(Schema):
    items: list[Account]
    total: int
    next: str | None


class NewAccount(Schema):
    login: str = Field(max_length=60)
    name: str = Field(max_length=60)
    staff_number: str = Field(max_length=60)
    unit: str = Field("", max_length=16)


class NewGrant(Schema):
    role: str = Field(max_length=40)
    unit: str = Field("", max_length=120, description="标识、名称、信用代码或公务员内部编号 uid, name, code, or staff number")


class Granted(Schema):
    uid: str
    role: str
    unit: str


class Entry(Schema):
    at: datetime
    actor: str
    roles: str
    channel: str
    act: str
    object: str
    purpose: str
    result: str


class Trail(Schema):
    items: list[Entry]
    total: int
    next: str | None


def _account(user: Any, at: datetime) -> dict[str, Any]:
    roles = [{"role": g.role, "unit": g.unit or None} for g in queries.grants_of(user, at=at)]
    return {"uid": user.uid, "login": user.login, "unit": user.unit, "active": user.is_active, "roles": roles}


@router.get("/me", response=Me, summary="本人 Who am I")
def me(request: HttpRequest) -> dict[str, Any]:
    by = actor_of(request)
    return {"uid": by.uid, "unit": by.unit, "label": by.label, "channel": by.channel,
            "roles": [{"role": g.role, "unit": g.unit} for g in by.grants]}


@router.get("/roles", response=list[Role], summary="角色 Roles")
def roles(request: HttpRequest) -> list[dict[str, str]]:
    return [{"code": r.code, "name_zh": r.name.zh, "name_en": r.name.en, "about_zh": r.about.zh, "about_en": r.about.en}
            for r in queries.roles().values()]


@router.get("/accounts", response=Accounts, summary="账号列表 Accounts")
def accounts(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    actor_of(request).must("accounts.see")
    found = page_of(request, queries.accounts(), paging)
    return {**found, "items": [_account(user, clock.now()) for user in found["items"]]}


@router.post("/accounts", response={201: Account}, summary="开设账号（无任何权限） Open an account without rights")
def open_account(request: HttpRequest, given: NewAccount) -> Status:
    at = clock.now()
    user = services.open_account(given.login, name=given.name, staff_number=given.staff_number, unit=given.unit, by=actor_of(request),
                                 at=at)
    return Status(201, _account(user, at))


@router.post("/accounts/{uid}/grants", response={201: Granted}, summary="授予角色 Grant a role")
def grant(request: HttpRequest, uid: str, given: NewGrant) -> Status:
    by, at = actor_of(request), clock.now()
    by.must("accounts.grant")
    made = services.grant(uid, given.role, unit=queries.scope_of(given.unit, at=at), by=by, at=at)
    return Status(201, {"uid": made.uid, "role": made.role, "unit": made.unit})


@router.get("/audit", response=Trail, summary="审计 The audit trail")
def audit(request: HttpRequest, paging: Query[Paging], refused: bool = False) -> dict[str, Any]:
    actor_of(request).must("accounts.audit")
    return page_of(request, queries.audit(refused=refused), paging)
