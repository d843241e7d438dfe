"""Inspection: rounds with their draw, a visit's checklist for a telephone, findings with the unit's reply, extracts."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import whole_of
from ximu.notice.mechanisms.m3_supervision import queries, rules, services
from ximu.notice.mechanisms.m3_supervision.views.proposals import _file

SEE = "inspection.visit"


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Rounds; the form for a new one, its scope a phrase or names."""
    by, day = actor_of(request), clock.today()
    by.must(SEE)
    if request.method == "POST":
        post = request.POST
        scope: list[str] = []
        for words in filter(None, (one.strip() for one in post.get("scope", "").replace("\n", "、").split("、"))):
            scope += registry.expand(words, as_of=day) if registry.is_phrase(words) else [registry.named(words, as_of=day)]
        made = services.plan_round(year=whole_of(post.get("year", ""), "year"), title=post.get("title", ""), scope=scope,
                                   items=post.get("items", "").split("\n"), size=whole_of(post.get("size", ""),
                                                                                        "size"), by=by, at=clock.now())
        return redirect("m3_supervision:round", made)
    return render(request, "m3_supervision/rounds.html", {"rows": queries.rounds(), "may_run": by.can("inspection.run"), "year": day.year})


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must(SEE)
    row = queries.round_of(uid)
    visits = [{"row": v, "unit": registry.name(v.unit, as_of=day), "findings": len(queries.findings(v)), "marked": len(v.marks)}
              for v in queries.visits(row)]
    extracts = [{"row": e, "unit": registry.name(e.unit, as_of=day)} for e in queries.extracts(row)]
    return render(request, "m3_supervision/round.html", {
        "row": row, "visits": visits, "extracts": extracts, "again": queries.redraw(row), "may_run": by.can("inspection.run"),
        "scope": [registry.name(u, as_of=day, short=True) for u in row.population]})


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    if verb == "commit":
        services.commit_seed(uid, by=by, at=at)
    elif verb == "draw":
        services.draw(uid, by=by, at=at)
    else:
        raise Http404
    return redirect("m3_supervision:round", uid)


def _device_place(by: Actor) -> str:
    """What one person's device keeps is not sent in the name of the next who signs in there."""
    return hashlib.sha256(f"keep:{by.human}".encode()).hexdigest()[:12]


@require_safe
def visit(request: HttpRequest, uid: str) -> HttpResponse:
    """The checklist for the team, made for a telephone; the findings for the unit, which may reply."""
    by = actor_of(request)
    row = queries.visit(uid)
    own = queries.speaks_for(by, row.unit, on=clock.today())
    if not own:
        by.must(SEE)
    team = by.human in {one["person"] for one in row.team}
    items: list[dict[str, Any]] = [one | {"mark": row.marks.get(one["code"], {})} for one in row.round.items]
    return render(request, "m3_supervision/visit.html", {
        "row": row, "unit": registry.name(row.unit, as_of=clock.today()), "items": items, "team": team, "own": own,
        "findings": queries.findings(row), "verdicts": rules.VERDICTS.items(), "parts": rules.PARTS.items(), "token": secrets.token_hex(8),
        "may_run": by.can("inspection.run"), "members": len(row.team), "place": f"{row.uid}-{_device_place(by)}"})


@require_POST
def visit_act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "team":
        services.assign_team(uid, post.get("team", "").replace("、", ",").split(","), by=by, at=at)
    elif verb == "marks":
        marks = {one["code"]: (post[f"v_{one['code']}"], post.get(f"n_{one['code']}", "")) for one in queries.visit(uid).round.items
                 if post.get(f"v_{one['code']}")}
        services.mark(uid, marks, by=by, at=at)
    elif verb == "finding":
        found = services.Found(post.get("item", ""), *(post.get(part, "") for part in rules.PARTS), _file(request, "evidence"),
                               post.get("token", ""))
        services.add_finding(uid, found, by=by, at=at)
    elif verb == "reply":
        services.reply(post.get("finding", ""), words=post.get("words", ""), by=by, at=at)
    elif verb == "extract":
        services.extract(uid, by=by, at=at)
        return redirect("m3_supervision:round", queries.visit(uid).round.uid)
    else:
        raise Http404
    return redirect("m3_supervision:visit", uid)


@require_safe
def extract(request: HttpRequest, uid: str) -> HttpResponse:
    """The bundle for the performance office; `ximu-verify` checks it offline."""
    actor_of(request).must("inspection.run")
    answer = HttpResponse(queries.bundle(queries.extract_of(uid)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="extract-{uid}.json"'
    return answer
