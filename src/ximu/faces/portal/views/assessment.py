"""Published results: ranks with their intervals, and why each unit has its score."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ximu.foundation import city, tiles
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.refusal import Refusal


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest published year, or `?period=`."""
    period = request.GET.get("period", "")[:4]
    try:
        shown: dict[str, Any] | None = disclosure.published("assessment", period=period)
    except Refusal as refusal:
        if period or refusal.code not in ("SCORE-NONE", "PUB-NONE"):
            raise
        shown = None
    return render(request, "portal/assessment.html", {"shown": shown, "map": _map(shown) if shown else None})


def _map(shown: dict[str, Any]) -> tiles.TileMap:
    return tiles.tile_map([
        tiles.Cell(row["unit"], row["short"], None if row["score"] is None else float(row["score"]), row["score"] or "—",
                   reverse("portal-assessment-unit", args=[shown["period"], row["unit"]])) for row in shown["rows"]], city.places())


@require_safe
def unit(request: HttpRequest, period: str, uid: str) -> HttpResponse:
    return render(request, "portal/assessment_unit.html", {
        "shown": disclosure.published("assessment-unit", unit=uid[:80], period=period[:4])})
