"""Ask to be told; confirm; stop. No cookie is needed; the address travels in the form only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from ximu.foundation import clock
from ximu.ideas.following import queries, services
from ximu.kernel.refusal import Refusal


@csrf_exempt
@require_POST
@cache_control(no_store=True)
def ask(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "")[:300] for name in ("matter", "target", "address")}
    try:
        services.ask(**given, at=clock.now())
    except Refusal as refusal:
        if refusal.code != "MAIL-FORM":
            raise
        return render(request, "following/ask.html", {"refusal": refusal, "given": given}, status=refusal.status)
    return render(request, "following/asked.html")


@csrf_exempt
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def one(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail only shows: whoever opens it (a scanner, too) changes nothing; the buttons do."""
    if request.method == "POST":
        services.confirm(token, at=clock.now())
    row = queries.by_link(token)
    return render(request, "following/one.html", {"row": row, "token": token, "matter": queries.matter(row.matter, row.target)})


@csrf_exempt
@require_POST
@cache_control(no_store=True)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    services.stop(token, at=clock.now())
    return render(request, "following/stopped.html")
