"""What programs read: sitemap, robots, feed."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ximu.foundation import city, clock
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import queries as disclosure

FEED = 50
MOST_ADDRESSES = 49_000
"""sitemaps.org allows 50,000 addresses in one file."""
STANDING = ("portal", "portal-units", "portal-records", "portal-promises", "portal-plan", "portal-streets", "portal-proposals",
            "portal-hotline", "portal-procurement", "portal-environment",
            "portal-assessment", "portal-evaluations",
            "portal-lists", "portal-log",
            "portal-verifier", "portal-data", "portal-about", "portal-accessibility", "portal-sitemap")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /console/", "Disallow: /api/", "Disallow: /units/instant", "Disallow: /units/suggest",
             f"Sitemap: {request.build_absolute_uri(reverse('portal-sitemap-xml'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    units = disclosure.public_units(on=on, size=MOST_ADDRESSES)["units"]
    paths = [reverse(name) for name in STANDING]
    paths += [reverse("portal-edition", args=[e.number]) for e in catalogue.editions()]
    paths += [reverse("portal-unit", args=[u["uid"]]) for u in units]
    newest = disclosure.public_latest(on=on, limit=max(0, MOST_ADDRESSES - len(paths)))
    lines = [f"<url><loc>{escape(request.build_absolute_uri(path))}</loc></url>" for path in paths]
    lines += [f"<url><loc>{escape(request.build_absolute_uri(reverse('portal-record', args=[r['record']])))}</loc>"
              f"<lastmod>{r['opened_at'].date().isoformat()}</lastmod></url>" for r in newest]
    text = ('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            + "\n".join(lines) + "\n</urlset>\n")
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Atom (RFC 4287) of the records opened last; `?unit=` follows one body."""
    on = clock.today()
    uid = request.GET.get("unit", "")
    unit = disclosure.public_unit(uid, on=on) if uid else None
    rows = disclosure.public_latest(on=on, limit=FEED, subjects=unit["subjects"] if unit else None)
    name = city.name()
    title = f"{unit['name'] if unit else name.zh if name else '政务诚信平台'} 公开记录"
    here = request.build_absolute_uri(request.path + (f"?unit={uid}" if unit else ""))
    updated = max((r["opened_at"] for r in rows), default=None) or clock.start_of(on)
    entries = "".join(_entry(request, row) for row in rows)
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title>{escape(title)}'
            f'</title><id>{escape(here)}</id><link rel="self" href="{escape(here)}"/><updated>{updated.isoformat()}</updated>'
            f'<author><name>{escape(city.site().get("host_zh", title))}</name></author>{entries}</feed>\n')
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


def _entry(request: HttpRequest, row: dict[str, Any]) -> str:
    at = request.build_absolute_uri(reverse("portal-record", args=[row["record"]]))
    words = f"{row['subject_name']} · {FAMILIES[row['family']].zh} · {row['event_date']}"
    when = row["opened_at"].isoformat()
    return (f'<entry><title>{escape(words)}</title><id>{escape(at)}</id><link href="{escape(at)}"/><updated>{when}</updated>'
            f'<published>{when}</published><summary>{escape(row["basis"])}</summary></entry>')
