"""Streets and towns as the public sees them: how they keep their word, what they offer, who is a demonstration town."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of them by one rule; `?district=` keeps one district."""
    shown: dict[str, Any] = disclosure.published("streets", on=clock.today())
    districts = sorted({row["district"] for row in shown["rows"] if row["district"]})
    district = request.GET.get("district", "")[:40]
    rows = [row for row in shown["rows"] if not district or row["district"] == district]
    return render(request, "portal/streets.html", {"shown": shown, "rows": rows, "districts": districts, "district": district})


@require_safe
def street(request: HttpRequest, uid: str) -> HttpResponse:
    return render(request, "portal/street.html", {"street": disclosure.published("street", unit=uid, on=clock.today())})
