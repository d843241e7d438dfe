"""The procurement pages: the city at a glance, a buyer's dossier, one process with its facts."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, day_or_none
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement import queries, services
from ximu.notice.domains.d01_procurement.rules import challenges, examining
from ximu.notice.domains.d01_procurement.rules.payments import OUTCOMES
from ximu.notice.domains.d01_procurement.rules.steps import TAGS

MOST_DIGITS = 6
SEE, ASSIGN = "d01.see", services.PERMISSION


def _asked(request: HttpRequest) -> dict[str, Any]:
    """As of which day, for which units, with names of persons or not."""
    actor = actor_of(request)
    actor.must(SEE)
    on: date = day_or_none(request.GET.get("on", ""), "on") or clock.today()
    return {"on": on, "known_at": clock.now(), "units": actor.units_with(SEE)}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    checks = [{**one.plain(), "what": examining.WHAT[one.what]} for one in queries.examined(**asked)]
    return render(request, "d01_procurement/index.html", {**queries.overview(**asked), "checks": checks})


@require_safe
def dossier(request: HttpRequest, uid: str) -> HttpResponse:
    asked, actor = _asked(request), actor_of(request)
    may = actor.can(ASSIGN, uid)
    return render(request, "d01_procurement/unit.html", {
        **queries.dossier(uid, persons=True, **asked), "may_assign": may,
        "posts": registry.posts(uid, as_of=asked["on"]) if may else []})


@require_safe
def process(request: HttpRequest) -> HttpResponse:
    """Errors: `D01-NONE`."""
    shown = queries.shown_process(request.GET.get("ocid", ""), persons=True, **_asked(request))
    actor, unit = actor_of(request), shown["process"].unit
    return render(request, "d01_procurement/process.html", {
        **shown, "releases": [(one, day, [TAGS.get(tag, Text(tag, tag)) for tag in tags.split("|")])
                              for one, day, tags in shown["process"].releases],
        "ends": OUTCOMES.items(), "may_dispute": actor.can(services.DISPUTE, unit) and actor.unit != unit,
        "may_challenge": actor.can(services.CHALLENGE, unit), "kinds": challenges.KINDS.items(), "endings": challenges.OUTCOMES.items()})


@require_POST
def dispute(request: HttpRequest) -> HttpResponse:
    """Which payment: its place in the process, from 0. Errors: `PERM-DENIED`, `D01-NONE`, `D01-PAYMENT` and those of the service."""
    post, by, on = request.POST, actor_of(request), clock.today()
    by.must(services.DISPUTE)
    ocid, place = request.GET.get("ocid", ""), post.get("payment", "")
    _, process = queries.one_process(ocid, on, known_at=clock.now(), units=by.units_with(services.DISPUTE))
    listed = process.payments
    chosen = listed[int(place)] if place.isdecimal() and len(place) < MOST_DIGITS and int(place) < len(listed) else None
    services.dispute(ocid, contract=chosen.contract if chosen else "", milestone=chosen.milestone if chosen else place[:40],
                     since=day_of(post.get("since", ""), "since"), basis=post.get("basis", ""), by=by, at=clock.now(), on=on)
    return redirect(f"{reverse('d01:process')}?{urlencode({'ocid': ocid})}")


@require_POST
def end_dispute(request: HttpRequest, uid: str) -> HttpResponse:
    post = request.POST
    services.end_dispute(uid, outcome=post.get("outcome", ""), until=day_of(post.get("until", ""), "until"), basis=post.get("basis", ""),
                         by=actor_of(request), at=clock.now(), on=clock.today())
    return redirect(f"{reverse('d01:process')}?{urlencode({'ocid': request.GET.get('ocid', '')})}")


@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    post, ocid = request.POST, request.GET.get("ocid", "")
    services.challenge(ocid, kind=post.get("kind", ""), raised_on=day_of(post.get("raised_on", ""), "raised_on"),
                       basis=post.get("basis", ""), by=actor_of(request), at=clock.now(), on=clock.today())
    return redirect(f"{reverse('d01:process')}?{urlencode({'ocid': ocid})}")


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    post = request.POST
    services.decide(uid, outcome=post.get("outcome", ""), decided_on=day_of(post.get("decided_on", ""), "decided_on"),
                    decision=post.get("decision", ""), by=actor_of(request), at=clock.now(), on=clock.today())
    return redirect(f"{reverse('d01:process')}?{urlencode({'ocid': request.GET.get('ocid', '')})}")


@require_POST
def assign(request: HttpRequest, uid: str) -> HttpResponse:
    post = request.POST
    services.assign(uid, step=post.get("step", ""), post=post.get("post", ""), since=day_of(post.get("since", ""), "since"),
                    basis=post.get("basis", ""), by=actor_of(request), at=clock.now())
    return redirect("d01:unit", uid=uid)
