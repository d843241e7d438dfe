"""Puts the actor on the request; rights are read anew for each request, so a revocation works at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from ximu.foundation import clock, web
from ximu.foundation.pace import pace
from ximu.ideas.accounts import queries
from ximu.ideas.accounts.services import audit
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SAFE = {"GET", "HEAD", "OPTIONS"}
MINUTE = 60
SEEN, TOLERANCE = "seen", 60.0
"""Seconds by which the clocks of two machines, or of one before and after its correction, may differ."""


def _from_the_future(request: HttpRequest) -> bool:
    """A session that was used later than now belongs to a clock that has been put back: it may have ended long ago, and is not revived."""
    now, session = clock.telephone().timestamp(), request.session
    if session.get(SEEN, now) > now + TOLERANCE:
        return True
    session[SEEN] = now
    return False


class ActorMiddleware:
    """Session for the console, `Authorization: Bearer` for the API; a session may only read through the API (no CSRF there).

    Until the one-time password is replaced and the second factor set, a signed-in person holds no rights at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        audit.told.set(False)
        try:
            request.actor = self._actor(request)  # type: ignore[attr-defined]
        except Refusal as refusal:
            answer = web.refusal_response(request, refusal)
            if refusal.status == 401:
                answer.headers["WWW-Authenticate"] = "Bearer"
            if wait := refusal.extra.get("retry_after"):
                answer.headers["Retry-After"] = str(wait)
            return answer
        known = request.actor is not web.ANONYMOUS  # type: ignore[attr-defined]
        audit.source.set(request.META.get("REMOTE_ADDR", "")[:45] if known else "")
        response = self.get_response(request)
        if known:
            self._note(request, response)
        return response

    @staticmethod
    def _pace(actor: Actor) -> None:
        """Errors: `KEY-BUSY` above the pace of one key; nothing is done then, also not looked up."""
        most = settings.XIMU_API_PACE
        if wait := pace(f"key {actor.uid}", most=most, seconds=MINUTE, now=time.time()):
            raise Refusal("KEY-BUSY", status=429, field="Authorization", value="", rule=f"{most}/min", extra={"retry_after": wait},
                          zh=f"该密钥一分钟内的请求超过{most}次，请{wait}秒后再试。",
                          en=f"More than {most} requests a minute with this key; try again in {wait} seconds.")

    def _actor(self, request: HttpRequest) -> Actor:
        request.gate = ""  # type: ignore[attr-defined]
        api = request.path.startswith("/api/")
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if api and scheme.lower() == "bearer":
            actor = queries.actor_for_key(key.strip(), at=clock.now())
            if actor is None:
                raise Refusal("AUTH-KEY", status=401, field="Authorization", rule="Bearer", zh="接口密钥无效、已到期或已吊销。",
                              en="The API key is unknown, ended or revoked.")
            self._pace(actor)
            return actor
        user = request.user
        if not (user.is_authenticated and user.is_active) or (api and request.method not in SAFE):
            return web.ANONYMOUS
        if _from_the_future(request):
            logout(request)
            return web.ANONYMOUS
        request.gate = queries.gate(user, at=clock.now())  # type: ignore[attr-defined, arg-type]
        actor = queries.actor_for(user, at=clock.now(), channel="api" if api else "console")  # type: ignore[arg-type]
        return Actor(actor.uid, actor.unit, (), actor.person, actor.channel, actor.label) if request.gate else actor  # type: ignore[attr-defined]

    @staticmethod
    def _note(request: HttpRequest, response: HttpResponse) -> None:
        """Refusals are noted too, after their transaction was undone; so is a change whose service left no entry of its own."""
        refusal = getattr(response, "refusal", None)
        if refusal is not None and (refusal.status == 403 or request.method not in SAFE):
            result = refusal.code
        elif request.method not in SAFE and not audit.told.get():
            result = "ok" if response.status_code < 400 else str(response.status_code)
        else:
            return
        match = request.resolver_match
        act = match.view_name or match.url_name or "" if match else ""
        about = next((str(v) for v in match.kwargs.values()), "") if match else ""
        audit.note(f"{request.method} {act or 'unknown'}", by=web.actor_of(request), at=clock.now(), about=about, result=result)
