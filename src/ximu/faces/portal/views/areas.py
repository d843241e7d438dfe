"""Key areas for everybody: which there are, and the figures of one with their methods and tables."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ximu.faces.portal import menu
from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.words import Text

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """In the order of the notice: areas with a page of their own, and those with the page that all have."""
    listed: list[dict[str, Any]] = [{"row": page.area, "name": page.name, "about": page.about, "address": page.address}
                                    for page in menu.every() if page.area]
    listed += [{"row": one["row"], "name": one["name"], "address": reverse("portal-area", args=[one["code"]]),
                "about": Text("、".join(name.zh for name in one["indicators"]), ", ".join(name.en for name in one["indicators"]))}
               for one in disclosure.published("areas")]
    listed.sort(key=lambda one: (one["row"][0], int(one["row"][1:])))
    return render(request, "portal/areas.html", {"areas": listed})


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Errors: 404 for an area that publishes no figures."""
    if code not in {one["code"] for one in disclosure.published("areas")}:
        raise Http404
    year = int_of(request, "year", 0, least=FIRST_YEAR, most=LAST_YEAR) if "year" in request.GET else None
    return render(request, "portal/area.html", {"shown": disclosure.published(code, year=year)})
