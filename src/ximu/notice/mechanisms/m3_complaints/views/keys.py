"""The page of one's own key and of the office's: set up, unlock, seats, slips of paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.mechanisms.m3_complaints import queries, rules, services
from ximu.notice.mechanisms.m3_complaints.views import ring as rings


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Own key and the keys of one's offices; `?report=` leads back after unlocking."""
    by = actor_of(request)
    by.must(queries.HANDLE)
    return render(request, "m3_complaints/keys.html", _shown(request, by) | {"report": request.GET.get("report", "")[:16], "slips": []})


def _shown(request: HttpRequest, by: Actor) -> dict[str, Any]:
    at = clock.now()
    day, mine = clock.city_day(at), queries.keeper(by)
    offices = [_office(one, by, day) for one in queries.offices_for(by, day)]
    return {"mine": mine, "mark": rules.fingerprint(mine.public) if mine else "", "open": rings.ring_of(request, by, at=at) is not None,
            "offices": offices, "may_open": bool(by.unit) and by.can(queries.HANDLE, by.unit) and not queries.office_of(by.unit or ""),
            "unit": registry.name(by.unit, as_of=day) if by.unit else "", "shortest": rules.SHORTEST_PHRASE}


def _office(one: Any, by: Actor, day: date) -> dict[str, Any]:
    seats = queries.seats(one)
    waiting = queries.waiting(one)
    names = accounts.names_of([*(s.keeper.account for s in seats), *(k.account for k in waiting)])
    return {
        "row": one, "unit": registry.name(one.unit, as_of=day), "mark": rules.fingerprint(one.public),
        "seats": [{"keeper": s.keeper, "name": names.get(s.keeper.account, "—"), "self": s.keeper.person == by.human} for s in seats],
        "waiting": [{"keeper": k, "name": names.get(k.account, "—")} for k in waiting if k.person != by.human],
        "seated": any(s.keeper.person == by.human for s in seats)}


@never_cache
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Each button of the page; slips are shown in the answer to the very request, once."""
    by, at, post = actor_of(request), clock.now(), request.POST
    ring = rings.ring_of(request, by, at=at)
    if verb in ("make", "unlock"):
        made = (services.make_key if verb == "make" else services.unlock)(post.get("phrase", ""), by=by, at=at)
        back = post.get("report", "")[:16]
        answer = redirect("m3_complaints:one", back) if back else redirect("m3_complaints:keys")
        rings.keep(answer, request, made, at=at)
        return answer
    if verb == "lock":
        answer = redirect("m3_complaints:keys")
        rings.forget(answer)
        return answer
    if verb == "phrase":
        services.change_phrase(post.get("old", ""), post.get("phrase", ""), by=by, at=at)
    elif verb in ("open", "unseat"):
        slips = services.open_office(ring, by=by, at=at) if verb == "open" else services.take_seat(
            post.get("office", ""), post.get("keeper", ""), ring=ring, by=by, at=at)
        return render(request, "m3_complaints/keys.html", _shown(request, by) | {"report": "", "slips": slips})
    elif verb == "seat":
        services.add_seat(post.get("office", ""), post.get("keeper", ""), ring=ring, by=by, at=at)
    elif verb == "restore":
        services.restore_seat(post.get("office", ""), post.getlist("slip"), ring=ring, by=by, at=at)
    else:
        raise Http404
    messages.success(request, t("已办理，已记入日志。", "Done, and entered in the log."))
    return redirect("m3_complaints:keys")
