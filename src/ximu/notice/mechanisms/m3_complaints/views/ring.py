"""An opened key lives in the browser of the person only: a cookie that this session alone can use, for some minutes."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ximu.foundation import clock, vault
from ximu.kernel.actor import Actor
from ximu.notice.mechanisms.m3_complaints import queries
from ximu.notice.mechanisms.m3_complaints.rules.keys import KEY_BYTES, Ring

COOKIE = "ximu_ring"
MINUTE = 60


def keep(answer: HttpResponse, request: HttpRequest, ring: Ring, *, at: datetime) -> None:
    """The key, sealed for this person and session under the server's key: neither the database nor the key files hold it."""
    minutes = queries.value("unlock_minutes", clock.city_day(at))
    until = int((at + timedelta(minutes=minutes)).timestamp())
    sealed = vault.seal_bytes(ring.private + str(until).encode("ascii"), about=_about(request, ring.person))
    kept = base64.urlsafe_b64encode(sealed).decode("ascii")
    answer.set_cookie(COOKIE, kept, max_age=minutes * MINUTE, path=reverse("m3_complaints:desk"),
                      httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Strict")


def forget(answer: HttpResponse) -> None:
    answer.delete_cookie(COOKIE, path=reverse("m3_complaints:desk"), samesite="Strict")


def ring_of(request: HttpRequest, by: Actor, *, at: datetime) -> Ring | None:
    """None while the desk is locked, when the time is over, or for a cookie of somebody else."""
    try:
        opened = vault.unseal_bytes(base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, "")), about=_about(request, by.human))
    except (InvalidTag, ValueError):
        return None
    return Ring(by.human, opened[:KEY_BYTES]) if int(opened[KEY_BYTES:]) > at.timestamp() else None


def _about(request: HttpRequest, person: str) -> str:
    return f"ring:{person}:{request.session.session_key}"
