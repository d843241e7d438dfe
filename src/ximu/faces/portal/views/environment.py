"""Environmental targets for everybody: what was promised in every wording, what the data say, who is rated how."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    year = int_of(request, "year", 0, least=2000, most=2100) if request.GET.get("year") else None
    return render(request, "portal/environment.html", {"shown": disclosure.published("d08", year=year)})
