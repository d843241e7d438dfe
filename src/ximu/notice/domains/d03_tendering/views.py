"""Sections with their terms and the reports used there, scales of credit evaluation, what the trading centre has."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.credit import queries as credit
from ximu.ideas.credit.rules import standing, statement
from ximu.ideas.credit.views import file_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.notice.domains.d03_tendering import queries, services
from ximu.notice.domains.d03_tendering.queries import register
from ximu.notice.domains.d03_tendering.rules import measures, standard

SEE, PUBLISH = queries.SEE, "d03.publish"
PER_PAGE = 100


def _frame(request: HttpRequest, here: str, **more: Any) -> dict[str, Any]:
    by, on = actor_of(request), clock.today()
    by.must(SEE)
    return {"tabs": tabs(queries.AREA, by, here), "on": on, "publishes": by.can(PUBLISH, credit.keeper(on)),
            "delivers": by.can("d03.deliver"), **more}


@require_safe
def sections(request: HttpRequest) -> HttpResponse:
    """The newest first, with how many counts of law each failed; found by number or title."""
    by, now = actor_of(request), clock.now()
    frame, asked, today = _frame(request, "d03:sections"), request.GET.get("q", "").strip()[:60], clock.city_day(now)
    page, judged = Paginator(queries.owned(by, asked=asked, at=now), PER_PAGE).get_page(int_of(request, "page", 1)), queries.judge(today)
    listed = [{"row": row, "unit": registry.name(unit, as_of=today, short=True), "failed": queries.failed(row, judged)}
              for row, unit in page]
    return render(request, "d03/sections.html", {**frame, "rows": listed, "q": asked, "page": page})


@require_safe
def section(request: HttpRequest, number: str) -> HttpResponse:
    """One section: its counts of law, objections and complaints, the reports used with what is known of each today. Errors: `D03-NONE`."""
    by, now = actor_of(request), clock.now()
    frame, today = _frame(request, ""), clock.city_day(now)
    (row, unit), judged = queries.seen(number, by, at=now), queries.judge(today)
    used = credit.uses(today, area=queries.ROW, about=row["section"])
    return render(request, "d03/section.html", {
        **frame, "row": row, "unit": registry.name(unit, as_of=today), "states": measures.STATES,
        "duties": [(name, duty, measures.STATES[duty.state]) for name, duty in queries.duties(row, judged)],
        "disputes": [(one, registry.name(one["unit"], as_of=today, short=True),
                      [(name, duty, measures.STATES[duty.state]) for name, duty in queries.duties(one, judged)])
                     for one in queries.disputes(row["section"], known_at=now)],
        "used": [{"row": one.row, "state": one.state, "words": standing.STATES[one.state]} for one in used],
        "may_use": by.can("credit.lodge", unit) and not queries.closed(row, today),
        "usable": [one.row for one in credit.reports(today) if not one.faults]})


@require_http_methods(["GET", "POST"])
def standards(request: HttpRequest) -> HttpResponse:
    """Versions of the scale with their days; scoring by one of them, of which nothing is kept."""
    by, post, today = actor_of(request), request.POST, clock.today()
    frame = _frame(request, "d03:standards")
    file, given = file_of(request, "table"), post.get("rows", "")
    content = file.read() if file else given.encode()
    scored = services.score_table(post.get("version", ""), content, on=today) if request.method == "POST" else []
    current = register.standard_on(today)
    method = register.method_of(current) if current else None
    return render(request, "d03/standards.html", {
        **frame, "rows": [{"row": one, "mine": one.proposer == by.human} for one in register.standards(every=True)], "current": current,
        "method": method, "text": register.text_of(current) if current else "", "scored": scored, "given": given,
        "columns": standard.columns_of(method) if method else []})


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """What went to the trading centre, with the receipt that answers for each row."""
    frame = _frame(request, "d03:shared")
    channel, rows = register.shared(actor_of(request), at=clock.now())
    page = Paginator(rows, PER_PAGE).get_page(int_of(request, "page", 1))
    return render(request, "d03/shared.html", {**frame, "channel": channel, "rows": page, "page": page, "code": register.CHANNEL})


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must(SEE)
    about, file = post.get("about", "")[:40], file_of(request, "file")
    if verb == "use":
        services.use_report(post.get("report", "")[:16], about, document=statement.document_of(file.chunks()) if file else "", by=by, at=at)
        return redirect("d03:section", about)
    if verb == "propose":
        text = file.read().decode("utf-8", "replace") if file else post.get("text", "").replace("\r\n", "\n")
        services.propose_standard(text, since=day_of(post.get("since", ""), "since"), by=by, at=at)
    elif verb in ("publish", "refuse"):
        services.decide_standard(about, approve=verb == "publish", resolution=post.get("resolution", ""), by=by, at=at)
    else:
        raise Http404
    return redirect("d03:standards")
