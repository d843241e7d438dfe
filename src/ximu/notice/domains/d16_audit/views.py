"""The universe with when each was last audited, audits with their findings and announcements."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, sent_file
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.intake.rules import problems
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of, day_or_none, whole_of
from ximu.notice.domains.d16_audit import queries, rules, services

SEE, WORK = queries.SEE, "audits.work"
MOST = 500
"""So many rows are on one page."""


def _works(by: Actor) -> bool:
    return queries.works(by, WORK, clock.today())


@require_http_methods(["GET", "POST"])
def universe(request: HttpRequest) -> HttpResponse:
    """Units, posts, projects and funds with when each was last audited; the form for a project, a fund, or a shorter cycle."""
    by, post = actor_of(request), request.POST
    by.must(SEE)
    if request.method == "POST":
        since = day_of(post.get("since", ""), "since")
        services.list_target(services.NewTarget(
            post.get("kind", ""), post.get("key", "").strip()[:40], post.get("name", "").strip()[:120],
            registry.named(post.get("unit", "").strip(), as_of=since), since, day_or_none(post.get("until", ""), "until"),
            whole_of(post["every"], "every") if post.get("every") else None), by=by, at=clock.now())
        return redirect("d16:universe")
    now = clock.now()
    found = areas.sheet(queries.AREA, clock.city_day(now).year, today=clock.city_day(now), known_at=now)
    kind = request.GET.get("kind", "unit")
    rows = [{"line": one, "state": rules.STATES[one.state], "unit": registry.name(one.unit, as_of=found.as_of, short=True)}
            for one in found.lines["D16-1"] if one.kind == kind and areas.sees(queries.AREA, by, one.unit)]
    return render(request, "d16/universe.html", {"tabs": tabs(queries.AREA, by, "d16:universe"), "rows": rows, "kinds": rules.KINDS.items(),
                                                 "kind": kind, "as_of": found.as_of, "source": queries.declared()["source"],
                                                 "works": _works(by)})


@require_http_methods(["GET", "POST"])
def audits(request: HttpRequest) -> HttpResponse:
    """All audits for the bureau and the city; others see those with a finding about them."""
    by, post, day = actor_of(request), request.POST, clock.today()
    by.must(SEE)
    if request.method == "POST":
        new = services.NewAudit(post.get("number", "")[:60], post.get("title", "")[:120], tuple(post.getlist("covers")),
                                day_of(post.get("opened_on", ""), "opened_on"))
        return redirect("d16:audit", services.open_audit(new, by=by, at=clock.now()))
    listed = queries.audits(by, day)
    rows = [{"row": one, "findings": len(queries.findings(one, by, day)), "told": queries.announcement(one)} for one in listed[:MOST]]
    return render(request, "d16/audits.html", {
        "tabs": tabs(queries.AREA, by, "d16:audits"), "rows": rows, "works": _works(by), "most": MOST, "more": len(listed) > MOST,
        "targets": queries.universe(day) if _works(by) else []})


@require_safe
def audit(request: HttpRequest, uid: str) -> HttpResponse:
    """What an audit covers and found, the units' replies, how far each finding is put right, what was announced."""
    by, now, day = actor_of(request), clock.now(), clock.today()
    by.must(SEE)
    row = queries.audit(uid, by)
    found = queries.findings(row, by, day)
    known, names = queries.facts(day, now), {one.uid: one.title for one in queries.universe(max(day, row.opened_on))}
    by_uid, made = {one.uid: one for one in known.findings}, {one.uid: one for one in rules.rectified(known, row.opened_on, day)}
    lines = [{"row": one, "topic": queries.topics()[one.topic], "unit": registry.name(one.unit, as_of=day, short=True),
              "target": names.get(one.target, one.target), "state": rules.STATES[made[one.uid].state], "line": made[one.uid],
              "earlier": rules.earlier_of(by_uid[one.uid], [e for e in known.findings if e.upheld], known.owner)} for one in found]
    told, whole = queries.announcement(row), areas.sees(queries.AREA, by, "")
    return render(request, "d16/audit.html", {
        "tabs": tabs(queries.AREA, by, "d16:audits"), "row": row, "lines": lines, "works": _works(by), "whole": whole,
        "told": told if whole else None,
        "covers": [(key, names.get(key, key)) for key in row.covers] if whole else [], "topics": queries.topics().items(),
        "reasons": cases.redacting(day).reasons})


@require_POST
def deliver(request: HttpRequest, uid: str) -> HttpResponse:
    """Findings from a file with their papers; what became of each row."""
    by = actor_of(request)
    with sent_file(request) as path:
        told = services.find_many(uid, path, papers=request.FILES.getlist("papers"), by=by, at=clock.now())
    faults = problems.worded(told["faults"][:MOST], queries.pack().items["SJ-WT"])
    return render(request, "d16/delivered.html", {"tabs": tabs(queries.AREA, by, "d16:audits"), "row": queries.audit(uid), "told": told,
                                                  "faults": faults})


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "find":
        new = services.NewFinding(*(post.get(name, "")[:2000] for name in ("target", "topic", "text", "criterion", "amount")))
        services.find(uid, new, evidence=casework.received(request.FILES.get("file")) if _works(by) else None, by=by, at=at)
    elif verb == "report":
        file = request.FILES.get("file")
        content = file.read() if isinstance(file, UploadedFile) else b""
        services.report_audit(uid, on=day_of(post.get("on", ""), "on"), content=content, by=by, at=at)
    elif verb == "announce":
        services.announce(uid, marks=_marks(post), left_out={k[5:]: v for k, v in post.items() if k.startswith("left-") and v},
                          ground=post.get("ground", ""), by=by, at=at)
    elif verb in ("approve", "refuse"):
        services.decide(uid, approve=verb == "approve", reason=post.get("reason", ""), by=by, at=at)
    else:
        raise Http404
    return redirect("d16:audit", uid)


def _marks(post: Any) -> dict[str, list[tuple[str, str]]]:
    """`black-UID`: one passage a line; `why-UID`: their reason."""
    return {name[6:]: [(passage.strip(), post.get(f"why-{name[6:]}", "")) for passage in words.splitlines() if passage.strip()]
            for name, words in post.items() if name.startswith("black-")}
