"""Signing in. Only django-axes counts failures: five wrong tries lock a login for thirty minutes (GB/T 22239-2019 8.1.4.1b)."""

from __future__ import annotations

from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from ximu.ideas.accounts import queries
from ximu.ideas.accounts.models import User
from ximu.ideas.accounts.services.audit import note, source
from ximu.ideas.accounts.services.factors import check_factor
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

PENDING = "signing_in"
PENDING_SECONDS = 300
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _wrong() -> Refusal:
    return Refusal("LOGIN-WRONG", status=403, field="login", rule="login + password", zh="登录名或口令不正确。",
                   en="Login or password is not right.")


def _locked() -> Refusal:
    return Refusal("LOGIN-LOCKED", status=429, field="login", rule="5 / 30 min", zh="连续5次登录失败，该登录名已锁定30分钟，请稍后再试。",
                   en="Five wrong tries: this login is locked for 30 minutes. Please try again later.")


def _credentials(login_name: str) -> dict[str, str]:
    return {User.USERNAME_FIELD: login_name}


def first_step(request: HttpRequest, login_name: str, password: str, *, at: datetime) -> str:
    """`code` when a second factor is asked next, otherwise an empty string and the person is signed in.

    An unknown login answers and locks exactly as a known one. Errors: `LOGIN-WRONG`, `LOGIN-LOCKED`.
    """
    source.set(request.META.get("REMOTE_ADDR", ""))
    user = authenticate(request, password=password, **_credentials(login_name))
    if user is None:
        raise _locked() if getattr(request, "axes_locked_out", False) else _wrong()
    if queries.has_factor(user):
        request.session.cycle_key()
        request.session[PENDING] = {"uid": user.uid, "at": at.timestamp(), "hash": user.get_session_auth_hash()}
        return "code"
    _enter(request, user, at=at)
    return ""


def pending(request: HttpRequest, *, at: datetime) -> User | None:
    """The person whose password was right and whose code is awaited."""
    held = request.session.get(PENDING)
    if not held or not 0 <= at.timestamp() - held["at"] <= PENDING_SECONDS:
        return None
    user = User.objects.filter(uid=held["uid"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == held["hash"] else None


def second_step(request: HttpRequest, user: User, code: str, *, at: datetime, telephone: datetime | None = None) -> None:
    """Errors: `MFA-CODE`; `LOGIN-LOCKED` after five wrong codes and passwords together."""
    source.set(request.META.get("REMOTE_ADDR", ""))
    credentials = _credentials(user.login)
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise _locked()
    try:
        check_factor(user, code, at=at, telephone=telephone)
    except Refusal:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        note("accounts.login", by=Actor(user.uid), at=at, about=user.uid, result="MFA-CODE")
        raise
    del request.session[PENDING]
    _enter(request, user, at=at)


def _enter(request: HttpRequest, user: User, *, at: datetime) -> None:
    login(request, user, backend=BACKEND)
    note("accounts.login", by=queries.actor_for(user, at=at), at=at, about=user.uid)


def leave(request: HttpRequest, *, by: Actor, at: datetime) -> None:
    note("accounts.logout", by=by, at=at, about=by.uid)
    logout(request)
