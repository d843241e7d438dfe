"""Accounts for tests, made through the services."""

from __future__ import annotations

from datetime import UTC, datetime

from ximu.foundation import clock
from ximu.ideas.accounts import queries, services
from ximu.ideas.accounts.models import User
from ximu.kernel.actor import SYSTEM, Actor

AT = datetime(2018, 5, 2, 1, tzinfo=UTC)
PASSWORD = "Lantern-2018"


def account(login: str, *roles: str, unit: str = "", number: str = "", at: datetime = AT) -> User:
    user = services.open_account(login, name=login, staff_number=number or login, unit=unit, by=SYSTEM, at=at)
    for role in roles:
        services.grant(user.uid, role, unit=unit, by=SYSTEM, at=at)
    return queries.account(user.uid)


def actor(user: User, *, at: datetime = AT) -> Actor:
    return queries.actor_for(queries.account(user.uid), at=at)


def with_password(user: User, *, at: datetime | None = None) -> User:
    """The one-time password is replaced by `PASSWORD`."""
    at = at or clock.now()
    word = services.issue_password(user.uid, by=SYSTEM, at=at)
    return services.change_password(user.uid, old=word, new=PASSWORD, by=Actor(user.uid), at=at)
