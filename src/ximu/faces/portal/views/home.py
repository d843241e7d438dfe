"""Home, what the site is, how it can be used by everybody, where everything is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.portal import menu
from ximu.faces.portal.views.records import with_states
from ximu.foundation import clock
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger

LATEST = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Figures that open: each leads to the list that it counts."""
    on = clock.today()
    newest = sorted(disclosure.public_latest(on=on, limit=LATEST), key=lambda r: (clock.city_day(r["opened_at"]), r["event_date"]),
                    reverse=True)
    return render(request, "portal/home.html", {
        "pages": menu.pages_at(request.path), "latest": with_states(newest), "families": FAMILIES,
        "total": disclosure.public_search(on=on, size=1)["total"], "bodies": disclosure.public_units(on=on, size=1)["total"],
        "edition": catalogue.edition_in_force(on), "log_size": ledger.size(),
    })


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    return render(request, "portal/about.html", {
        "policy": disclosure.policy_on(on), "public": disclosure.public_unit_page([], on=on), "edition": catalogue.edition_in_force(on)})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/sitemap.html", {"pages": menu.every(request.path), "editions": catalogue.editions()[::-1],
                                                   "districts": disclosure.public_districts(on=clock.today())})
