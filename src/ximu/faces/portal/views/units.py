"""Search of bodies, with instant results, and the page of one body."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.portal.pager import pages_of
from ximu.faces.portal.views import promises
from ximu.faces.portal.views.records import with_states
from ximu.foundation import clock
from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure

SIZE = 20
INSTANT = 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/units.html", _found(request, SIZE))


@require_safe
def instant(request: HttpRequest) -> HttpResponse:
    """The list alone, for the search box; whoever types it as an address gets the same list without a frame."""
    return render(request, "portal/units_found.html", _found(request, SIZE))


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The first few names, beneath the search box of the home page."""
    q = _words(request)
    found = _found(request, INSTANT) if q else {"units": [], "q": "", "total": 0}
    return render(request, "portal/units_suggest.html", found)


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    on = clock.today()
    shown = disclosure.public_unit(uid, on=on)
    public = disclosure.public_unit_page(shown["subjects"], on=on)
    family = request.GET.get("family", "")
    family = family if family in {f["family"] for f in public["families"]} else ""
    records = disclosure.public_search(on=on, subjects=shown["subjects"], family=family, page=int_of(request, "page", 1), size=SIZE)
    return render(request, "portal/unit.html", {
        "unit": shown, "public": public, "records": with_states(records["records"]), "family": family, "total": records["total"],
        "pages": pages_of(records["page"], SIZE, records["total"]), "story": _story(shown, on), "rules": _rules(public),
        "promises": promises.total(uid, on),
        "families": {f["family"]: f["name"] for f in public["families"]},
    })


def _story(shown: dict[str, Any], on: date) -> list[dict[str, Any]]:
    """What happened to the body itself until that day, earliest first: full names taken and reforms."""
    names = [{"on": n["since"], "words": n["role"], "text": n["text"]} for n in shown["names"] if n["full"]]
    reforms = [{"on": r["on"], "words": r["words"], "text": "", "reform": r} for r in shown["reforms"]]
    return sorted((e for e in names + reforms if e["on"] <= on), key=lambda e: e["on"])


def _rules(public: dict[str, Any]) -> list[dict[str, Any]]:
    """What is not public first; kinds that one rule decides stand together."""
    found: dict[tuple[bool, str], dict[str, Any]] = {}
    for line in [*public["never"], *public["families"]]:
        key = (bool(line.get("public")), line["rule"])
        found.setdefault(key, {**line, "public": key[0], "kinds": []})["kinds"].append(line.get("name") or line["what"])
    return sorted(found.values(), key=lambda line: line["public"])


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def _found(request: HttpRequest, size: int) -> dict[str, Any]:
    """Filters that name nothing known are left out."""
    on, q = clock.today(), _words(request)
    kind, district = request.GET.get("kind", ""), request.GET.get("district", "")
    districts = {d["uid"] for d in disclosure.public_districts(on=on)}
    district = district if district in districts else ""
    found = disclosure.public_units(q, on=on, kind=kind if kind in disclosure.BODY_KINDS else "", district=district,
                                    page=int_of(request, "page", 1, most=10_000), size=size)
    return found | {"q": q, "kind": kind, "district": district, "pages": pages_of(found["page"], size, found["total"])}
