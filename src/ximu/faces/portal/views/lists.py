"""The three lists as the public reads them: editions, differences, items with their fields, downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import english
from ximu.ideas.catalogue import queries
from ximu.ideas.catalogue.rules import FAMILIES, KIND_WORDS, LEVELS, LISTS, sheets
from ximu.kernel.words import Text

FORMS = ("xlsx", "docx", "csv", "json")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    now = queries.edition_in_force(clock.today())
    return render(request, "portal/lists.html", {"editions": queries.editions()[::-1], "in_force": now.number if now else ""})


@require_safe
def edition(request: HttpRequest, number: str) -> HttpResponse:
    view = queries.edition(number)
    chosen = request.GET.get("list", "data")
    shown = chosen if chosen in LISTS else "data"
    items = list(queries.items_of(number).values())
    changes = queries.compare(view.previous, number) if view.previous else []
    return render(request, "portal/edition.html", {
        "edition": view, "lists": LISTS, "shown": shown, "rows": [i for i in items if i.list == shown], "forms": FORMS,
        "counts": {code: sum(i.list == code for i in items) for code in LISTS}, "families": FAMILIES, "levels": LEVELS,
        "changes": {kind: [c for c in changes if c.kind == kind] for kind in ("added", "changed", "removed")},
        "changed": bool(changes),
    })


@require_safe
def changes(request: HttpRequest, number: str, old: str) -> HttpResponse:
    language = "en" if english() else "zh"
    head, rows = sheets.changes_table(queries.compare(old, number), language=language, bases=queries.basis_titles(language))
    return render(request, "portal/changes.html", {"new": queries.edition(number), "old": queries.edition(old), "head": head, "rows": rows})


@require_safe
def item(request: HttpRequest, number: str, code: str) -> HttpResponse:
    found = queries.must_be_listed(code, number)
    canonical = queries.canonical_edition(number)
    one = {**canonical, "items": [i for i in canonical["items"] if i["code"] == code]}
    language = "en" if english() else "zh"
    head, rows = sheets.table_of(one, found.list, queries.unit_names(canonical), language=language)
    return render(request, "portal/item.html", {
        "item": found, "facts": zip([Text(name, sheets.HEADS[name]) for name in head], rows[0], strict=True),
        "edition": queries.edition(number), "history": queries.history(code),
        "list": LISTS[found.list], "fields": found.schema.fields if found.list == "data" else (), "levels": LEVELS, "kinds": KIND_WORDS,
    })


@require_safe
def file(request: HttpRequest, number: str, form: str) -> HttpResponse:
    made = queries.edition_file(number, form, list_=request.GET.get("list", "data"))
    response = HttpResponse(made.content, content_type=made.kind)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
