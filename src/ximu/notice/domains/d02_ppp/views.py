"""The register of projects, one project with who answered on any day, and the form for a breach; figures are the pages of `areas`."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import services as casework
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, day_or_none
from ximu.notice.domains.d02_ppp import queries, services

PER_PAGE = 100


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Every project of the units that this person may see: stage, what is owed, gaps by which nobody can be traced."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    found = queries.book(clock.city_day(now), known_at=now)
    page = Paginator(queries.listed(found, by), PER_PAGE).get_page(int_of(request, "page", 1))
    rows = [{**one, "name": registry.name(one["unit"], as_of=found.as_of, short=True)} for one in page]
    return render(request, "d02/projects.html", {"rows": rows, "page": page, "as_of": found.as_of, "may_deliver": by.can(services.DELIVER),
                                                 "sets": queries.sets(), "tabs": tabs(queries.AREA, by, "d02:projects")})


@require_safe
def project(request: HttpRequest, code: str) -> HttpResponse:
    """Stages, obligations with the day they were moved to, payments, who answered as of a day. Errors: `PPP-NONE`, `DATE-FORM`."""
    by, now = actor_of(request), clock.now()
    by.must(queries.SEE)
    today = clock.city_day(now)
    found, day = queries.book(today, known_at=now), day_or_none(request.GET.get("on", ""), "on") or today
    duty = request.GET.get("duty", "")[:40]
    shown = queries.shown(queries.seen(found, code, by), code, on=day, duty=duty, today=today)
    return render(request, "d02/project.html", {
        **shown, "code": code, "name": registry.name(shown["owner"], as_of=today), "on": day, "duty": duty, "latest": today,
        "gaps": sum(bool(one["gap"]) for one in shown["trace"]), "kinds": queries.kinds_of_breach().items(),
        "may_find": registry.may(by, services.FIND, shown["owner"], on=today)})


@require_POST
def find(request: HttpRequest, code: str) -> HttpResponse:
    """A breach is said; the new case opens."""
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must(services.FIND)
    new = services.NewBreach(code, post.get("kind", "")[:10], day_of(post.get("occurred_on", ""), "occurred_on"),
                             post.get("words", "")[:2000], post.get("duty", "")[:40])
    return redirect("casework:case", services.find(new, evidence=casework.received(request.FILES.get("file")), by=by, at=at))
