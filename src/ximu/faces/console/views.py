"""The home page “mine today”, and the answer to “is my session alive”."""

from __future__ import annotations

from datetime import date
from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.console import menu
from ximu.foundation import clock
from ximu.foundation.rooms import with_module
from ximu.foundation.web import actor_of
from ximu.kernel.actor import Actor
from ximu.kernel.today import TodayItem


def items_for(actor: Actor) -> list[TodayItem]:
    """What every room has for this person, the most urgent first; what has no due date comes last."""
    found: list[TodayItem] = []
    for _, module in with_module("queries"):
        provider = getattr(import_module(module), "today", None)
        if provider:
            found.extend(provider(actor, clock.now()))
    return sorted(found, key=lambda item: (item.due or date.max, item.kind.zh, item.title.zh))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return render(request, "console/home.html", {"items": items_for(actor), "groups": menu.groups_for(actor, request.path)})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)
