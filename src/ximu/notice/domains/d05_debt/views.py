"""The year by district, one district on two clocks, one debt with its trace; grades stand in `ideas/assessment`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.assessment.rules import grading
from ximu.ideas.casework import queries as cases
from ximu.ideas.events.rules import CITY
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import absent
from ximu.notice.domains.d05_debt import queries, services

SEE = "d05.see"


def _known(request: HttpRequest) -> datetime:
    """What was known by the end of the day that is asked, never later than now."""
    day, now = day_or_none(request.GET.get("known", ""), "known"), clock.now()
    return min(clock.end_of(day), now) if day else now


def _sheet(request: HttpRequest) -> queries.Sheet:
    by = actor_of(request)
    by.must(SEE)
    year = int_of(request, "year", clock.today().year - 1, least=queries.FIRST_YEAR, most=queries.LAST_YEAR)
    return queries.sheet(year, known_at=_known(request), units=by.units_with(SEE))


def _frame(found: queries.Sheet, **more: Any) -> dict[str, Any]:
    return {"year": found.year, "as_of": found.as_of, "known": clock.city_day(found.known_at), "pack": queries.pack(), **more}


def _name(unit: str, on: date) -> str:
    return registry.name(unit, as_of=on, short=True) if unit else ""


def _said(row: queries.Row) -> dict[str, Any]:
    """A statement of a debt with its kind and finding in words, and when it was learned of."""
    return {**row, "kind_words": queries.WORDS[row["kind"]], "finding_words": queries.WORDS.get(row["finding"]), "known": row["_known"]}


def _levels(found: queries.Sheet, unit: str) -> list[tuple[str, Any, Any]]:
    return [(code, found.figures[code, unit], found.banded.get((code, unit))) for code in queries.pack().indicators]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All districts of a year, what is warned of, the responses and inquiries under way."""
    found, by, today = _sheet(request), actor_of(request), clock.today()
    held = queries.decided(found.year)
    binding = {line["unit"]: line["grade"] for line in held.lines} if held else {}
    preview = {line["unit"]: line["grade"] for line in found.lines}
    rows = [{"uid": row["unit"], "name": _name(row["unit"], found.as_of), "row": row, "levels": _levels(found, row["unit"]),
             "grade": binding.get(row["unit"], ""), "preview": preview[row["unit"]]} for row in found.rows]
    units = {row["unit"] for row in found.rows}
    open_now = [c for c in cases.open_cases(("debt_emergency", "debt_accountability")) if c.subject in units]
    return render(request, "d05/index.html", _frame(
        found, rows=rows, whole=[(code, found.figures[code, CITY]) for code in queries.pack().indicators],
        warned=[{"alarm": a, "unit": _name(a.unit, found.as_of)} for a in queries.warned(found, today=today)],
        cases=[{"row": c, "unit": _name(c.subject, today)} for c in open_now], may_deliver=by.can(services.DELIVER)))


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """One district: what each figure is made of, all versions of the year, its debts, its factors. Errors: `D05-NONE`."""
    found, by = _sheet(request), actor_of(request)
    row = next((row for row in found.rows if row["unit"] == uid), None)
    line = next((line for line in found.lines if line["unit"] == uid), None)
    if row is None or line is None:
        raise absent("D05-NONE", field="unit", value=uid[:16], zh="个区的数据", en="district with data")
    shown = [{"code": code, "one": queries.pack().indicators[code], "figure": figure, "band": band}
             for code, figure, band in _levels(found, uid)]
    versions = [{**one, "changed": [(queries.title_of(name), before, after) for name, before, after in one["changed"]]}
                for one in queries.versions(uid, found.year, known_at=found.known_at)]
    return render(request, "d05/unit.html", _frame(
        found, uid=uid, name=registry.name(uid, as_of=found.as_of), row=row, line=line, shown=shown, versions=versions,
        columns=[(queries.title_of(name), row[name]) for name in row if name not in ("unit", "unit_name", "year", "as_of", "_known")],
        debts=[_said(debt) for debt in found.debts if debt["unit"] == uid], factors=grading.explained(found.method, line),
        method=found.method, levels=services.LEVELS.items(), may_respond=by.can(services.RESPOND, uid)))


@require_safe
def debt(request: HttpRequest, number: str) -> HttpResponse:
    """Every statement of a debt, and who answered on the day of each step. Errors: `D05-NONE`."""
    by, known, today = actor_of(request), _known(request), clock.today()
    by.must(SEE)
    rows = [_said(row) for row in queries.debt(number, known_at=known, units=by.units_with(SEE))]
    steps = [{"words": queries.STEPS[one.step], **registry.shown(one, today=today)}
             for one in queries.trace(number, today=today, known_at=known)]
    return render(request, "d05/debt.html", {
        "rows": rows, "debt": rows[0], "name": _name(rows[0]["unit"], today), "steps": steps, "gaps": sum(bool(s["gap"]) for s in steps),
        "cases": cases.cases_about(number, actor=by), "may_respond": by.can(services.RESPOND, rows[0]["unit"])})


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Start a response or an inquiry; the new case opens."""
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must(SEE)
    about, reason = post.get("about", "")[:40], post.get("reason", "")[:400]
    if verb == "respond":
        return redirect("casework:case", services.respond(about, level=post.get("level", ""), reason=reason, by=by, at=at))
    if verb == "inquire":
        return redirect("casework:case", services.inquire(about, reason=reason, by=by, at=at))
    raise Http404
