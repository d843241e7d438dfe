"""Streets and towns as the public sees them: how they keep their word, what they offer, who is a demonstration town."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ximu.foundation import city, clock, tiles
from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of them by one rule; `?district=` keeps one district."""
    shown: dict[str, Any] = disclosure.published("streets", on=clock.today())
    districts = list(dict.fromkeys(row["district"] for row in shown["rows"] if row["district"]))
    district = request.GET.get("district", "")[:40]
    rows = [row for row in shown["rows"] if not district or row["district"] == district]
    return render(request, "portal/streets.html", {
        "shown": shown, "rows": rows, "districts": districts, "district": district,
        "map": _streets(rows) if district else _districts(shown)})


def _words(share: Any) -> str:
    return "—" if share is None else f"{float(share):g}%"


def _streets(rows: list[dict[str, Any]]) -> tiles.TileMap:
    """The streets of one district, each opening to its page."""
    cells = []
    for row in rows:
        share = getattr(row["figures"], "share", None)
        cells.append(tiles.Cell(row["uid"], row["short"].removeprefix(row["district"])[:8], None if share is None else float(share),
                                _words(share), reverse("portal-street", args=[row["uid"]])))
    return tiles.tile_map(cells)


def _districts(shown: dict[str, Any]) -> tiles.TileMap:
    """The districts: kept of due over all their streets, each opening to its streets."""
    found: dict[str, list[int]] = {}
    names = {row["district_uid"]: row["district"] for row in shown["rows"] if row["district"]}
    for row in shown["rows"]:
        part = found.setdefault(row["district_uid"], [0, 0])
        part[0] += getattr(row["figures"], "kept", None) or 0
        part[1] += getattr(row["figures"], "due", None) or 0
    cells = []
    for uid, name in names.items():
        kept, due = found[uid]
        share = round(100 * kept / due, 1) if due else None
        cells.append(tiles.Cell(uid, name, share, _words(share), f"{reverse('portal-streets')}?{urlencode({'district': name})}"))
    return tiles.tile_map(cells, city.places())


@require_safe
def street(request: HttpRequest, uid: str) -> HttpResponse:
    return render(request, "portal/street.html", {"street": disclosure.published("street", unit=uid, on=clock.today())})
