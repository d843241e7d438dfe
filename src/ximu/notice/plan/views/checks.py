"""Pages of row P.3: burn-up, checks with their sheet and report, the draft of a following year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ximu.foundation import clock, documents
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import whole_of
from ximu.notice.plan import queries
from ximu.notice.plan.rules import checks as rules
from ximu.notice.plan.services import checking, following
from ximu.notice.plan.views.board import _frame

TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@require_GET
def burn_up(request: HttpRequest) -> HttpResponse:
    """Month by month: tasks in all, proved, overdue; the chart opens to its data."""
    frame = _frame(request)
    if frame["plan"] is None:
        return render(request, "plan/empty.html", frame)
    points = queries.burn_up(frame["plan"], as_of=frame["as_of"], known_at=clock.now())
    return render(request, "plan/burn_up.html", frame | {"points": points, "tab": "burn_up"})


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All checks, overdue warnings, drafts of following years."""
    frame = _frame(request)
    if frame["plan"] is None:
        return render(request, "plan/empty.html", frame)
    by, day = actor_of(request), clock.today()
    rows = [{"row": c, "half": rules.HALVES[c.half], "state": rules.STATES[c.state],
             "missing": queries.missing(c)} for c in queries.checks()]
    told = queries.warned(frame["plan"])
    known = cases.known_of([w.case for w in told if w.case], actor=by)
    warned = [{"row": w, "unit": registry.name(w.unit, as_of=day), "opens": w.case in known,
               "superior": registry.name(w.superior, as_of=day) if w.superior else ""} for w in told]
    return render(request, "plan/checks.html", frame | {
        "rows": rows, "warned": warned, "drafts": queries.followers(frame["plan"]), "halves": rules.HALVES.items(), "year": day.year,
        "may_check": by.can("plan.check"), "tab": "checks"})


@require_GET
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """The sheet: duty by duty self-report, system's finding, examiner's finding, what became of the mid-year one."""
    by = actor_of(request)
    by.must("plan.view")
    row, at = queries.check(uid), clock.now()
    unit = request.GET.get("unit", "") or ("" if by.can("plan.examine") else by.unit or "")
    lines = queries.lines(row, unit=unit)
    units = sorted({(d["unit"], d["name"]) for d in row.inputs.get("duties", [])}, key=lambda one: one[1])
    mine: list[Any] = []
    if row.state == "open" and by.unit:
        said = {r.row: r for r in queries.self_reports(row) if r.unit == by.unit}
        mine = [{"row": r, "said": said.get(r.row)} for r in queries.rows(row.plan)
                if by.unit in {d.unit for d in queries.duties(r, as_of=row.as_of)}]
    return render(request, "plan/check.html", {
        "row": row, "half": rules.HALVES[row.half], "state": rules.STATES[row.state], "lines": lines[:300],
        "total": len(lines), "unit": unit,
        "units": units, "missing": queries.missing(row), "claims": rules.CLAIMS.items(), "verdicts": rules.VERDICTS.items(), "mine": mine,
        "names": rules.VERDICTS | {"": t("尚未核查", "not examined")}, "became": rules.BECAME, "claim_names": rules.CLAIMS,
        "stale": queries.stale_figures(row, known_at=at), "figures": queries.report_figures(row),
        "may": {right: by.can(f"plan.{right}") for right in ("check", "examine", "check_sign", "report")}})


@require_GET
def report(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """The check's report as docx or PDF, in the layout of GB/T 9704-2012."""
    actor_of(request).must("plan.view")
    row = queries.check(uid)
    if form not in TYPES or not row.inputs:
        raise Http404
    made = queries.letter(row, on=clock.today())
    content = documents.pdf(made) if form == "pdf" else documents.docx(made)
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="plan-check-{row.year}-{row.half}.{form}"'
    return answer


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "open":
        uid = checking.open_check("", year=whole_of(post.get("year", ""), "year"), half=post.get("half", ""), by=by, at=at).uid
    elif verb == "self":
        checking.report_self(uid, post.get("row", ""), unit=by.unit or "", claim=post.get("claim", ""), words=post.get("words", ""),
                             by=by, at=at)
    elif verb == "freeze":
        checking.freeze(uid, by=by, at=at)
    elif verb == "find":
        mark = whole_of(post["mark"], "mark") if post.get("mark", "") else None
        checking.find(uid, post.get("row", ""), unit=post.get("unit", ""), verdict=post.get("verdict", ""), mark=mark,
                      words=post.get("words", ""), by=by, at=at)
    elif verb == "confirm":
        made = checking.confirm_rest(uid, by=by, at=at)
        messages.success(request, t("{n}项职责按系统判定确认。", "{n} duties confirmed as the system finds.", n=made))
    elif verb == "sign":
        checking.sign(uid, by=by, at=at)
    else:
        raise Http404
    return redirect("plan:check", uid)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    made = following.propose_next("", year=whole_of(request.POST.get("year", ""), "year"), by=actor_of(request), at=clock.now())
    return redirect("plan:draft", made.uid)


@require_GET
def draft(request: HttpRequest, uid: str) -> HttpResponse:
    by = actor_of(request)
    by.must("plan.view")
    row = queries.follower(uid)
    areas = {r.row: r.area for r in queries.rows(row.plan)}
    return render(request, "plan/draft.html", {
        "row": row, "lines": [line | {"area": areas.get(line["row"], "")} for line in row.lines], "may_adopt": by.can("plan.check_sign")})


@require_POST
def adopt(request: HttpRequest, uid: str) -> HttpResponse:
    following.adopt_next(uid, by=actor_of(request), at=clock.now())
    return redirect("plan:draft", uid)
