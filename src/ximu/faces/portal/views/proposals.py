"""Proposals of congress and CPPCC: who answers, in which class, and whether it satisfied. Not who made them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/proposals.html", disclosure.published("proposals", on=clock.today()))
