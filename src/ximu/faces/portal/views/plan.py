"""The plan: tasks, who answers for them, by when, and how they stand today."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel.refusal import Refusal


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """What the plan's own room shows to everybody; the page says so when nothing has been published."""
    try:
        shown: dict[str, Any] = disclosure.published("plan")
    except Refusal as refusal:
        if refusal.code != "PUB-NONE":
            raise
        shown = {"plan": None, "rows": []}
    rows = shown["rows"]
    lights = {row["light"]: {"zh": row["light_zh"], "en": row["light_en"]} for row in rows}
    unit = request.GET.get("unit", "")[:60]
    chosen = [row for row in rows if not unit or any(unit in words for words in row["units"])]
    counts = Counter(row["light"] for row in rows)
    return render(request, "portal/plan.html", {
        "plan": shown["plan"], "as_of": shown.get("as_of"), "rows": chosen, "all": len(rows), "unit": unit,
        "lights": [{"code": code, "words": words, "count": counts[code]} for code, words in lights.items()],
        "units": sorted({words for row in rows for words in row["units"]}),
    })
