"""Puts the actor on the request; rights are read anew for each request, so a revocation works at once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ximu.foundation import clock, web
from ximu.ideas.accounts import queries


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = (  # type: ignore[attr-defined]
            queries.actor_for(user, at=clock.now()) if user.is_authenticated and user.is_active else web.ANONYMOUS
        )
        return self.get_response(request)
