"""The duty list with a look-up by address, a new line, one line with its inspections."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.places import queries, rules, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, day_or_none, whole_of

PER_PAGE = 200


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The lines of today; an address is asked by POST, so that it stands in no address of a page and no log of the server."""
    by, post, today = actor_of(request), request.POST, clock.today()
    by.must(queries.SEE)
    asked: dict[str, Any] = {}
    if request.method == "POST":
        on = day_or_none(post.get("on", ""), "on") or today
        found = queries.whose(post.get("kind", ""), post.get("place", "")[:200], on)
        asked = {"place": post.get("place", "")[:200], "kind": post.get("kind", ""), "on": on, "how": found.how,
                 "units": [registry.name(unit, as_of=on) for unit in found.units],
                 "lines": [queries.called(queries.row_of(queries.duty(uid)), on) for uid in found.rows]}
    listed = queries.listed(today)
    total, page = len(listed), int_of(request, "page", 1, most=max(1, -(-len(listed) // PER_PAGE)))
    shown = queries.shown(listed[(page - 1) * PER_PAGE:page * PER_PAGE], today)
    return render(request, "places/index.html", {
        "asked": asked, "kinds": rules.KINDS.items(), "lines": shown, "total": total, "page": page, "more": page * PER_PAGE < total,
        "may_keep": queries.works(by, queries.KEEP, today)})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    by, post = actor_of(request), request.POST
    by.must(queries.KEEP)
    if request.method == "POST":
        since = day_of(post.get("since", ""), "since")
        district, street = queries.area_of(post.get("district", ""), post.get("street", ""))
        numbers = {name: whole_of(post[name].strip(), name) if post.get(name, "").strip() else None for name in ("low", "high", "every")}
        made = services.list_duty(services.NewDuty(
            registry.find(post.get("unit", "").strip(), as_of=since), district, since, post.get("basis", ""), tuple(post.getlist("kinds")),
            street, post.get("road", ""), numbers["low"], numbers["high"], post.get("side", ""), post.get("site", ""), numbers["every"]),
            by=by, at=clock.now())
        return redirect("places:line", made)
    return render(request, "places/new.html", {"kinds": rules.KINDS.items(), "sides": rules.SIDES.items()})


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, uid: str) -> HttpResponse:
    """One line: since when, by which paper, its inspections; ended or inspected from here."""
    by, post, at = actor_of(request), request.POST, clock.now()
    by.must(queries.SEE)
    row, today = queries.duty(uid), clock.today()
    if request.method == "POST":
        if post.get("act") == "end":
            services.end_duty(uid, until=day_of(post.get("until", ""), "until"), by=by, at=at)
        elif post.get("act") == "inspect":
            services.inspect(uid, on=day_of(post.get("on", ""), "on"), note=post.get("note", ""),
                             found=whole_of(post.get("found", "") or "0", "found"), by=by, at=at)
        else:
            raise Http404
        return redirect("places:line", uid)
    unit = registry.owner_of(row.unit, max(today, row.since))
    return render(request, "places/line.html", {
        "row": row, "title": queries.called(queries.row_of(row), today), "kinds": queries.kinds_of(queries.row_of(row)),
        "unit": registry.name(unit, as_of=today), "entered": registry.name(row.unit, as_of=row.since),
        "inspections": queries.inspections(row)[:PER_PAGE],
        "may_keep": queries.works(by, queries.KEEP, today),
        "may_inspect": by.can(queries.INSPECT, unit) and row.since <= today and (row.until is None or today < row.until)})
