"""The catalogue of approvals as everybody reads it: the version in force or any other, its difference, one item, a file of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure

MOST_WORDS = 60


@require_safe
def edition(request: HttpRequest, number: str = "") -> HttpResponse:
    """Errors: `CAT-NONE`."""
    words = request.GET.get("q", "").strip()[:MOST_WORDS]
    return render(request, "portal/approvals.html", {
        "shown": disclosure.published("approvals", on=clock.today(), number=number, words=words), "words": words, "asked": bool(number)})


@require_safe
def item(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Errors: `CAT-NONE`, `CAT-ITEM`."""
    return render(request, "portal/approval.html", {"shown": disclosure.published("approvals", on=clock.today(), number=number, code=code)})


@require_safe
def file(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Errors: `CAT-NONE`, `FILE-FORM`."""
    made = disclosure.published("approvals-file", number=number, form=form)
    return HttpResponse(made.content, content_type=made.kind, headers={"Content-Disposition": f'attachment; filename="{made.name}"'})


PUBLIC = ([path("", edition, name="index"), path("<str:number>/", edition, name="edition"),
           path("<str:number>/file.<str:form>", file, name="file"), path("<str:number>/<str:code>/", item, name="item")],
          "approvals-catalogue")
"""Mounted by `config/urls.py` beneath /approvals/."""
