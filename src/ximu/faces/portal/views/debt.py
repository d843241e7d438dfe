"""Debt for everybody: each district against its limit, what interest takes, and the credit grade that was decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    year = int_of(request, "year", 0, least=FIRST_YEAR, most=LAST_YEAR) if "year" in request.GET else None
    return render(request, "portal/debt.html", {"shown": disclosure.published("d05", year=year)})
