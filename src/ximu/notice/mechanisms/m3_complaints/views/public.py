"""The reporter's pages: one address for the form, one for the code. Everything goes by POST; nothing stands in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.ideas.disclosure import queries as disclosure
from ximu.kernel import codes
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import rules, services
from ximu.notice.mechanisms.m3_complaints.views.trace import traceless

FIELDS = ("topic", "about", "text", "contact")


@traceless
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; the receipt code, shown once. A form that is not taken comes back as it was typed (files must be chosen again)."""
    at = clock.now()
    shown: dict[str, Any] = {"topics": rules.TOPICS.items(), "given": {}, "token": services.form(on=clock.city_day(at))}
    if request.method != "POST":
        return render(request, "m3_complaints/report.html", shown)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    filed = services.Filed(**given, files=[one.read() for one in request.FILES.getlist("file")])
    try:
        code = services.file_report(filed, token=request.POST.get("token", ""), at=at)
    except Refusal as refusal:
        return render(request, "m3_complaints/report.html", shown | {"given": given, "refusal": refusal}, status=refusal.status)
    return render(request, "m3_complaints/receipt.html", {"code": codes.shown_code(code)})


@traceless
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Enter the code; read, add, answer a question, say that it is not solved. The code travels in each form, never in an address."""
    at, post = clock.now(), request.POST if request.method == "POST" else {}
    code = post.get("code", "")
    shown: dict[str, Any] = {"code": code, "token": services.form(on=clock.city_day(at)), "given": {}}
    if not code:
        return render(request, "m3_complaints/status.html", shown)
    try:
        if post.get("act") == "say":
            files = [one.read() for one in request.FILES.getlist("file")]
            services.say(code, post.get("text", ""), token=post.get("token", ""), files=files, at=at)
        elif post.get("act") == "contact":
            services.correct_contact(code, post.get("contact", ""), at=at)
            shown["corrected"] = True
        elif post.get("act") == "reopen":
            services.reopen(code, post.get("text", ""), at=at)
    except Refusal as refusal:
        if refusal.code in ("RECEIPT", "RECEIPT-SLOW"):
            return render(request, "m3_complaints/status.html", {"refusal": refusal}, status=refusal.status)
        shown |= {"refusal": refusal, "given": {"text": post.get("text", "")}}
    try:
        shown["seen"] = services.look(code, at=at)
    except Refusal as refusal:
        return render(request, "m3_complaints/status.html", {"refusal": refusal}, status=refusal.status)
    told = shown.get("refusal")
    return render(request, "m3_complaints/status.html", shown, status=told.status if told else 200)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """A quarter of complaints, small cells withheld."""
    year, number = (request.GET.get(name, "") for name in ("year", "quarter"))
    asked = {"year": int(year), "number": int(number)} if year.isascii() and year.isdigit() and number in ("1", "2", "3", "4") else {}
    return render(request, "m3_complaints/figures.html", {"shown": disclosure.published("complaints", on=clock.today(), **asked)})
