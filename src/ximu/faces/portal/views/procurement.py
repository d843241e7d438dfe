"""Procurement for everybody: signed and paid in time, owed to small firms, flags on the government."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/procurement.html", {"shown": disclosure.published("d01", on=clock.today())})
