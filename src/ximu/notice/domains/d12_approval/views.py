"""Versions of the catalogue in the console; for everybody “they asked me for something else”, and what became of it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ximu.foundation import clock, receipts
from ximu.foundation.web import actor_of, source_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d12_approval.queries import AREA, SEE, catalogue
from ximu.notice.domains.d12_approval.rules.catalogue import ASKED, FIELDS
from ximu.notice.domains.d12_approval.services import catalogue as versions
from ximu.notice.domains.d12_approval.services import reporting


@require_http_methods(["GET", "POST"])
def editions(request: HttpRequest) -> HttpResponse:
    """Versions; the one that waits, with its difference; drafting, notice, publication, withdrawal."""
    by, at, post, file = actor_of(request), clock.now(), request.POST, request.FILES.get("file")
    by.must(SEE)
    number, verb, said = (post.get(name, "").strip()[:400] for name in ("number", "verb", "said"))
    if verb == "draft":
        versions.draft(number, file.read() if isinstance(file, UploadedFile) else b"", basis=said, by=by, at=at)
    elif verb == "notice":
        versions.give_notice(number, by=by, at=at)
    elif verb == "publish":
        versions.publish(number, in_force=day_of(post.get("in_force", ""), "in_force"), by=by, at=at)
    elif verb == "withdraw":
        versions.withdraw(number, reason=said, by=by, at=at)
    if request.method == "POST":
        return redirect("d12:catalogue")
    row = catalogue.waiting()
    return render(request, "d12/catalogue.html", {
        "tabs": tabs(AREA, by, "d12:catalogue"), "fields": FIELDS, "edition": row, "now": catalogue.in_force(clock.today()),
        "versions": catalogue.published().reverse().defer("items"), "changes": catalogue.difference(row) if row else []})


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form with its answer; the receipt code is shown once. It needs no cookie and asks for no name."""
    given = {name: (request.POST or request.GET).get(name, "").strip()[:400] for name in ("kind", "item", "unit", "words", "on")}
    token = request.POST.get("token", "")[:32] or receipts.form_token()
    shown: dict[str, Any] = {"asked": ASKED.items(), "given": given, "day": clock.today(), "token": token}
    if request.method != "POST":
        return render(request, "d12/ask.html", shown)
    try:
        on = day_of(given["on"], "on")
        made = {**given, "on": on, "unit": registry.find(given["unit"], as_of=on)}
        shown["verdict"], shown["number"], shown["code"] = reporting.report(**made, token=token, source=source_of(request), at=clock.now())
    except Refusal as refusal:
        return render(request, "d12/ask.html", shown | {"refusal": refusal}, status=refusal.status)
    return render(request, "d12/ask.html", shown)


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The code travels in the form only. Errors: `RECEIPT`, `RECEIPT-SLOW`."""
    if request.method != "POST":
        return render(request, "d12/mine.html")
    case = cases.case_for(reporting.look(request.POST.get("code", ""), source=source_of(request), at=clock.now()))
    said = [step.detail["reason"] for step in case.steps.order_by("-log_index") if step.detail.get("reason")][:1]
    return render(request, "d12/mine.html", {"case": case, "asked": ASKED, "said": said,
                                             "state": cases.procedure(case.procedure).states[case.state].name})
