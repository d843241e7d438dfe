"""What do all pages and API answers share? The actor, the language, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}
COOKIE = "ximu_language"
ANONYMOUS = Actor(uid="public", channel="portal", label="公众")


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: set by the accounts middleware or by the API key; the public otherwise."""
    return getattr(request, "actor", ANONYMOUS)


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json")


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(refusal.envelope(), status=refusal.status, json_dumps_params={"ensure_ascii": False})
    return render(request, "foundation/refusal.html", {"refusal": refusal}, status=refusal.status)


class LanguageMiddleware:
    """Chinese first; `?lang=en` switches and is remembered by a cookie without any identity in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        chosen = LANGUAGES.get(asked) or LANGUAGES.get(request.COOKIES.get(COOKIE, "")) or "zh-hans"
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if chosen == "en" else "zh-CN")
        if asked in LANGUAGES:
            response.set_cookie(COOKIE, asked, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response


class RefusalMiddleware:
    """A refusal raised anywhere becomes its envelope or a page that says what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal_response(request, error) if isinstance(error, Refusal) else None


def context(request: HttpRequest) -> dict[str, Any]:
    """For every template."""
    return {"actor": actor_of(request), "language": getattr(request, "LANGUAGE_CODE", "zh-hans"),
            "html_lang": "en" if getattr(request, "LANGUAGE_CODE", "").startswith("en") else "zh-CN"}
