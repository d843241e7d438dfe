"""Matters and where they stand, places without a unit, sites under governance, signs of a dereliction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.rules import period_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.views import uploads
from ximu.ideas.places import queries as places
from ximu.ideas.places.rules import KINDS
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of, moment_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d07_urban import queries, services

PER_PAGE = 100


def _begin(request: HttpRequest, here: str) -> tuple[Actor, date, dict[str, Any]]:
    by = actor_of(request)
    by.must(queries.SEE)
    return by, clock.today(), {"tabs": tabs(queries.AREA, by, f"d07:{here}")}


def _page(request: HttpRequest, rows: Any) -> dict[str, Any]:
    page = Paginator(rows, PER_PAGE).get_page(int_of(request, "page", 1))
    return {"page": page, "rows": list(page)}


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """Those that this person may see, the newest first."""
    by, today, shown = _begin(request, "matters")
    state = "closed" if request.GET.get("state") == "closed" else "open"
    shown |= _page(request, queries.matters(by, state=state))
    shown["rows"] = queries.told(shown["rows"], today)
    return render(request, "d07/matters.html", shown | {"state": state, "may_enter": by.can("d07.enter")})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    by, _, shown = _begin(request, "matters")
    by.must("d07.enter")
    origins = [(code, name) for code, name in queries.ORIGINS.items() if code != "project"]
    now, given = clock.now(), request.POST.dict()
    shown |= {"kinds": KINDS.items(), "origins": origins, "now": now.astimezone(clock.CITY), "given": given}
    if request.method != "POST":
        return render(request, "d07/new.html", shown)
    try:
        said = {name: given.get(name, "") for name in ("kind", "title", "place", "origin", "ref")}
        new = services.NewMatter(**said, found_at=moment_of(given.get("found_at", ""), "found_at", clock.CITY),
                                 is_new=bool(given.get("is_new")), building=bool(given.get("building")))
        return redirect("d07:matter", services.report(new, by=by, at=now, files=uploads(request, "file")))
    except Refusal as refusal:
        return render(request, "d07/new.html", shown | {"refusal": refusal}, status=refusal.status)


@require_safe
def matter(request: HttpRequest, uid: str) -> HttpResponse:
    """One matter: place, units by the duty list of the day, terms, and its cases with their history."""
    by, today, shown = _begin(request, "matters")
    row = queries.matter(uid, actor=by)
    listed = cases.cases_about(uid, actor=by)
    told = [{"case": one, "name": cases.procedure(one.procedure).name, "state": cases.procedure(one.procedure).states[one.state].name,
             "holder": registry.name(one.holder, as_of=today) if one.holder else ""} for one in listed]
    return render(request, "d07/matter.html", shown | {
        **queries.told([row], today)[0],
        "units": [registry.name(unit, as_of=clock.city_day(row.found_at)) for unit in row.units],
        "cases": told, "origin": queries.ORIGINS[row.origin]})


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What no line of the duty list covers, or what nobody accepted: matters, grid cases, hotline tickets. Nothing is dropped."""
    by, today, shown = _begin(request, "queue")
    shown |= _page(request, queries.matters(by, state="unplaced"))
    shown["rows"] = queries.told(shown["rows"], today)
    if places.works(by, queries.SEE, today):
        now = clock.now()
        shown |= {"grid": queries.unplaced_rows(today, known_at=now), "hotline": queries.unplaced_tickets(today, known_at=now)}
    return render(request, "d07/queue.html", shown)


@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """Estates and quasi-residential buildings: named sites of the duty list, each with its projects."""
    by, today, shown = _begin(request, "sites")
    shown |= _page(request, queries.sites(by, today))
    return render(request, "d07/sites.html", shown | {"may_keep": places.works(by, places.KEEP, today)})


@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, uid: str) -> HttpResponse:
    """One site with its projects: listed, done, checked by another."""
    by, today, shown = _begin(request, "sites")
    one = queries.site(uid, actor=by)
    if request.method == "POST":
        post = request.POST
        unit = registry.find(post["unit"].strip(), as_of=today) if post.get("unit", "").strip() else ""
        made = services.list_project(uid, title=post.get("title", ""), due_on=day_of(post.get("due_on", ""), "due_on"), unit=unit, by=by,
                                     at=clock.now())
        return redirect("d07:matter", made)
    shown |= _page(request, queries.projects(uid))
    return render(request, "d07/site.html", shown | {
        "one": one, "rows": queries.told(shown["rows"], today), "may_list": places.works(by, services.OFFICE, today)})


@require_http_methods(["GET", "POST"])
def derelictions(request: HttpRequest) -> HttpResponse:
    """Signs of the year by code, cases brought up, and the form for codes that need a document."""
    by, today, shown = _begin(request, "derelictions")
    if request.method == "POST":
        post = request.POST
        unit = post.get("unit", "").strip()
        uid = unit if post.get("about") else registry.find(unit, as_of=today)
        found = services.Brought(post.get("code", ""), uid, post.get("about", ""), post.get("document", ""))
        case = services.bring_up(found, reason=post.get("reason", ""), by=by, at=clock.now(), files=uploads(request, "file"))
        return redirect(reverse("casework:case", args=[case]))
    year = int_of(request, "year", today.year, least=2000, most=2100)
    period = period_of(year, today=today, known_at=clock.now())
    shown |= _page(request, queries.signs(by, period))
    signs = [{"sign": one, "said": queries.said(one), "unit": registry.name(one.unit, as_of=period.as_of)} for one in shown["rows"]]
    brought = Paginator(queries.brought_up(by, today), PER_PAGE).get_page(int_of(request, "cases", 1))
    return render(request, "d07/derelictions.html", shown | {
        "signs": signs, "codes": queries.derelictions()["code"].items(), "source": queries.derelictions()["source"], "year": year,
        "cases": brought,
        "may_bring": places.works(by, services.OFFICE, today)})
