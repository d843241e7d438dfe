"""A year's figures and warnings, the universe with when each was last audited, audits with their findings and announcements."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of, day_or_none, whole_of
from ximu.notice.domains.d16_audit import queries, rules, services

SEE, WORK = queries.SEE, "audits.work"


def _sheet(request: HttpRequest) -> tuple[Actor, queries.Sheet]:
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    today = clock.city_day(now)
    year = int_of(request, "year", today.year, least=queries.FIRST_YEAR, most=queries.LAST_YEAR)
    return by, queries.sheet(year, today=today, known_at=now)


def _works(by: Actor) -> bool:
    return queries.works(by, WORK, clock.today())


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The city's figures, those of the units that this person may see, and what is warned of."""
    by, found = _sheet(request)
    units = [unit for unit in found.units if queries.sees(by, unit, found.as_of)]
    pack = queries.pack()
    return render(request, "d16/index.html", {
        "tab": "index", "pack": pack, "year": found.year, "as_of": found.as_of, "rules": pack.rules,
        "whole": [(code, one, found.figures[code, queries.CITY]) for code, one in pack.indicators.items()],
        "rows": [{"uid": unit, "name": registry.name(unit, as_of=found.as_of),
                  "values": [(c, found.figures[c, unit]) for c in pack.indicators]} for unit in units],
        "warned": [{"alarm": one, "unit": registry.name(one.unit, as_of=found.as_of, short=True)} for one in queries.warned(found)
                   if one.unit in units],
    })


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its method, the lines counted, the base, and those left out with the reason. Errors: `IND-NONE`."""
    by, found = _sheet(request)
    one, unit = queries.indicator(code), request.GET.get("unit", "")[:16]
    lines = [{"line": line, "state": rules.STATES[line.state], "unit": registry.name(line.unit, as_of=found.as_of, short=True),
              "why": one.exclusions.get(line.why)} for line in found.lines[code]
             if (not unit or line.unit == unit) and queries.sees(by, line.unit, found.as_of)]
    figure = rules.figure(found.lines[code], unit) if not unit or queries.sees(by, unit, found.as_of) else rules.figure(())
    return render(request, "d16/indicator.html", {
        "code": code, "one": one, "figure": figure, "base": [x for x in lines if not x["line"].why],
        "left": [x for x in lines if x["line"].why], "year": found.year, "as_of": found.as_of,
        "unit": registry.name(unit, as_of=found.as_of) if unit else ""})


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
    _, found = _sheet(request)
    kind = request.GET.get("kind", "unit")
    rows = [{"line": one, "state": rules.STATES[one.state], "unit": registry.name(one.unit, as_of=found.as_of, short=True)}
            for one in found.lines["D16-1"] if one.kind == kind and queries.sees(by, one.unit, found.as_of)]
    return render(request, "d16/universe.html", {"tab": "universe", "rows": rows, "kinds": rules.KINDS.items(), "kind": kind,
                                                 "as_of": found.as_of, "source": queries.declared()["source"], "works": _works(by)})


@require_http_methods(["GET", "POST"])
def audits(request: HttpRequest) -> HttpResponse:
    """All audits for the bureau and the city; others see those with a finding about them."""
    by, post, day = actor_of(request), request.POST, clock.today()
    by.must(SEE)
    if request.method == "POST":
        new = services.NewAudit(post.get("number", "")[:60], post.get("title", "")[:120], tuple(post.getlist("covers")),
                                day_of(post.get("opened_on", ""), "opened_on"))
        made = services.open_audit(new, by=by, at=clock.now())
        return redirect("d16:audit", made)
    rows = [{"row": one, "findings": len(found), "told": queries.announcement(one)} for one in queries.audits()
            if (found := queries.findings(one, by, day)) or queries.sees(by, "", day)]
    works = _works(by)
    targets = queries.universe(day) if works else []
    return render(request, "d16/audits.html", {"tab": "audits", "rows": rows, "works": works, "targets": targets})


@require_safe
def audit(request: HttpRequest, uid: str) -> HttpResponse:
    """What an audit covers and found, the units' replies, how far each finding is put right, what was announced."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    row, day = queries.audit(uid), clock.city_day(now)
    found = queries.findings(row, by, day)
    if not found and not queries.sees(by, "", day):
        raise Http404
    known, names = queries.facts(day, now), {one.uid: one.title for one in queries.universe(max(day, row.opened_on))}
    by_uid, made = {one.uid: one for one in known.findings}, {one.uid: one for one in rules.rectified(known, row.opened_on, day)}
    lines = [{"row": one, "topic": queries.topics()[one.topic], "unit": registry.name(one.unit, as_of=day, short=True),
              "target": names.get(one.target, one.target), "state": rules.STATES[made[one.uid].state], "line": made[one.uid],
              "earlier": rules.earlier_of(by_uid[one.uid], [e for e in known.findings if e.upheld], known.owner)} for one in found]
    told, whole = queries.announcement(row), queries.sees(by, "", day)
    return render(request, "d16/audit.html", {
        "tab": "audits", "row": row, "lines": lines, "works": _works(by), "told": told if whole else None, "whole": whole,
        "covers": [(key, names.get(key, key)) for key in row.covers] if whole else [], "topics": queries.topics().items(),
        "reasons": cases.redacting(day).reasons})


def _upload(request: HttpRequest) -> casework.Upload | None:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile) or not given.size:
        return None
    digest, size = casework.keep(given)
    return casework.Upload(digest, size, given.name or "")


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "find":
        new = services.NewFinding(*(post.get(name, "")[:2000] for name in ("target", "topic", "text", "criterion", "amount")))
        services.find(uid, new, evidence=_upload(request) if _works(by) else None, by=by, at=at)
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
