"""Pages of row S3: monthly monitoring, benefits, demonstration applications."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import period, t
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, whole_of
from ximu.kernel.words import Text
from ximu.notice.safeguards.s3_streets import queries, rules, services

SEE, OFFER, DECIDE, MONITOR = "streets.see", "streets.offer", "streets.decide", "streets.monitor"
STATES = {"draft": Text("准备中", "draft"), "submitted": Text("待评定", "submitted"), "awarded": Text("已认定", "awarded"),
          "declined": Text("未认定", "declined")}


def _file(request: HttpRequest) -> bytes:
    given = request.FILES.get("file")
    return given.read() if isinstance(given, UploadedFile) else b""


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """One month of all streets and towns; any month that was counted."""
    by = actor_of(request)
    by.must(SEE)
    on, known = clock.today(), queries.months()
    wanted = request.GET.get("month", "")
    row = queries.month(wanted) if wanted else next(iter(known), None)
    lines = []
    for one in queries.streets(rules.month_end(row.month)) if row else []:
        district = registry.name(one.district, as_of=on, short=True) if one.district else ""
        lines.append({"name": one.name, "uid": one.uid, "district": district, "figures": queries.line_of(row, one.uid) if row else None})
    return render(request, "s3_streets/desk.html", {"row": row, "months": known, "lines": lines, "may_monitor": by.can(MONITOR)})


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    row = services.monitor(request.POST.get("month", "").strip(), by=actor_of(request), at=clock.now())
    messages.success(request, t("{m}已监测，{n}个街镇。", "{m} counted, {n} streets and towns.", m=period(row.month), n=len(row.lines)))
    return redirect("s3:desk")


@require_http_methods(["GET", "POST"])
def benefits(request: HttpRequest) -> HttpResponse:
    """All benefits; the form for a new one."""
    by, day = actor_of(request), clock.today()
    by.must(SEE)
    if request.method == "POST":
        post = request.POST
        since = day_of(post.get("since", ""), "since")
        new = services.NewBenefit(registry.named(post.get("unit", "").strip(), as_of=since), post.get("title", "")[:120],
                                  post.get("text", "")[:2000], post.get("service", ""), post.get("effect", ""), post.get("basis", "")[:200],
                                  since)
        services.offer_benefit(new, by=by, at=clock.now())
        return redirect("s3:benefits")
    rows = [{"row": b, "unit": registry.name(b.unit, as_of=day), "service": Text(queries.services()[b.service]["zh"],
             queries.services()[b.service]["en"]), "take_up": queries.take_up(b)[-3:], "may_offer": by.can(OFFER, b.unit)}
            for b in queries.benefits()]
    catalogue = [(code, Text(one["zh"], one["en"]), one["basic"]) for code, one in queries.services().items()]
    return render(request, "s3_streets/benefits.html", {
        "rows": rows, "services": catalogue, "effects": rules.EFFECTS.items(), "may_offer": by.can(OFFER), "may_decide": by.can(DECIDE)})


@require_POST
def benefit(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "open":
        services.open_benefit(uid, by=by, at=at)
    elif verb == "end":
        services.end_benefit(uid, until=day_of(post.get("until", ""), "until"), by=by, at=at)
    elif verb == "take-up":
        services.report_take_up(uid, month=post.get("month", "").strip(), count=whole_of(post.get("count", ""), "count"),
                                content=_file(request), by=by, at=at)
    else:
        raise Http404
    return redirect("s3:benefits")


@require_http_methods(["GET", "POST"])
def applications(request: HttpRequest) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must(SEE)
    if request.method == "POST":
        unit = registry.named(request.POST.get("unit", "").strip(), as_of=day)
        made = services.apply(unit, whole_of(request.POST.get("year", ""), "year"), by=by, at=clock.now())
        return redirect("s3:application", made)
    rows = [{"row": a, "unit": registry.name(a.unit, as_of=day), "state": STATES[a.state]} for a in queries.applications()]
    return render(request, "s3_streets/applications.html", {"rows": rows, "may_offer": by.can(OFFER), "year": day.year - 1})


@require_safe
def application(request: HttpRequest, uid: str) -> HttpResponse:
    """Criteria with what the register shows now, or what was frozen."""
    by, at = actor_of(request), clock.now()
    by.must(SEE)
    row = queries.application(uid)
    day = clock.city_day(at)
    known = {m["code"]: m for m in row.frozen}
    if not known:
        known = {m.code: {"value": m.value, "met": m.met, "points": m.points} for m in queries.marks(row, on=day, known_at=at)}
    lines: list[dict[str, Any]] = [{"criterion": one, "mark": known.get(one.code)} for one in queries.criteria()]
    return render(request, "s3_streets/application.html", {
        "row": row, "unit": registry.name(row.unit, as_of=day), "state": STATES[row.state], "lines": lines, "papers": queries.papers(row),
        "score": row.score if row.score is not None else sum(line["mark"]["points"] for line in lines),
        "source": queries.criteria_source(), "may_offer": by.can(OFFER, row.unit), "may_decide": by.can(DECIDE),
        "pass_mark": queries.value("demonstration_pass", day)})


@require_safe
def paper(request: HttpRequest, uid: str, paper: str) -> HttpResponseBase:
    return kept_file(queries.paper_for(uid, paper, actor_of(request)).digest)


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    reason = post.get("reason", "")[:400]
    if verb == "paper":
        services.give_paper(uid, criterion=post.get("criterion", ""), content=_file(request), by=by, at=at)
    elif verb in ("accept", "refuse"):
        services.decide_paper(post.get("paper", ""), accept=verb == "accept", reason=reason, by=by, at=at)
    elif verb == "submit":
        services.submit(uid, by=by, at=at)
    elif verb in ("award", "decline"):
        services.decide(uid, award=verb == "award", reason=reason, by=by, at=at)
    else:
        raise Http404
    return redirect("s3:application", uid)
