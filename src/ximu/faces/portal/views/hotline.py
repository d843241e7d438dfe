"""The hotline for everybody: five rates of the city and its units, what was not delivered, and the method."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.refusal import Refusal

FIRST, LAST = 2010, 2100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Without a year: the calendar year of the newest data. Errors: `DATE-FORM`."""
    year = request.GET.get("year", "")
    asked: dict[str, Any] = {}
    if year:
        if not (year.isascii() and year.isdigit() and FIRST <= int(year[:6]) <= LAST):
            raise Refusal("DATE-FORM", field="year", value=year[:10], rule=f"{FIRST}–{LAST}", zh="年份应为四位数字。",
                          en="Write the year with four digits.")
        asked = {"year": int(year)}
    shown = disclosure.published("d13", **asked)
    return render(request, "portal/hotline.html", {"shown": shown, "year": year or shown["year"] or ""})
