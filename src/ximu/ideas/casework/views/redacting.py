"""Pages on which a paper is redacted and the redaction decided: fields in percent of the page beside its picture; no script needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries, services
from ximu.kernel.refusal import Refusal

EDGES = ("page", "left", "top", "right", "bottom", "reason")
SPARE, MOST = 4, 200
RULER = range(0, 100, 10)


def regions_in(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the form that somebody has filled in; `page-0`, `left-0` …"""
    rows = [{edge: request.POST.get(f"{edge}-{n}", "").strip()[:20] for edge in EDGES} for n in range(MOST)]
    return [row for row in rows if any(row[edge] for edge in EDGES[1:5])]


@require_http_methods(["GET", "POST"])
def redaction(request: HttpRequest, uid: str, paper: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    found, waiting = queries.redaction_for(uid, paper, actor=by, at=at)
    office = False
    refusal, did = None, request.POST.get("do", "") if request.method == "POST" else ""
    rows = regions_in(request) if did else []
    try:
        if did == "propose":
            services.redact(uid, paper, rows, by=by, at=at)
            messages.success(request, t("已提出，须由另一人批准；批准之前，不能取得原件的人暂不能查阅。",
                                        "Proposed; another person must approve. Until then only who gets the original can read it."))
        elif did == "free":
            services.declare_free(uid, paper, by=by, at=at)
            messages.success(request, t("已声明无需遮盖，须由另一人批准。", "Declared; another person must approve."))
        elif did in ("approve", "refuse"):
            services.decide_redaction(uid, paper, approved=did == "approve", digest=request.POST.get("digest", ""), by=by, at=at)
            messages.success(request, t("已决定，已记入日志。", "Decided, and written to the log."))
        elif did == "pages":
            given = request.FILES.get("pdf")
            services.lay_pages(uid, paper, given.read() if given else b"", by=by, at=at)
            messages.success(request, t("已交版式件，请与原件核对后遮盖。",
                                        "The PDF is laid beside the file; compare it, then black places out."))
        if did in ("propose", "pages", "free"):
            return redirect("casework:redaction", uid=uid, paper=paper)
        if did in ("approve", "refuse"):
            return redirect("casework:case", uid=uid)
        pages = services.pages_in(uid, paper, by=by, at=at)
    except Refusal as refused:
        refusal, pages = refused, 0
        office = refused.code == "PAPER-OFFICE" or did == "pages"
        if did and not office:
            pages = services.pages_in(uid, paper, by=by, at=at)
    table, free = queries.redacting(clock.city_day(at)), bool(waiting and waiting.digest == found.digest)
    if free and not did:
        refusal = None  # the paper itself is opened and compared; it needs no pages
    return render(request, "casework/redaction.html", {
        "paper": found, "uid": uid, "office": office or bool(found.paged), "waiting": waiting,
        "free": free, "own": waiting and waiting.proposed_by == by.human, "refusal": refusal,
        "marks": queries.marks_of(waiting) if waiting else [], "reasons": table.reasons.values(), "table": table,
        "sheets": [{"number": n, "boxes": [box for row in rows if (box := _box(row, n))]} for n in range(1, pages + 1)],
        "rows": [*enumerate(rows), *((n, {}) for n in range(len(rows), min(MOST, len(rows) + SPARE)))], "ruler": RULER,
    }, status=refusal.status if refusal and did else 200)


def _box(row: dict[str, str], page: int) -> dict[str, Any] | None:
    """A frame over the picture, where the row can be read."""
    try:
        left, top, right, bottom = (float(row[edge]) for edge in EDGES[1:5])
    except ValueError:
        return None
    if row["page"] != str(page) or not (0 <= left < right <= 100 and 0 <= top < bottom <= 100):
        return None
    return {"x": f"{left:.2f}", "y": f"{top:.2f}", "width": f"{right - left:.2f}", "height": f"{bottom - top:.2f}"}


@require_safe
def sheet(request: HttpRequest, uid: str, paper: str, form: str, number: int) -> HttpResponse:
    """A page as a picture, of the original or of the redacted form that waits; kept by nobody on the way."""
    made = services.page_of_paper(uid, paper, number, redacted=form == "redacted", by=actor_of(request), at=clock.now())
    answer = HttpResponse(made, content_type="image/png")
    answer["Cache-Control"] = "no-store"
    return answer
