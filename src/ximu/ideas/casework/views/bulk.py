"""Many cases at once: take in hand, make the same move, hand over; each outcome is told by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.views.cases import asked, given_by, uploads
from ximu.ideas.registry import queries as registry
from ximu.kernel.words import Text


@require_safe
def batch(request: HttpRequest) -> HttpResponse:
    """The chosen cases by where they stand, with what can be done for all that stand there."""
    by, at = actor_of(request), clock.now()
    by.must("casework.handle")
    chosen = request.GET.getlist("case")[:services.MOST_AT_ONCE]
    return render(request, "casework/batch.html", {"groups": queries.groups(chosen, actor=by, on=clock.city_day(at))})


@require_POST
def batch_take(request: HttpRequest) -> HttpResponse:
    done = services.take_many(request.POST.getlist("case"), by=actor_of(request), at=clock.now())
    words = Text("已由您承办", "in your hands now")
    return render(request, "casework/batch_done.html", {"done": [(one, words) for one in done], "name": Text("接办", "Take in hand")})


@require_http_methods(["GET", "POST"])
def batch_move(request: HttpRequest, verb: str) -> HttpResponse:
    """One form for all; what is refused for one case is told beside it, and the others are done."""
    by, at = actor_of(request), clock.now()
    by.must("casework.handle")
    chosen = (request.POST if request.method == "POST" else request.GET).getlist("case")[:services.MOST_AT_ONCE]
    together = [g for g in queries.groups(chosen, actor=by, on=clock.city_day(at)) if verb in {m.verb for m in g.moves}]
    if not together:
        return redirect("casework:inbox")
    group = together[0]
    wanted = next(m for m in group.moves if m.verb == verb)
    if request.method == "POST":
        done = services.move_many([c.uid for c in group.cases], verb, given=given_by(request, wanted.asks), files=uploads(request),
                                  by=by, at=at)
        return render(request, "casework/batch_done.html", {"done": [
            (one, group.procedure.states[one.state].name if one.state else None) for one in done], "name": wanted.name})
    return render(request, "casework/batch_move.html", {
        "group": group, "move": wanted, "target": group.procedure.states[wanted.target], "grounds": group.procedure.grounds.items(),
        "asks": asked(wanted),
    })


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """Many cases to another unit: first the list and the unit, then done."""
    by, at = actor_of(request), clock.now()
    by.must("casework.hand_over")
    chosen = request.POST.getlist("case") or request.GET.getlist("case")
    found, unit = [], request.POST.get("unit", "").strip()
    if unit:
        resolved = registry.resolve(unit, as_of=clock.city_day(at))
        found = resolved.candidates
        if resolved.status == "exact":
            count = services.hand_over(chosen, unit=found[0].uid, reason=request.POST.get("reason", ""), by=by, at=at)
            messages.success(request, t("已移交{n}件。", "{n} cases handed over.", n=count))
            return redirect("casework:inbox")
    reason = request.POST.get("reason", "")
    return render(request, "casework/hand_over.html", {"chosen": chosen, "found": found, "unit": unit, "reason": reason})
