"""Forms to print: blank, or with what a record says already."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock, papers
from ximu.foundation.web import actor_of
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.queries.forms import NAMES


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("relief.desk")
    return render(request, "m4_relief/forms.html", {"forms": NAMES.items(), "types": sorted(papers.TYPES),
                                                    "number": request.GET.get("number", "")[:20]})


@require_safe
def form(request: HttpRequest, kind: str, ending: str) -> HttpResponse:
    """Errors: `FORM-NONE`; those of reading the record, whose number is given with `number`."""
    by, at = actor_of(request), clock.now()
    by.must("relief.desk")
    made = queries.printed_form(kind, request.GET.get("number", "").strip()[:20], by=by, at=at)
    if ending not in papers.TYPES:
        raise queries.no_form(ending)
    answer = HttpResponse(papers.pdf(made) if ending == "pdf" else papers.docx(made), content_type=papers.TYPES[ending])
    answer["Content-Disposition"] = f'attachment; filename="{kind}.{ending}"'
    return answer
