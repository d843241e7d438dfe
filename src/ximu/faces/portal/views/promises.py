"""Promises as the public may read them: what was promised, by whom, by when, kept or not, with its history."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ximu.faces.portal.pager import Pages, Paginator
from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import say, t
from ximu.foundation.web import int_of
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.refusal import Refusal

BEYOND = 10**6
COLOURS = {"kept": "#1f6b45", "part_kept": "#8a5a00", "overdue": "#a3282d", "broken": "#a3282d"}
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


@require_safe
def badge(request: HttpRequest, uid: str) -> HttpResponse:
    """A small picture for other sites: whether the promise was kept, as of today. No script, no font, nothing loaded."""
    found = disclosure.published("promises", uid=uid, on=clock.today())["badge"]
    left, right = t("政府承诺", "promise"), say(found["words"])
    width, wide = [12 * sum(2 if ord(c) > 255 else 1 for c in words) // 2 + 20 for words in (left, right)]
    colour = COLOURS.get(found["state"], "#5b6472")
    text = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + wide}" height="24" role="img" '
            f'aria-label="{escape(left)}：{escape(right)}">'
            f'<rect width="{width}" height="24" fill="#3d4756"/><rect x="{width}" width="{wide}" height="24" fill="{colour}"/>'
            f'<g fill="#fff" font-family="sans-serif" font-size="12" text-anchor="middle">'
            f'<text x="{width // 2}" y="16">{escape(left)}</text>'
            f'<text x="{width + wide // 2}" y="16">{escape(right)}</text></g></svg>\n')
    return HttpResponse(text, content_type="image/svg+xml; charset=utf-8")


@require_safe
def feed(request: HttpRequest, uid: str) -> HttpResponse:
    """Atom (RFC 4287) of what happened to one promise, newest first; each entry leads to its proof."""
    found = disclosure.published("promises", uid=uid, on=clock.today())
    page = request.build_absolute_uri(reverse("portal-promise", args=[uid]))
    title = escape(found.get("title") or found["kind_name"].zh)
    days = [clock.start_of(one["on"]).isoformat() for one in found["history"]]
    entries = "".join(
        f'<entry><title>{escape(one["what"].zh)}</title><id>{escape(page)}#{one["log_index"]}</id>'
        f'<link href="{escape(request.build_absolute_uri(reverse("log-bundle", args=[one["log_index"]])))}"/>'
        f'<updated>{day}</updated></entry>'
        for one, day in reversed(list(zip(found["history"], days, strict=True))))
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title>{title}</title>'
            f'<id>{escape(page)}</id><link href="{escape(page)}"/><link rel="self" href="{escape(request.build_absolute_uri())}"/>'
            f'<updated>{max(days, default=clock.start_of(clock.today()).isoformat())}</updated>'
            f'<author><name>{escape(found.get("unit") or title)}</name></author>{entries}</feed>\n')
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


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
