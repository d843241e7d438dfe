"""Promises as the public may read them: what was promised, by whom, by when, kept or not, with its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.portal.pager import Pages, Paginator
from ximu.foundation import clock
from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.refusal import Refusal

BEYOND = 10**6
NONE: dict[str, Any] = {"items": [], "total": 0, "page": 1, "pages": 1, "kinds": {}, "states": {}}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Filters that name nothing known are left out."""
    on = clock.today()
    known = shown(on=on)
    kind, state, uid = (request.GET.get(name, "")[:40] for name in ("kind", "state", "unit"))
    kind, state = kind if kind in known["kinds"] else "", state if state in known["states"] else ""
    unit = disclosure.public_unit(uid, on=on) if uid else None
    found = shown(on=on, kind=kind, state=state, unit=uid, page=int_of(request, "page", 1, most=10_000))
    return render(request, "portal/promises.html", {
        "promises": found["items"], "total": found["total"], "kinds": known["kinds"], "states": known["states"],
        "kind": kind, "state": state, "unit": unit, "pages": Pages(found["page"], Paginator(found["total"], max(1, found["pages"]))),
    })


@require_safe
def promise(request: HttpRequest, uid: str) -> HttpResponse:
    return render(request, "portal/promise.html", {"promise": disclosure.published("promises", uid=uid, on=clock.today())})


def total(unit: str, on: date) -> int:
    """How many promises of a body are public: asked beyond the last page, so that no row is read for it."""
    return int(shown(on=on, unit=unit, page=BEYOND)["total"])


def shown(**asked: Any) -> dict[str, Any]:
    """What the promises' own room shows to everybody; nothing when that room has no public page."""
    try:
        found: dict[str, Any] = disclosure.published("promises", **asked)
    except Refusal as refusal:
        if refusal.code != "PUB-NONE":
            raise
        return NONE
    return found
