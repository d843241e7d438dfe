"""Procedures with their checks, courses with results, the handbook, and a civil servant's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, kept_file, sent_file
from ximu.ideas.areas.views import tabs
from ximu.ideas.intake.rules.problems import worded
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of, whole_of
from ximu.notice.safeguards.s4_training import queries, rules, services


def _content(request: HttpRequest) -> tuple[bytes, str]:
    given = request.FILES.get("file")
    return (given.read(), given.name or "") if isinstance(given, UploadedFile) else (b"", "")


@require_http_methods(["GET", "POST"])
def procedures(request: HttpRequest) -> HttpResponse:
    """The procedures of one's units, and the form for a new one."""
    by, post = actor_of(request), request.POST
    by.must("s4.check")
    if request.method == "POST":
        opened = day_of(post.get("opened_on", ""), "opened_on")
        new = services.procedures.NewProcedure(
            post.get("number", "")[:80], post.get("kind", ""), registry.named(post.get("unit", "").strip(), as_of=opened),
            post.get("title", "")[:200], post.get("basis", "")[:400], opened, day_of(post.get("ends_on", ""), "ends_on"))
        return redirect("s4:procedure", services.open_procedure(new, by=by, at=clock.now()))
    rows = [{"row": one, "kind": rules.KINDS[one.kind], "unit": registry.name(one.unit, as_of=one.opened_on, short=True),
             "named": len(one.named.all())} for one in queries.procedures(by)]
    return render(request, "s4/procedures.html", {"tabs": tabs(queries.AREA, by, "s4:procedures"), "rows": rows,
                                                  "kinds": rules.KINDS.items()})


@require_http_methods(["GET", "POST"])
def procedure(request: HttpRequest, uid: str) -> HttpResponse:
    """Whom it names, who was told and asked for; the end. Nobody of another unit finds it."""
    by, row = actor_of(request), queries.procedure(uid)
    if not by.can("s4.check", row.unit):
        raise Http404
    if request.method == "POST":
        _act(request, row.uid, by)
        return redirect("s4:procedure", uid)
    named = [{"row": one, "who": registry.called(one.official, as_of=row.opened_on, whole=True)} for one in row.named.order_by("pk")]
    return render(request, "s4/procedure.html", {
        "tabs": tabs(queries.AREA, by, "s4:procedures"), "row": row, "kind": rules.KINDS[row.kind], "named": named,
        "unit": registry.name(row.unit, as_of=row.opened_on), "purpose": rules.PURPOSES[row.kind],
        "running": row.ended_at is None and row.opened_on <= clock.today() <= row.ends_on})


def _act(request: HttpRequest, uid: str, by: Actor) -> None:
    post, at, verb = request.POST, clock.now(), request.POST.get("verb", "")
    if verb == "name":
        services.name_official(uid, post.get("number", "")[:32], notified_on=day_of(post.get("notified_on", ""), "notified_on"),
                               manner=post.get("manner", "")[:80], by=by, at=at)
    elif verb == "check":
        services.check(post.get("named", "")[:16], by=by, at=at)
    elif verb == "end":
        hires, checked = (whole_of(post[name], name) if post.get(name) else None for name in ("hires", "checked"))
        gone = services.end(uid, hires=hires, checked=checked, proof=_content(request)[0], by=by, at=at)
        messages.info(request, t("程序已结束，销毁查询结果{n}件。", "The procedure has ended; {n} results were destroyed.", n=gone))
    else:
        raise Http404


@require_http_methods(["GET", "POST"])
def courses(request: HttpRequest) -> HttpResponse:
    """Courses, the form for one, and the file of who completed them."""
    by, post = actor_of(request), request.POST
    by.must(queries.SEE)
    told: dict[str, Any] | None = None
    if request.method == "POST" and post.get("verb") == "open":
        held = day_of(post.get("held_on", ""), "held_on")
        services.open_course(services.courses.NewCourse(
            post.get("code", "")[:40], post.get("title", "")[:200], post.get("kind", ""), whole_of(post.get("hours", ""), "hours"),
            registry.named(post.get("unit", "").strip(), as_of=held), held,
            whole_of(post["pass_mark"], "pass_mark") if post.get("pass_mark") else None), by=by, at=clock.now())
        return redirect("s4:courses")
    if request.method == "POST":
        with sent_file(request) as path:
            told = services.deliver_results(path, by=by, at=clock.now())
    rows = [{"row": one, "kind": rules.COURSES[one.kind], "unit": registry.name(one.unit, as_of=one.held_on, short=True)}
            for one in queries.courses()]
    return render(request, "s4/courses.html", {"tabs": tabs(queries.AREA, by, "s4:courses"), "rows": rows, "told": told,
                                               "faults": worded(told["faults"], queries.pack().items["GW-PX"]) if told else [],
                                               "kinds": rules.COURSES.items(), "may_enter": by.can("s4.enter")})


@require_http_methods(["GET", "POST"])
def handbook(request: HttpRequest) -> HttpResponse:
    """The versions, the form for the next one, and signed papers by internal number."""
    by, post, at = actor_of(request), request.POST, clock.now()
    by.must(queries.SEE)
    left: list[str] = []
    if request.method == "POST" and post.get("verb") == "publish":
        content, name = _content(request)
        services.publish(post.get("title", "")[:120], content=content, name=name, in_force_on=day_of(post.get("in_force_on", ""),
                         "in_force_on"), by=by, at=at)
        return redirect("s4:handbook")
    if request.method == "POST":
        taken, left = services.sign_on_paper(post.get("handbook", "")[:16], post.get("numbers", "")[:20000].split(), by=by, at=at)
        messages.info(request, t("登记签收{n}人。", "{n} signatures were entered.", n=taken))
    return render(request, "s4/handbook.html", {"tabs": tabs(queries.AREA, by, "s4:handbook"), "rows": queries.books(), "left": left,
                                                "may_publish": by.can("s4.publish"), "may_enter": by.can("s4.enter")})


@require_safe
def text(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The whole text of a version, for everybody who works here and every civil servant."""
    by = actor_of(request)
    by.must("s4.mine" if by.can("s4.mine") else queries.SEE)
    return kept_file(queries.book(uid).text, issued=True)


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """A civil servant's own: versions to sign for, courses, procedures in which the archive is asked for."""
    by = actor_of(request)
    by.must("s4.mine")
    if request.method == "POST":
        services.sign(request.POST.get("handbook", "")[:16], by=by, at=clock.now())
        return redirect("s4:mine")
    told = queries.own(who) if (who := queries.me(by)) else {}
    for one in told.get("procedures", ()):
        one.kind = rules.KINDS[one.procedure.kind]
    return render(request, "s4/mine.html", {**told, "who": who, "uses": reverse("disclosure:uses") if by.can("disclosure.uses") else ""})
