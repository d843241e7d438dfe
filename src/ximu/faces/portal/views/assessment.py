"""Published results: ranks with their intervals, and why each unit has its score."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
    return render(request, "portal/assessment.html", {"shown": shown})


@require_safe
def unit(request: HttpRequest, period: str, uid: str) -> HttpResponse:
    return render(request, "portal/assessment_unit.html", {
        "shown": disclosure.published("assessment-unit", unit=uid[:80], period=period[:4])})
