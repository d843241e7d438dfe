"""Nobody enters the console unknown; nothing of it stays in a cache; first the password, then the second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

PREFIX = "/console"
GATES = {"password": "accounts:password", "factor": "accounts:factor"}


@cache
def _before_signing_in() -> frozenset[str]:
    return frozenset(map(reverse, ("login", "login-code", "logout")))


class ConsoleMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path == PREFIX or request.path.startswith(f"{PREFIX}/")):
            return self.get_response(request)
        response = self._turn_away(request) or self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _turn_away(request: HttpRequest) -> HttpResponse | None:
        if request.path in _before_signing_in():
            return None
        if not request.user.is_authenticated:
            after = request.get_full_path() if request.method == "GET" else reverse("console")
            return redirect(f"{reverse('login')}?{urlencode({'next': after})}")
        gate = getattr(request, "gate", "")
        here = {reverse("alive"), reverse(GATES[gate])} if gate else set()
        return redirect(GATES[gate]) if gate and request.path not in here else None
