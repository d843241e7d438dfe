"""Pages of row S1: gaps, leaders, meetings and their resolutions, the proof of a day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.notice.safeguards.s1_leadership import queries, services

SEE = "leadership.see"


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Vacancies that were raised, meetings, the last proofs."""
    actor, day = actor_of(request), clock.today()
    actor.must(SEE)
    held = queries.open_vacancies()
    known = cases.known_of([v.case for v in held], actor=actor)
    vacancies = [{"row": v, "unit": registry.name(v.unit, as_of=day), "opens": v.case in known,
                  "superior": registry.name(v.superior, as_of=day) if v.superior else ""}
                 for v in held]
    groups = [{"group": g, "members": queries.members(g.uid, day)} for g in queries.groups(day)]
    return render(request, "s1_leadership/desk.html", {
        "vacancies": vacancies, "groups": groups, "proofs": queries.proofs(14), "as_of": day,
        "meetings": [{"row": m, "group": registry.name(m.group, as_of=m.held_on)} for m in queries.meetings()]})


@require_safe
def leaders(request: HttpRequest) -> HttpResponse:
    """Every unit with its first responsible person and its leader in charge, on any day; `?gaps=1` keeps those without."""
    actor = actor_of(request)
    actor.must(SEE)
    on = day_of(request.GET.get("as_of") or clock.today().isoformat(), "as_of")
    only = request.GET.get("gaps", "")
    people = actor.can("registry.people")
    gaps = queries.gaps(on)
    rows = gaps[only] if only in gaps else queries.leads(on)
    named = {one.uid: one.name for one in registry.officials()} if people else {}
    shown = [{"lead": one, "posts": [{"who": who, "name": named.get(who.official, "") if who else ""} for who in (one.first, one.charge)]}
             for one in rows]
    return render(request, "s1_leadership/leaders.html", {
        "rows": shown, "as_of": on, "only": only, "counts": {k: len(v) for k, v in gaps.items()}})


@require_safe
def day(request: HttpRequest, day: str) -> HttpResponse:
    actor_of(request).must(SEE)
    row = queries.proof(day_of(day, "day"))
    lines = [{"kind": queries.kind_words(kind), "unit": registry.name(unit, as_of=row.day) if unit else "", "count": count,
              "owner": registry.name(owner, as_of=row.day) if owner else "",
              "answering": registry.name(answering, as_of=row.day) if answering else "", "code": code}
             for kind, unit, count, owner, answering, code in row.exceptions]
    return render(request, "s1_leadership/day.html", {"row": row, "lines": lines})


def _file(request: HttpRequest) -> bytes:
    given = request.FILES.get("file")
    return given.read() if isinstance(given, UploadedFile) else b""


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Enter a meeting with its minutes."""
    by, at = actor_of(request), clock.now()
    by.must("leadership.record")
    shown: dict[str, Any] = {"groups": queries.groups(clock.today()), "given": request.POST}
    if request.method != "POST":
        return render(request, "s1_leadership/record.html", shown)
    post = request.POST
    held_on = day_of(post.get("held_on", ""), "held_on")
    names = [name.strip() for name in post.get("present", "").replace("\n", "、").split("、")]
    minutes = services.Minutes(
        post.get("group", ""), post.get("number", "")[:40], post.get("title", "")[:120], held_on,
        tuple(registry.named(name, as_of=held_on) for name in names if name), _file(request))
    return redirect("s1:meeting", services.record_meeting(minutes, by=by, at=at))


@require_safe
def meeting(request: HttpRequest, uid: str) -> HttpResponse:
    by = actor_of(request)
    by.must(SEE)
    row = queries.meeting(uid)
    lines = [{"row": r, "unit": registry.name(r.unit, as_of=row.held_on),
              "link": reverse("commitments:one", args=[r.commitment]) if r.commitment else ""} for r in queries.resolutions(row)]
    return render(request, "s1_leadership/meeting.html", {
        "row": row, "lines": lines, "group": registry.name(row.group, as_of=row.held_on),
        "present": [registry.name(u, as_of=row.held_on) for u in row.present], "open": row.state == "entered",
        "may_record": by.can("leadership.record"), "may_issue": by.can("leadership.issue")})


@require_safe
def minutes(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The file of the minutes."""
    actor_of(request).must(SEE)
    return kept_file(queries.meeting(uid).minutes)


@require_POST
def resolve(request: HttpRequest, uid: str) -> HttpResponse:
    post = request.POST
    row = queries.meeting(uid)
    unit = registry.named(post.get("unit", "").strip(), as_of=row.held_on)
    wanted = services.Wanted(post.get("text", "")[:2000], post.get("deliverable", "")[:400], unit, day_of(post.get("due", ""), "due"))
    services.add_resolution(uid, wanted, by=actor_of(request), at=clock.now())
    return redirect("s1:meeting", uid)


@require_POST
def issue(request: HttpRequest, uid: str) -> HttpResponse:
    made = services.issue_meeting(uid, by=actor_of(request), at=clock.now())
    messages.success(request, t("已印发，{n}项议定事项转为工作任务。", "Issued; {n} resolutions became tasks.", n=len(made)))
    return redirect("s1:meeting", uid)
