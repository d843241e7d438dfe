"""Snapshots and twins to take away, a method to hand in, a result with its gap and its notes."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.mechanisms.m3_evaluators import queries, services
from ximu.notice.mechanisms.m3_evaluators.views.institutes import text_of


def _must_belong(by: Actor, uid: str) -> None:
    if not queries.stands_for(by, queries.snapshot(uid).engagement.evaluator):
        by.must("evaluators.manage")


@require_safe
def data(request: HttpRequest, uid: str, what: str) -> HttpResponse:
    """The twin, to try methods on at home. The snapshot itself stays: methods come to the data."""
    _must_belong(actor_of(request), uid)
    if what != "twin":
        raise Http404
    answer = HttpResponse(json.dumps(queries.twin_of(queries.snapshot(uid)), ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="twin-{uid}.json"'
    return answer


@require_POST
def evaluate(request: HttpRequest, uid: str) -> HttpResponse:
    by, text = actor_of(request), text_of(request, "file") or request.POST.get("method", "")
    if request.POST.get("on") == "twin":
        told = services.try_on_twin(uid, text, by=by)
        return render(request, "m3_evaluators/tried.html", {"rows": told["published"].items(), "snapshot": queries.snapshot(uid)})
    return redirect("m3_evaluators:evaluation", services.evaluate(uid, text, by=by, at=clock.now()).uid)


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    row = queries.evaluation(uid if queries.may_see(by, uid) else "")
    about = row.snapshot.engagement
    own = bool(by.unit) and by.unit in about.units and by.can("evaluators.comment", by.unit)
    return render(request, "m3_evaluators/evaluation.html", {
        "row": row, "about": about, "state": queries.STATES[row.state], "told": queries.told(row), "notes": queries.notes(row),
        "compared": queries.records_opened(row, queries.compared(row), by=by, at=at), "own": own and row.state in ("sent", "published"),
        "unit": registry.name(by.unit, as_of=clock.today()) if own and by.unit else "",
        "institute": queries.stands_for(by, about.evaluator),
        "may": {v: by.can(f"evaluators.{v}") for v in ("manage", "publish", "annotate")}})


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, words = actor_of(request), clock.now(), request.POST.get("words", "")
    if verb == "send":
        services.send(uid, by=by, at=at)
    elif verb == "publish":
        services.publish(uid, by=by, at=at)
    elif verb == "comment":
        services.comment(uid, words, unit=by.unit or "", by=by, at=at)
    elif verb == "annotate":
        services.annotate(uid, words, by=by, at=at)
    elif verb == "rerun" and queries.may_see(by, uid):
        same = services.rerun(uid)["same"]
        messages.success(request, t("重算结果逐字节一致。", "Computed again: the same bytes.") if same else
                         t("重算结果不一致，不得公布。", "Computed again: not the same; it may not be published."))
    else:
        raise Http404
    return redirect("m3_evaluators:evaluation", uid)
