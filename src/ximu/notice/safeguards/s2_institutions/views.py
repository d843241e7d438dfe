"""Pages of row S2: coverage matrix, documents with their versions, delays, every parameter with the rule behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.notice.safeguards.s2_institutions import queries, rules, services

SEE, ENTER, PUBLISH = "institutions.see", "institutions.enter", "institutions.publish"


def _as_of(request: HttpRequest) -> date:
    return day_of(request.GET.get("as_of") or clock.today().isoformat(), "as_of")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Who has a plan, and what it says of each item; delays."""
    by = actor_of(request)
    by.must(SEE)
    on = _as_of(request)
    codes = queries.items()
    found = queries.standings(on)
    wanted = request.GET.get("state", "")
    rows = [{"one": one, "cells": [(code, one.cells.get(code, "")) for code, _ in codes],
             "covered": sum(1 for code, _ in codes if one.cells.get(code))} for one in found if not wanted or one.state == wanted]
    counts = [(state, words, sum(one.state == state for one in found)) for state, words in rules.STATES.items()]
    delays = [{"row": d, "unit": registry.name(d.unit, as_of=d.since), "ground": rules.GROUNDS[d.ground]} for d in queries.delays()]
    return render(request, "s2_institutions/desk.html", {
        "rows": rows, "items": codes, "counts": counts, "as_of": on, "delays": delays, "state": wanted, "grounds": rules.GROUNDS.items(),
        "may_enter": by.can(ENTER), "may_publish": by.can(PUBLISH), "total": len(found)})


@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    """Every number of the software that comes from law, with its source, its day and the registered rule that sets it."""
    actor_of(request).must(SEE)
    on = _as_of(request)
    return render(request, "s2_institutions/parameters.html", {"rows": queries.parameters(on), "as_of": on})


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must(SEE)
    on, kind = _as_of(request), request.GET.get("kind", "")
    rows = [{"document": d, "kind": rules.KINDS[d.kind], "unit": registry.name(d.unit, as_of=on), "now": queries.in_force(d, on),
             "versions": queries.versions(d)} for d in queries.documents(kind=kind)]
    return render(request, "s2_institutions/documents.html", {
        "rows": rows, "kinds": rules.KINDS.items(), "kind": kind, "as_of": on, "may_enter": by.can(ENTER)})


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must(ENTER)
    own = registry.name(by.unit, as_of=clock.today()) if by.unit else ""
    if request.method != "POST":
        return render(request, "s2_institutions/enter.html", {"kinds": rules.KINDS.items(), "unit": own})
    post, given = request.POST, request.FILES.get("file")
    force = day_of(post.get("in_force_on", ""), "in_force_on")
    new = services.NewVersion(
        registry.named(post.get("unit", "").strip() or own, as_of=force), post.get("kind", ""), post.get("title", "")[:200],
        post.get("reference", "")[:80], force, given.read() if isinstance(given, UploadedFile) else b"",
        tuple(name.strip() for name in post.get("parameters", "").replace("、", ",").split(",") if name.strip()))
    return redirect("s2:version", services.enter(new, by=by, at=clock.now()))


@require_safe
def version(request: HttpRequest, uid: str) -> HttpResponse:
    by = actor_of(request)
    by.must(SEE)
    row = queries.version(uid)
    said = {one.item: one for one in queries.said(row)}
    plan = row.document.kind == "plan"
    lines = [{"code": code, "text": text, "said": said.get(code)} for code, text in queries.items()] if plan else []
    return render(request, "s2_institutions/version.html", {
        "row": row, "kind": rules.KINDS[row.document.kind], "unit": registry.name(row.document.unit, as_of=row.in_force_on),
        "lines": lines,
        "opens": row.state != "entered" or by.can(PUBLISH) or by.can(ENTER, row.document.unit),
        "gaps": queries.gaps_of(row) if plan else [], "open": row.state == "entered", "stances": rules.STANCES.items(),
        "may_enter": by.can(ENTER, row.document.unit), "may_publish": by.can(PUBLISH), "versions": queries.versions(row.document)})


@require_safe
def text(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The full text of a version; one that is not published yet is for who entered it and who publishes."""
    by = actor_of(request)
    by.must(SEE)
    row = queries.version(uid)
    if row.state == "entered" and not by.can(PUBLISH):
        by.must(ENTER, row.document.unit)
    return kept_file(row.text, issued=True)


@require_POST
def cover(request: HttpRequest, uid: str) -> HttpResponse:
    """The whole form at once; an item that is left open stays open."""
    post = request.POST
    said = [rules.Said(code, post[f"stance_{code}"], post.get(f"words_{code}", "")[:400])
            for code, _ in queries.items() if post.get(f"stance_{code}")]
    missing = services.cover(uid, said, by=actor_of(request), at=clock.now())
    messages.success(request, t("已保存，尚有{n}项未说明。", "Saved; {n} items are still open.", n=len(missing)))
    return redirect("s2:version", uid)


@require_POST
def decide(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    if verb == "publish":
        services.publish(uid, by=by, at=at)
    elif verb == "repeal":
        services.repeal(uid, on=day_of(request.POST.get("on", ""), "on"), by=by, at=at)
    else:
        raise Http404
    return redirect("s2:version", uid)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    post = request.POST
    since = day_of(post.get("since", ""), "since")
    unit = registry.named(post.get("unit", "").strip(), as_of=since)
    services.ask_delay(unit, ground=post.get("ground", ""), basis=post.get("basis", "")[:400], since=since, by=actor_of(request),
                       at=clock.now())
    return redirect("s2:desk")


@require_POST
def delay(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    acts: dict[str, Any] = {
        "grant": lambda: services.grant_delay(uid, by=by, at=at),
        "end": lambda: services.end_delay(uid, until=day_of(request.POST.get("until", ""), "until"), by=by, at=at)}
    if verb not in acts:
        raise Http404
    acts[verb]()
    return redirect("s2:desk")
