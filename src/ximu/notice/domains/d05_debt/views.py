"""The year by district, one district on two clocks, one debt with its trace; grades stand in `ideas/assessment`."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of, known_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR
from ximu.ideas.areas.views import tabs
from ximu.ideas.assessment.rules import grading
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import CITY
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import absent
from ximu.notice.domains.d05_debt import services
from ximu.notice.domains.d05_debt.queries import book
from ximu.notice.domains.d05_debt.queries.area import AREA, PAGES, SEE


def _sheet(request: HttpRequest) -> book.Sheet:
    by = actor_of(request)
    by.must(SEE)
    year = int_of(request, "year", clock.today().year - 1, least=FIRST_YEAR, most=LAST_YEAR)
    return book.sheet(year, known_at=known_of(request), units=by.units_with(SEE))


def _frame(found: book.Sheet, **more: Any) -> dict[str, Any]:
    return {"year": found.year, "as_of": found.as_of, "known": clock.city_day(found.known_at), "pack": book.pack(), **more}


def _said(row: book.Row) -> dict[str, Any]:
    """A statement of a debt with its kind and finding in words, and when it was learned of."""
    return {**row, "kind_words": book.WORDS[row["kind"]], "finding_words": book.WORDS.get(row["finding"]), "known": row["_known"]}


def _levels(found: book.Sheet, unit: str) -> list[tuple[str, Any, Any]]:
    return [(code, found.figures[code, unit], found.banded.get((code, unit))) for code in book.pack().indicators]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All districts of a year, what is warned of, the responses and inquiries under way."""
    found, by, today = _sheet(request), actor_of(request), clock.today()
    held = book.decided(found.year)
    binding = {line["unit"]: line["grade"] for line in held.lines} if held else {}
    preview = {line["unit"]: line["grade"] for line in found.lines}
    names = areas.names(preview, found.as_of)
    rows = [{"uid": row["unit"], "name": names[row["unit"]], "row": row, "levels": _levels(found, row["unit"]),
             "grade": binding.get(row["unit"], ""), "preview": preview[row["unit"]]} for row in found.rows]
    open_now = [c for c in cases.open_cases(tuple(PAGES)) if c.subject in preview]
    whole = [(code, found.figures[code, CITY]) for code in book.pack().indicators] if areas.sees_whole(AREA, by) else []
    return render(request, "d05/index.html", _frame(
        found, rows=rows, whole=whole, warned=areas.told_of(areas.asked(AREA, found.year, known_at=found.known_at), by),
        tabs=tabs(AREA, by, "d05:index"), cases=[{"row": c, "unit": registry.name(c.subject, as_of=today, short=True)} for c in open_now],
        may_deliver=by.can(services.DELIVER)))


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """One district: what each figure is made of, all versions of the year, its debts, its factors. Errors: `D05-NONE`."""
    found, by = _sheet(request), actor_of(request)
    row = next((row for row in found.rows if row["unit"] == uid), None)
    line = next((line for line in found.lines if line["unit"] == uid), None)
    if row is None or line is None:
        raise absent("D05-NONE", field="unit", value=uid[:16], zh="个区的数据", en="district with data")
    shown = [{"code": code, "one": book.pack().indicators[code], "figure": figure, "band": band}
             for code, figure, band in _levels(found, uid)]
    versions = [{**one, "changed": [(book.title_of(name), before, after) for name, before, after in one["changed"]]}
                for one in events.versions(book.FIGURES, known_at=found.known_at, unit=uid, year=found.year)]
    return render(request, "d05/unit.html", _frame(
        found, uid=uid, name=registry.name(uid, as_of=found.as_of), row=row, line=line, shown=shown, versions=versions,
        columns=[(book.title_of(name), row[name]) for name in row if name not in ("unit", "unit_name", "year", "as_of", "_known")],
        debts=[_said(debt) for debt in found.debts if debt["unit"] == uid], factors=grading.explained(found.method, line),
        method=found.method, levels=services.LEVELS.items(), may_respond=by.can(services.RESPOND, uid)))


@require_safe
def debt(request: HttpRequest, number: str) -> HttpResponse:
    """Every statement of a debt, and who answered on the day of each step. Errors: `D05-NONE`."""
    by, known, today = actor_of(request), known_of(request), clock.today()
    by.must(SEE)
    rows = [_said(row) for row in book.debt(number, known_at=known, units=by.units_with(SEE))]
    steps = [{"words": book.STEPS[one.step], **registry.shown(one, today=today)}
             for one in book.trace(number, today=today, known_at=known)]
    return render(request, "d05/debt.html", {
        "rows": rows, "debt": rows[0], "name": registry.name(rows[0]["unit"], as_of=today, short=True), "steps": steps,
        "gaps": sum(bool(s["gap"]) for s in steps),
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
