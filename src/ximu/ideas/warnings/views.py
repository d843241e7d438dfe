"""Open alarms, and how often each rule was right."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.rules.outcomes import LEVELS, OUTCOMES


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must("warnings.see")
    every = request.GET.get("all", "") == "1"
    rows = [{"row": a, "unit": registry.name(a.unit, as_of=day, short=True) if registry.unit(a.unit, as_of=day) else a.unit,
             "level": LEVELS[a.level], "outcome": OUTCOMES.get(a.outcome),
             "may_decide": by.can("warnings.decide", a.unit) and by.unit != a.unit} for a in queries.alarms(
                 units=by.units_with("warnings.see"), open_only=not every)]
    return render(request, "warnings/index.html", {
        "rows": rows, "records": queries.records(), "outcomes": OUTCOMES.items(), "every": every})


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    services.decide(uid, outcome=request.POST.get("outcome", ""), cause=request.POST.get("cause", ""), by=actor_of(request), at=clock.now())
    return redirect("warnings:index")
