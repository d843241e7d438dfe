"""The exemption check (容错审查): the grounds as a list of questions, asked before any record takes effect."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import STATES
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m4_relief import queries, services

ASKED_IN = ("checked", "notified")


@require_safe
def examination(request: HttpRequest) -> HttpResponse:
    """What has passed the check and is not yet in effect, with who has answered for it; several can be signed at once."""
    by, at = actor_of(request), clock.now()
    by.must("records.check")
    state = request.GET.get("state", "")
    state = state if state in ASKED_IN else ASKED_IN[0]
    page = request.GET.get("page", "")
    found = disclosure.look_work(state, by=by, page=int(page) if page.isascii() and page.isdigit() else 1, at=at)[1]
    open_ones = records.unexamined([row.facts.number for row in found.rows], on=clock.city_day(at))
    names = registry.names_on((row.facts.subject, row.facts.event_date) for row in found.rows)
    rows = [{"facts": row.facts, "shown": {one.name: one for one in row.shown}, "open": row.facts.number in open_ones,
             "subject": names[row.facts.subject, row.facts.event_date]} for row in found.rows]
    days = {row.facts.event_date for row in found.rows} or {clock.city_day(at)}
    grounds = {code: words for day in sorted(days) for code, words in queries.checklist().grounds(day).items()}
    return render(request, "m4_relief/examination.html", {
        "rows": rows, "page": found, "state": state, "states": [(s, STATES[s]) for s in ASKED_IN],
        "grounds": grounds.items(), "open": len(open_ones),
    })


@require_POST
def examine(request: HttpRequest) -> HttpResponse:
    given = request.POST
    answers = {name.removeprefix("ground-"): str(value) for name, value in given.items() if name.startswith("ground-")}
    done = services.examine(given.getlist("number"), answers=answers, reason=given.get("reason", "")[:4000],
                            by=actor_of(request), at=clock.now())
    messages.success(request, t("已签字，{n}条记录可以告知。", "Signed; {n} records can be notified.", n=done))
    return redirect("m4:examination")
