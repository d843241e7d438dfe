"""Audits for everybody: how much of the universe is covered, what is put right, and the results that were announced."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/audits.html", disclosure.published("d16"))
