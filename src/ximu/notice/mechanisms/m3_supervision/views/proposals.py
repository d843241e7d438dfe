"""Proposals: the list, one with its clocks and opinions, the import; and the delegate's own page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, rules, services

ON_A_PAGE = 100


def _file(request: HttpRequest, name: str) -> bytes:
    given = request.FILES.get(name)
    return given.read() if isinstance(given, UploadedFile) else b""


def _line(row: Any, on: date) -> dict[str, Any]:
    case = cases.case_for(row.case)
    made = cases.procedure(case.procedure)
    return {"row": row, "kind": rules.KINDS[row.kind], "lead": registry.name(row.lead, as_of=on, short=True), "case": case,
            "state": made.states[case.state].name, "signers": row.signers.count() + 1, "answer": rules.CLASSES.get(row.answer_class),
            "rating": rules.RATINGS.get(row.rating)}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All proposals; `?unit=mine` keeps those of the own unit; totals by unit beneath."""
    by, on = actor_of(request), clock.today()
    by.must("proposals.see")
    unit = by.unit or "" if request.GET.get("unit") == "mine" else ""
    session = request.GET.get("session", "")[:40]
    page = Paginator(queries.proposals(session=session, unit=unit), ON_A_PAGE).get_page(int_of(request, "page", 1))
    rows = [_line(row, on) for row in page]
    totals = [one | {"name": registry.name(one["unit"], as_of=on, short=True)} for one in queries.totals(session=session)]
    return render(request, "m3_supervision/proposals.html", {
        "page": page, "rows": rows, "totals": totals, "may_import": by.can("proposals.import"), "unit": unit, "session": session})


@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Upload a list: what was taken, and each line that was not."""
    by = actor_of(request)
    by.must("proposals.import")
    found = None
    if request.method == "POST":
        content = _file(request, "file")
        if not content:
            raise Refusal("FILE-NONE", field="file", value="", rule="required", zh="请选择文件。", en="Choose a file.")
        found = services.import_proposals(content, by=by, at=clock.now())
    return render(request, "m3_supervision/import.html", {"found": found, "columns": list(rules.COLUMNS)})


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """One proposal: units, clocks, opinions, answers. Not who made it."""
    by, on = actor_of(request), clock.today()
    by.must("proposals.see")
    row = queries.proposal(uid)
    opinions = [{"unit": registry.name(unit, as_of=on), "uid": unit, "said": said} for unit, said in queries.opinions(row).items()]
    view = _line(row, on)
    return render(request, "m3_supervision/proposal.html", view | {
        "opinions": opinions, "answers": row.answers.all(), "classes": rules.CLASSES.items(),
        "may_answer": by.can("proposals.answer", row.lead) and view["case"].state in ("handling", "redo"),
        "may_opine": any(o["said"] is None and o["uid"] == by.unit for o in opinions) and by.can("proposals.answer", by.unit),
        "co_due": queries.due_of("NPC-CO", row.assigned_on), "return_due": queries.due_of("NPC-RETURN", row.assigned_on)})


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "opinion":
        services.give_opinion(uid, unit=by.unit or "", words=post.get("words", ""), by=by, at=at)
    elif verb == "answer":
        given = services.Given(post.get("class", ""), post.get("words", ""), _file(request, "letter"),
                           day_or_none(post.get("due", ""), "due"),
                               post.get("deliverable", ""))
        services.answer_proposal(uid, given, by=by, at=at)
    elif verb == "return":
        services.return_proposal(uid, reason=post.get("reason", ""), by=by, at=at)
    elif verb == "rate":
        services.rate(uid, rating=post.get("rating", ""), words=post.get("words", ""), by=by, at=at)
        messages.success(request, t("已记录您的评价。", "Your rating is recorded."))
        return redirect("m3_supervision:own", uid)
    else:
        raise Http404
    return redirect("m3_supervision:proposal", uid)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A delegate's own proposals."""
    by = actor_of(request)
    by.must("proposals.own")
    rows = [_line(row, clock.today()) | {"leads": queries.leads(row, by)} for row in queries.mine(by)]
    return render(request, "m3_supervision/mine.html", {"rows": rows})


@require_safe
def own(request: HttpRequest, uid: str) -> HttpResponse:
    by, on = actor_of(request), clock.today()
    by.must("proposals.own")
    row = queries.own(uid, by)
    view = _line(row, on)
    return render(request, "m3_supervision/own.html", view | {
        "answers": row.answers.all(), "classes": rules.CLASSES, "ratings": rules.RATINGS.items(),
        "leads": queries.leads(row, by), "may_rate": queries.leads(row, by) and view["case"].state in ("answered", "answered_again")})
