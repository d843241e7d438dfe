"""What is seen of rows M2.1 and M2.2: the desk, rates by unit, every measure on a unit, campaigns by theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m2_joint_action import queries
from ximu.notice.mechanisms.m2_joint_action.rules import LEVELS, ORIGINS
from ximu.notice.mechanisms.m2_joint_action.views.acting import unit_of

KINDS = ("joint_proposal", "joint_action", "rectification", "reminder", "talk")


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.0f}"


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must("joint.respond")
    quarter = request.GET.get("quarter", "").strip()
    rates = [{"row": r, "unit": registry.name(r.unit, as_of=day, short=True), "response": _percent(r.response),
              "feedback": _percent(r.feedback), "lifting": _percent(r.lifting)} for r in queries.rates(quarter_of=quarter)]
    waiting = [{"case": c, "procedure": cases.procedure(c.procedure).name, "state": cases.procedure(c.procedure).states[c.state].name}
               for c in cases.inbox(by, tab="open").filter(procedure__in=KINDS)[:20]]
    return render(request, "m2_joint_action/desk.html", {
        "rates": rates, "campaigns": queries.campaigns(), "rows": waiting, "levels": LEVELS.items(), "origins": ORIGINS.items(),
        "themes": queries.themes().on(day).items(), "quarter": quarter})


@require_safe
def campaign(request: HttpRequest, theme: str) -> HttpResponse:
    """The chain of one theme, opened to its units and to each problem that this person may know of."""
    by, day = actor_of(request), clock.today()
    by.must("joint.respond")
    found = queries.campaign(theme, on=day)
    known = cases.known_of([row.uid for row in found.problems], actor=by)
    states = cases.procedure("rectification").states
    rows = [{"case": row, "state": states[row.state].name, "unit": registry.name(row.source, as_of=day, short=True) if row.source else "—",
             "level": LEVELS.get(str(row.values.get("level", "")))} for row in found.problems if row.uid in known]
    return render(request, "m2_joint_action/campaign.html", {"found": found, "rows": rows, "levels": LEVELS.items()})


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """By name to the page of measures. Errors: `ORG-UNKNOWN`."""
    actor_of(request).must("joint.respond")
    return redirect("m2:unit", unit_of(request.GET.get("unit", ""), clock.today()))


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """Every measure on one unit or civil servant: for the office, for its own people, for whoever may object in its name."""
    by, day = actor_of(request), clock.today()
    queries.may_see_measures(uid, by)
    rows = queries.measures_on(uid, on=day)
    return render(request, "m2_joint_action/unit.html", {
        "name": registry.called(uid, as_of=day), "rows": rows, "known": cases.known_of([row.case.uid for row in rows], actor=by)})
