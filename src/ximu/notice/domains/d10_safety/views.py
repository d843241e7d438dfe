"""The calendar of duties, a duty with its inspections on both clocks, and plans that one drafts and another adopts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of, sent_file
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR
from ximu.ideas.areas.views import tabs
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, hour_of, whole_of
from ximu.notice.domains.d10_safety import queries, rules, services

SEE, PLAN, ADOPT, INSPECT = queries.SEE, "d10.plan", "d10.adopt", "d10.inspect"
MOST_BYTES, MOST_SHOWN = 20 * 2**20, 300


@require_http_methods(["GET", "POST"])
def duties(request: HttpRequest) -> HttpResponse:
    """Who must inspect what by when, by month, unit and state; the form for a file of inspections."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    if request.method == "POST":
        with sent_file(request) as path:
            done = services.enter_many(path, by=by, at=now)
        messages.success(request, t(
            "新增{n}条，其中补录{b}条；已有{s}条；退回{x}处。", "{n} entered, {b} of them late; {s} known; {x} refused.",
            n=done.new, b=done.backdated, s=done.same, x=len(done.faults)))
        for fault in done.faults[:20]:
            messages.warning(request, t("第{line}行 {field}：{code}", "line {line}, {field}: {code}",
                                        **{k: fault[k] for k in ("line", "field", "code")}))
        return redirect("d10:duties")
    today = clock.city_day(now)
    year = int_of(request, "year", today.year, least=FIRST_YEAR, most=LAST_YEAR)
    month = int_of(request, "month", 0, least=0, most=12)
    unit, state = request.GET.get("unit", "")[:16], request.GET.get("state", "")[:10]
    whole = queries.calendar(year, by=by, now=now)
    found = queries.chosen(whole, unit=unit, month=month, state=state)
    names = registry.names_on((one.unit, today) for one in whole)
    return render(request, "d10/duties.html", {
        "tabs": tabs(queries.AREA, by, "d10:duties"), "year": year, "month": month, "unit": unit, "state": state, "months": range(1, 13),
        "states": [(code, rules.STATES[code]) for code in ("open", "entering", "done", "late", "backdated", "missed", "ended")],
        "units": [(unit_, names[unit_, today]) for unit_ in registry.in_order({one.unit for one in whole})],
        "matrix": _matrix(whole, year), "heads": range(1, 13), "fields": rules.FIELDS,
        "modes": rules.MODES, "words": rules.STATES, "rows": [(one, names[one.unit, today]) for one in found[:MOST_SHOWN]],
        "more": max(len(found) - MOST_SHOWN, 0), "may_enter": by.can(INSPECT)})


def _matrix(found: list[queries.Listed], year: int) -> list[tuple[Any, list[tuple[int, int, int]]]]:
    """Field × month: how many run out, how many were done in time, how many were missed."""
    made = []
    for field, words in rules.FIELDS.items():
        cells = []
        for month in range(1, 13):
            here = [one.line.state for one in found if (one.row.field, one.row.due.year, one.row.due.month) == (field, year, month)]
            cells.append((len(here), here.count("done"), here.count("missed")))
        if any(count for count, _, _ in cells):
            made.append((words, cells))
    return made


@require_safe
def duty(request: HttpRequest, uid: str) -> HttpResponse:
    """A duty, how its due day came about, and what was entered: the day of the inspection and the day of the entry. Errors: `DUTY-NONE`."""
    by, now = actor_of(request), clock.now()
    row, today = queries.duty(uid), clock.city_day(now)
    unit = registry.owner_of(row.unit, today)
    by.must(SEE, unit)
    [one] = queries.listed(type(row).objects.filter(pk=row.pk), as_of=today, known_at=now)
    return render(request, "d10/duty.html", {
        "tabs": tabs(queries.AREA, by, ""), "row": row, "line": one.line, "words": rules.STATES, "field": rules.FIELDS[row.field],
        "mode": rules.MODES[row.mode], "unit": registry.name(unit, as_of=today), "maker": registry.name(row.plan.maker, as_of=today),
        "ground": rules.GROUNDS.get(row.ground), "grounds": rules.GROUNDS.items(), "results": rules.RESULTS.items(), "now": now,
        "inspections": [{"one": x, "result": rules.RESULTS[x.result]} for x in queries.inspections(row)],
        "may_enter": by.can(INSPECT, unit) and not row.ended_on, "may_withdraw": by.can(INSPECT, unit),
        "may_end": by.can(ADOPT, registry.owner_of(row.plan.maker, today)) and not row.ended_on and row.judged_on > today})


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "enter":
        content = b""
        if request.FILES.get("file"):
            with sent_file(request, most=MOST_BYTES) as path:
                content = path.read_bytes()
        moment = datetime.combine(day_of(post.get("day", ""), "day"), hour_of(post.get("hour", ""), "hour"), tzinfo=clock.CITY)
        officers, problems = whole_of(post.get("officers", ""), "officers"), whole_of(post.get("problems", "") or "0", "problems")
        new = services.NewInspection(moment, officers, post.get("result", ""), problems, post.get("note", "")[:1000])
        services.enter(uid, new, content=content, by=by, at=at)
        messages.success(request, t("已登记，检查时间和录入时间都已留存。", "Entered; both times are kept."))
    elif verb == "withdraw":
        services.withdraw(post.get("inspection", ""), reason=post.get("reason", ""), by=by, at=at)
    elif verb == "end":
        services.end(uid, ground=post.get("ground", ""), document=post.get("document", ""), by=by, at=at)
    else:
        raise Http404
    return redirect("d10:duty", uid)


@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """All plans, and the form by which one is drafted from a file."""
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must(SEE)
    today = clock.city_day(at)
    if request.method == "POST":
        maker = registry.find(post.get("maker", "").strip(), as_of=today)
        new = services.NewPlan(post.get("number", ""), post.get("title", ""), whole_of(post.get("year", ""), "year"), maker)
        with sent_file(request) as path:
            made = services.draft(new, path, by=by, at=at)
        return redirect("d10:plan", made)
    rows = [{"row": one, "maker": registry.name(one.maker, as_of=today, short=True), "lines": count}
            for one, count in queries.plans_for(by, today)]
    return render(request, "d10/plans.html", {
        "tabs": tabs(queries.AREA, by, "d10:plans"), "rows": rows, "may_plan": by.can(PLAN), "year": today.year,
        "own": registry.name(by.unit, as_of=today) if by.unit else ""})


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """The lines of a plan that this person may see, and the decision on it. Errors: `PLAN-NONE`, `PERM-DENIED` where none is."""
    by, at, row = actor_of(request), clock.now(), queries.plan(uid)
    by.must(SEE)
    today = clock.city_day(at)
    shown = queries.lines_for(row, by, today)
    if not shown:
        by.must(SEE, row.maker)
    if request.method == "POST":
        made = services.decide(uid, adopt=request.POST.get("verb") == "adopt", reason=request.POST.get("reason", ""), by=by, at=at)
        messages.success(request, t("已审定，生成{n}项任务。", "Adopted: {n} duties stand.", n=made) if made else
                         t("已决定。", "Decided."))
        return redirect("d10:plan", uid)
    names = registry.names_on((line["unit"], today) for line in shown)
    lines = [(line, names[line["unit"], today]) for line in shown[:MOST_SHOWN]]
    return render(request, "d10/plan.html", {
        "tabs": tabs(queries.AREA, by, ""), "row": row, "maker": registry.name(row.maker, as_of=today), "lines": lines,
        "fields": rules.FIELDS, "modes": rules.MODES, "every": rules.EVERY, "count": len(shown),
        "duties": row.duties.filter(unit__in={line["unit"] for line in shown}).count(), "own": row.drafter == by.human,
        "may_decide": row.state == "draft" and by.can(ADOPT, registry.owner_of(row.maker, today))})
