"""The handler's pages. The uid of a report is random; its content is read only on the page of that report."""

from __future__ import annotations

import base64
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, rules, services
from ximu.notice.mechanisms.m3_complaints.views.ring import ring_of

ON_A_PAGE = 100
TYPES = {"jpeg": "image/jpeg", "png": "image/png"}
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = {"pdf": "application/pdf", "docx": f"{OFFICE}wordprocessingml.document", "xlsx": f"{OFFICE}spreadsheetml.sheet"}


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What this person handles; how the public's codes fare; the days in the log."""
    by, at = actor_of(request), clock.now()
    by.must(queries.HANDLE)
    day = clock.city_day(at)
    rows = [{"row": r, "state": rules.STATES[r.state], "topic": rules.TOPICS[r.topic], "late": bool(r.due and r.due < day),
             "handler": registry.name(r.handler, as_of=day) if r.handler else ""} for r in queries.visible(by, day)]
    return render(request, "m3_complaints/desk.html", {
        "open": [r for r in rows if r["row"].state not in rules.CLOSED], "closed": [r for r in rows if r["row"].state in rules.CLOSED],
        "oversee": by.can(queries.OVERSEE), "bare": any(queries.is_bare(r["row"]) for r in rows), "alarms": queries.alarms(day),
        "guesses": queries.guesses(at), "most": queries.value("guesses_an_hour", day),
        "seals": queries.seals(7)})


@never_cache
@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    row = services.must_handle(uid, by=by, at=at)
    try:
        shown = _shown(request, row, original=False)
    except Refusal as refusal:
        if refusal.code != "KEY-LOCKED":
            raise
        return redirect(f"{reverse('m3_complaints:keys')}?report={row.uid}")
    return render(request, "m3_complaints/one.html", shown | {"contact": ""})


def _shown(request: HttpRequest, row: Any, *, original: bool) -> dict[str, Any]:
    by, at = actor_of(request), clock.now()
    day = clock.city_day(at)
    key = queries.data_key(row, ring_of(request, by, at=at))
    return queries.content(row, key, original=original) | {
        "row": row, "oversee": by.can(queries.OVERSEE), "original": original,
        "state": rules.STATES[row.state], "topic": rules.TOPICS[row.topic], "outcome": rules.OUTCOMES.get(row.outcome),
        "about": [registry.name(unit, as_of=day) for unit in row.about], "outcomes": rules.OUTCOMES.items(),
        "handler": registry.name(row.handler, as_of=day) if row.handler else "", "mine": row.officer == by.human,
        "why": queries.extension_of(row, key),
        "may_extend": row.state == "handling" and not row.extended and not (row.due and row.due < day),
        "late": bool(row.due and row.due < day), "closed": row.state in rules.CLOSED,
        "may_take": not row.officer and row.state in ("handling", "asked", "found") and by.human not in row.earlier,
    }


@never_cache
@require_safe
def file(request: HttpRequest, uid: str, attachment: str) -> HttpResponse:
    """A cleaned file: a picture or text as a page of its own, a document to be saved; nothing is written here."""
    by = actor_of(request)
    at = clock.now()
    row = services.must_handle(uid, by=by, at=at)
    key = queries.data_key(row, ring_of(request, by, at=at))
    if attachment in queries.mask_of(row, key)["files"]:
        by.must(queries.OVERSEE)
    kind, content = queries.attachment(row, attachment, key)
    if kind in DOCUMENTS:
        return HttpResponse(content, content_type=DOCUMENTS[kind], headers={
            "Content-Disposition": f'attachment; filename="{attachment}.{kind}"', "X-Content-Type-Options": "nosniff"})
    if kind == "text":
        return render(request, "m3_complaints/file.html", {"row": row, "text": content.decode()})
    address = f"data:{TYPES[kind]};base64,{base64.b64encode(content).decode('ascii')}"
    return render(request, "m3_complaints/file.html", {"row": row, "picture": address})


@never_cache
@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    ring = ring_of(request, by, at=at)
    text, day = post.get("text", ""), clock.today()
    if verb == "accept":
        services.accept(uid, by=by, at=at)
    elif verb == "take":
        services.take(uid, by=by, at=at)
    elif verb == "decline":
        services.decline(uid, reason=text, ring=ring, by=by, at=at)
    elif verb == "ask":
        services.ask(uid, text, ring=ring, by=by, at=at)
    elif verb == "pass":
        services.pass_on(uid, registry.named(post.get("unit", "").strip(), as_of=day), ring=ring, by=by, at=at)
        return redirect("m3_complaints:desk")
    elif verb == "answer":
        unit = registry.named(post["unit"].strip(), as_of=day) if post.get("unit", "").strip() else ""
        services.answer(uid, services.Finding(post.get("outcome", ""), text, unit, post.get("lead", "")), ring=ring, by=by, at=at)
    elif verb == "conclude":
        unit = registry.named(post["unit"].strip(), as_of=day) if post.get("unit", "").strip() else ""
        services.conclude(uid, services.Finding(post.get("outcome", ""), "", unit, post.get("lead", "")), ring=ring, by=by, at=at)
    elif verb == "link":
        services.link(uid, post.get("main", "").strip()[:16], by=by, at=at)
    elif verb == "mark":
        services.mark_official(uid, post.get("official", "").strip()[:60], ring=ring, by=by, at=at)
        return redirect("m3_complaints:desk")
    elif verb == "mask":
        services.mask(uid, post.get("passages", "").splitlines(), files=post.getlist("hide"), ring=ring, by=by, at=at)
    elif verb == "original":
        row = services.original(uid, purpose=post.get("purpose", ""), by=by, at=at)
        return render(request, "m3_complaints/one.html", _shown(request, row, original=True) | {"contact": ""})
    elif verb == "extend":
        services.ask_extension(uid, text, ring=ring, by=by, at=at)
    elif verb in ("grant", "refuse"):
        services.decide_extension(uid, agree=verb == "grant", ring=ring, by=by, at=at)
    elif verb == "contact":
        services.ask_contact(uid, purpose=post.get("purpose", ""), by=by, at=at)
    elif verb == "reveal":
        shown = services.reveal_contact(uid, ring=ring, by=by, at=at)
        row = services.must_handle(uid, by=by, at=at)
        return render(request, "m3_complaints/one.html", _shown(request, row, original=False) | {"contact": shown})
    else:
        raise Http404
    return redirect("m3_complaints:one", uid)


@require_safe
def leads(request: HttpRequest) -> HttpResponse:
    """What social supervision, the press and the public brought, without anybody behind it."""
    return _leads(request, None)


def _leads(request: HttpRequest, found: Any) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must("complaints.leads")
    page = Paginator(queries.leads(origin=request.GET.get("origin", "")), ON_A_PAGE).get_page(int_of(request, "page", 1))
    rows = [{"row": lead, "unit": registry.name(lead.unit, as_of=day), "topic": rules.TOPICS[lead.topic],
             "origin": queries.ORIGINS[lead.origin]}
            for lead in page]
    return render(request, "m3_complaints/leads.html", {
        "page": page, "rows": rows, "topics": rules.TOPICS.items(),
        "origins": [(k, v) for k, v in queries.ORIGINS.items() if k != "social"],
        "may_press": by.can(queries.PRESS), "columns": services.COLUMNS, "found": found})


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """A list of leads of the hotline, the press or the public: what was taken, and each line that was not."""
    given = request.FILES.get("file")
    if given is None:
        raise Refusal("FILE-NONE", field="file", value="", rule="required", zh="请选择文件。", en="Choose a file.")
    return _leads(request, services.bring_leads(given.read(), by=actor_of(request), at=clock.now()))


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    post = request.POST
    unit = registry.named(post.get("unit", "").strip(), as_of=clock.today())
    services.report_press(unit, post.get("topic", ""), origin=post.get("origin", ""), words=post.get("words", ""),
                          source=post.get("source", ""), by=actor_of(request), at=clock.now())
    return redirect("m3_complaints:leads")
