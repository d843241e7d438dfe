"""The desk of leads: those in hand, the whole chain by source, a form and a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import queries, rules, services
from ximu.notice.mechanisms.m1_leads.rules import ORIGINS, Told

MOST_BYTES = 8 << 20


def _shown(by: Actor, state: str) -> dict[str, Any]:
    day, procedure = clock.today(), cases.procedure("lead")
    state = state if state in procedure.states else ""
    rows = [{"case": c, "state": procedure.states[c.state].name, "unit": registry.name(c.subject, as_of=day, short=True),
             "origin": ORIGINS[c.values["origin"]], "title": c.values["title"]} for c in queries.leads(by, state=state)]
    return {"rows": rows, "state": state, "states": [(code, s.name) for code, s in procedure.states.items()], "origins": ORIGINS.items(),
            "chains": [{"row": c, "origin": ORIGINS[c.origin]} for c in queries.chains()], "may_raise": by.can("leads.raise")}


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must("leads.see")
    return render(request, "m1_leads/desk.html", _shown(by, request.GET.get("state", "")))


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """A lead that is refused comes back as it was typed."""
    by = actor_of(request)
    given = {name: request.POST.get(name, "") for name in rules.COLUMNS}
    try:
        return redirect("casework:case", uid=services.raise_lead(Told(**given), by=by, at=clock.now()))
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        return render(request, "m1_leads/desk.html", _shown(by, "") | {"given": given, "refusal": refusal}, status=refusal.status)


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    by, sent = actor_of(request), request.FILES.get("file")
    by.must("leads.raise")
    if not isinstance(sent, UploadedFile) or not sent.size or sent.size > MOST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=getattr(sent, "size", 0) or 0, rule=f"1–{MOST_BYTES}",
                      zh="请选择不超过8 MB的CSV文件。", en="Choose a CSV file of at most 8 MB.")
    done = services.import_leads(sent.read(), by=by, at=clock.now())
    messages.info(request, t("新增{n}件，已有{s}件，退回{p}行。", "{n} new, {s} known, {p} lines refused.", n=done.new, s=done.same,
                             p=len(done.problems)))
    return render(request, "m1_leads/desk.html", _shown(by, "") | {"problems": done.problems}, status=422 if done.problems else 200)
