"""The counterpart's page: a promise made to a firm, confirmed or disputed with the code that the unit handed over.

One address for all; the code travels in each form, never in an address. It needs no cookie: whoever has the code may speak.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ximu.foundation import clock, files
from ximu.ideas.commitments import queries, rules, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal

MOST_BYTES = 20 << 20
ACTS = {"confirm": services.confirm, "dispute": services.dispute}


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Enter the code; see the promise; confirm it or say with a paper that it was not kept."""
    code = request.POST.get("code", "")
    shown: dict[str, Any] = {"code": code, "given": request.POST.get("words", "")}
    if not code:
        return render(request, "commitments/mine.html", shown)
    try:
        row = services.of_key(code, at=clock.now())
    except Refusal as refusal:
        return render(request, "commitments/mine.html", {"refusal": refusal}, status=refusal.status)
    status = 200
    if act := ACTS.get(request.POST.get("act", "")):
        try:
            act(row.uid, words=request.POST.get("words", ""), digest=_paper(request), by=services.acting(row), at=clock.now())
            shown |= {"done": True, "given": ""}
        except Refusal as refusal:
            shown, status = shown | {"refusal": refusal}, refusal.status
    return render(request, "commitments/mine.html", shown | _facts(row.uid), status=status)


def _paper(request: HttpRequest) -> str:
    """The digest of the paper, which is kept sealed; empty where none was sent."""
    sent = request.FILES.get("file")
    return files.keep(sent.chunks(), most_bytes=MOST_BYTES, sealed=True)[0] if isinstance(sent, UploadedFile) and sent.size else ""


def _facts(uid: str) -> dict[str, Any]:
    row, on = queries.row(uid), clock.today()
    found = queries.facts(row)
    carrier = queries.owner(row, on)
    return {
        "row": row, "terms": found.terms, "state": rules.STATES[row.state], "waiting": found.open_dispute(on),
        "unit": registry.name(row.unit, as_of=row.made_on), "carrier": registry.name(carrier, as_of=on) if carrier != row.unit else "",
        "disputes": found.disputes.values(), "history": queries.history(row),
    }
