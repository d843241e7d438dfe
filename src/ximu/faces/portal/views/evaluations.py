"""Third-party evaluations: who made them, with whose money, beside the official result, with every note."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/evaluations.html", disclosure.published("evaluations"))


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    return render(request, "portal/evaluation.html", {"shown": disclosure.published("evaluation", uid=uid[:16])})
