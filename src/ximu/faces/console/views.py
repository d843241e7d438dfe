"""The home page “mine today”, and the answer to “is my session alive”."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.console import menu
from ximu.foundation import clock
from ximu.foundation.today import items_for
from ximu.foundation.web import actor_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return render(request, "console/home.html", {"items": items_for(actor, at=clock.now()), "groups": menu.groups_for(actor, request.path)})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)
