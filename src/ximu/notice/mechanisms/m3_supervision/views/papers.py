"""Letters to delegates and the yearly text, as docx and PDF in official layout."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock, documents
from ximu.foundation.web import actor_of, kept_file
from ximu.kernel.given import day_or_none, whole_of
from ximu.notice.mechanisms.m3_supervision import queries

TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}


def _sent(letter: documents.Letter, form: str, name: str) -> HttpResponse:
    if form not in TYPES:
        raise Http404
    content = documents.pdf(letter) if form == "pdf" else documents.docx(letter)
    return HttpResponse(content, content_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'})


@require_POST
def draft(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """The letter for signature, from what stands in the form: nothing is kept."""
    row, post = queries.proposal(uid), request.POST
    actor_of(request).must("proposals.answer", row.lead)
    letter = queries.answer_letter(row, klass=post.get("class", ""), words=post.get("words", "")[:20_000],
                                   due=day_or_none(post.get("due", ""), "due"), deliverable=post.get("deliverable", "")[:400],
                                   on=clock.today())
    return _sent(letter, form, f"answer-draft-{uid}")


@require_safe
def given(request: HttpRequest, uid: str, place: int, form: str) -> HttpResponse:
    """The letter of an answer that was given: for staff, and for the delegate whose proposal it is."""
    by = actor_of(request)
    row = queries.proposal(uid) if by.can("proposals.see") else queries.own(uid, by)
    return _sent(queries.given_letter(row, place), form, f"answer-{uid}-{place}")


@require_safe
def signed(request: HttpRequest, uid: str, place: int) -> HttpResponseBase:
    """The letter that was handed in signed: for staff, and for the delegate whose proposal it is."""
    by = actor_of(request)
    row = queries.proposal(uid) if by.can("proposals.see") else queries.own(uid, by)
    return kept_file(queries.answer_at(row, place).letter)


@require_safe
def evidence(request: HttpRequest, uid: str, finding: str) -> HttpResponseBase:
    """The evidence of a finding: for who inspects, and for the unit that has to reply to it."""
    by, row = actor_of(request), queries.visit(uid)
    if not queries.speaks_for(by, row.unit, on=clock.today()):
        by.must("inspection.visit")
    found = next((one for one in queries.findings(row) if one.uid == finding), None)
    if found is None:
        raise Http404
    return kept_file(found.evidence)


def _asked(request: HttpRequest) -> tuple[int, datetime]:
    actor_of(request).must("inspection.run")
    now = clock.now()
    year = whole_of(request.GET.get("year", "") or str(clock.city_day(now).year - 1), "year")
    known = day_or_none(request.GET.get("known_at", ""), "known_at")
    return year, clock.end_of(known) if known else now


@require_safe
def yearly(request: HttpRequest) -> HttpResponse:
    """The paragraph for the report of the government: each figure opens to its source."""
    year, known = _asked(request)
    text = queries.year_text(year, as_of=clock.today(), known_at=known, on=clock.today())
    where = {one.key: one for one in text["figures"]}
    notes = [{"place": place, "figure": where[key]} for place, key in enumerate(text["cited"], 1)]
    head = [one.text for one in text["letter"].paragraphs if one.level == 0]
    return render(request, "m3_supervision/yearly.html", {
        "year": year, "known": request.GET.get("known_at", "")[:10], "head": head, "notes": notes, "size": text["log_size"],
        "query": f"year={year}&known_at={request.GET.get('known_at', '')[:10]}"})


@require_safe
def yearly_file(request: HttpRequest, form: str) -> HttpResponse:
    year, known = _asked(request)
    text = queries.year_text(year, as_of=clock.today(), known_at=known, on=clock.today())
    if form == "json":
        return JsonResponse(queries.year_envelope(text), json_dumps_params={"ensure_ascii": False})
    return _sent(text["letter"], form, f"year-text-{year}")
