"""Agencies with their keys, reports with what is known of each use; a statement may be tried without keeping it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.credit import queries, services
from ximu.ideas.credit.rules import standing, statement
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, day_or_none
from ximu.kernel.words import Text

PER_PAGE = 100
SEE, LODGE, REGISTER = "credit.see", "credit.lodge", "credit.register"
REASONS = {"error": Text("差错", "an error"), "fraud": Text("虚假", "fraud"), "facts": Text("事实变化", "the facts changed"),
           "withdrawn": Text("机构撤回", "withdrawn by the agency")}


def _frame(request: HttpRequest, here: str, **more: Any) -> dict[str, Any]:
    by, on = actor_of(request), clock.today()
    by.must(SEE)
    return {"here": here, "on": on, "lodges": by.can(LODGE), "registers": by.can(REGISTER, queries.keeper(on)), **more}


def _seen(one: queries.Seen) -> dict[str, Any]:
    return {"row": one.row, "faults": [standing.WORDS[code] for code in one.faults], "codes": one.faults, "state": one.state,
            "words": standing.STATES.get(one.state)}


@require_http_methods(["GET", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """All reports, with what each is worth today; a statement may be tried without keeping it."""
    post, today = request.POST, clock.today()
    frame = _frame(request, "reports")
    verdict = services.verify(_note(request), document=_document(request), on=day_or_none(post.get("on", ""), "on") or today) \
        if request.method == "POST" else None
    by, page = actor_of(request), Paginator(queries.every_report(), PER_PAGE).get_page(int_of(request, "page", 1))
    used = {one.row.report_id: one.state for one in queries.uses(today, report__in=list(page)) if by.can(SEE, one.row.unit)}
    rows = [{**_seen(one), "used": standing.STATES.get(used.get(one.row.pk, ""))} for one in queries.seen(page, today)]
    return render(request, "credit/reports.html", {
        **frame, "rows": rows, "page": page, "verdict": verdict,
        "faults": [standing.WORDS[code] for code in verdict["faults"]] if verdict else [],
        "grades": statement.GRADES, "reasons": REASONS.items()})


@require_safe
def report(request: HttpRequest, uid: str) -> HttpResponse:
    """One report: what its issuer signed, what it is worth today, and each use that this person may see. Errors: `REP-NONE`."""
    by, today = actor_of(request), clock.today()
    frame, row = _frame(request, ""), queries.report(uid)
    used = queries.uses(today, report=row)
    gone = queries.revocation(row.code, row.number)
    return render(request, "credit/report.html", {
        **frame, "row": row, "faults": [standing.WORDS[code] for code in queries.faults_of(row, today)], "gone": gone,
        "reason": REASONS[gone.reason] if gone else None,
        "unit": registry.name(row.unit, as_of=today, short=True),
        "used": [{**_seen(one), "unit": registry.name(one.row.unit, as_of=today, short=True)}
                 for one in used if by.can(SEE, one.row.unit)]})


@require_safe
def issuers(request: HttpRequest) -> HttpResponse:
    """The register of agencies with their keys; proposing, confirming by a second person, closing."""
    by = actor_of(request)
    return render(request, "credit/issuers.html", {**_frame(request, "issuers"), "rows": [
        {"row": one, "mine": one.proposer == by.human} for one in queries.issuers()]})


def file_of(request: HttpRequest, name: str) -> UploadedFile | None:
    """What was chosen in a form; an empty file is none."""
    given = request.FILES.get(name)
    return given if isinstance(given, UploadedFile) and given.size else None


def _note(request: HttpRequest) -> bytes:
    """The statement as a file, or pasted."""
    file = file_of(request, "statement")
    return file.read(statement.MOST_BYTES + 1) if file else request.POST.get("note", "").encode()


def _document(request: HttpRequest) -> str:
    """The digest of the report's file; the file itself is dropped with the request."""
    file = file_of(request, "file")
    return statement.document_of(file.chunks()) if file else ""


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must(SEE)
    about = post.get("about", "")[:40]
    if verb == "lodge":
        told = {name: post.get(name, "")[:60] for name in ("issuer", "number", "issued_on", "expires_on", "grade")}
        made = services.lodge(note=_note(request), told=told, document=_document(request), unit=by.unit or "", by=by, at=at)
        return redirect("credit:report", made.uid)
    if verb == "revoke":
        told = {name: post.get(name, "")[:60] for name in ("issuer", "number", "revoked_on", "reason")}
        services.revoke(note=_note(request), told=told, basis=post.get("basis", ""), by=by, at=at)
        return redirect("credit:reports")
    if verb == "propose":
        services.propose_issuer(services.NewIssuer(post.get("code", "")[:40], post.get("name", ""), post.get("key", "")[:200],
                                                   post.get("basis", ""), day_of(post.get("since", ""), "since")), by=by, at=at)
    elif verb in ("confirm", "refuse"):
        services.confirm_issuer(about, approve=verb == "confirm", by=by, at=at)
    elif verb == "close":
        distrusted = day_or_none(post.get("distrusted", ""), "distrusted")
        services.close_issuer(about, ending=post.get("ending", ""), distrusted=distrusted, by=by, at=at)
    else:
        raise Http404
    return redirect("credit:issuers")
