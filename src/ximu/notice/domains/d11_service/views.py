"""Ratings and what became of poor ones, bursts that are held, a case with its steps, files of ratings; and the applicant's own page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, source_of
from ximu.ideas.areas.queries import names
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import queries as cases
from ximu.kernel import codes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d11_service import queries, rules, services

COUNTED = Text("计入", "counted")


def _open(request: HttpRequest, here: str, permission: str = queries.SEE) -> tuple[Actor, dict[str, Any]]:
    by = actor_of(request)
    by.must(permission)
    return by, {"tabs": tabs(queries.AREA, by, f"d11:{here}")}


def _lines(rows: Any) -> list[dict[str, Any]]:
    """Each rating with its unit's name and how it stands."""
    listed = list(rows[:queries.MOST_SHOWN])
    called = names({row.unit for row in listed}, clock.today())
    return [{"row": row, "unit": called.get(row.unit, row.unit), "level": rules.LEVELS[row.level],
             "state": queries.AREA.states[row.burst.state] if row.burst and row.burst.state != "released" else COUNTED} for row in listed]


@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    by, shown = _open(request, "ratings")
    only, number = request.GET.get("only", "open"), " ".join(request.GET.get("number", "").split())[:64]
    if number:
        return redirect("d11:case", number)
    wanted: dict[str, dict[str, Any]] = {"open": {"level__lt": rules.GOOD, "closed_on": None}, "poor": {"level__lt": rules.GOOD}, "all": {}}
    return render(request, "d11/ratings.html", {**shown, "only": only, "rows": _lines(queries.ratings(by, **wanted.get(only, {})))})


@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def rating(request: HttpRequest, uid: str) -> HttpResponse:
    """One rating; the contact only to the unit in charge, for a purpose, on record."""
    by, shown = _open(request, "ratings")
    row, said = queries.rating(uid, actor=by), dict[str, Any]()
    try:
        if request.method == "POST":
            said = {"contact": services.contact_of(uid, purpose=request.POST.get("purpose", ""), by=by, at=clock.now()) or "—"}
    except Refusal as refusal:
        said = {"refusal": refusal}
    case = cases.case_for(row.followed) if row.followed else None
    return render(request, "d11/rating.html", {
        **shown, **said, "one": _lines([row])[0], "row": row, "case": case, "words": queries.words_of(row, actor=by),
        "step": cases.procedure("poor_rating").states[case.state].name if case else None, "handles": queries.handles(row, by),
        "aspects": [(rules.ASPECTS[name], rules.LEVELS[level]) for name, level in row.aspects.items()],
        "known": bool(case and cases.known_of([case.uid], actor=by))}, status=said["refusal"].status if "refusal" in said else 200)


@require_safe
def bursts(request: HttpRequest) -> HttpResponse:
    """What is held or was, with its ratings and the case in which two people decide."""
    by, shown = _open(request, "bursts")
    held = queries.bursts(by)
    known = cases.known_of([one.case for one in held if one.case], actor=by)
    return render(request, "d11/bursts.html", {**shown, "most": queries.MOST_LISTED, "rows": [
        {"one": one, "state": queries.AREA.states.get(one.state, COUNTED), "known": one.case in known}
        for one in held]})


@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """A case: each step with its promise and its real time, its ratings; a code for the applicant, shown once. Errors: `D11-NONE`."""
    by, shown = _open(request, "case")
    row, given, said = queries.service_case(number, actor=by), request.POST, dict[str, Any]()
    try:
        if request.method == "POST":
            code = services.issue_code(number, given.get("window", ""), person=given.get("person", ""), by=by, at=clock.now())
            said = {"code": codes.shown_code(code)}
    except Refusal as refusal:
        said = {"refusal": refusal}
    steps, called = queries.steps_of(row["case_no"]), {name: Text(*both) for name, both in queries.words()["values"].items()}
    units = names({row["unit"], *(one["unit"] for one in steps)}, clock.today())
    return render(request, "d11/case.html", {
        **shown, **said, "called": called, "row": queries.with_days([row], "finished_on")[0], "unit": units.get(row["unit"], row["unit"]),
        "steps": [{**one, "unit": units.get(one["unit"], one["unit"])} for one in steps], "may": by.can("d11.rate"),
        "windows": [one.code for one in queries.roster().values() if one.until is None and by.can("d11.rate", one.unit)],
        "rows": _lines(queries.ratings(by, case=row["case_no"]))}, status=said["refusal"].status if "refusal" in said else 200)


@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest) -> HttpResponse:
    """A file of ratings, and what became of each line."""
    by, shown = _open(request, "deliver", "d11.rate")
    file, shown, status = request.FILES.get("file"), {**shown, "fields": queries.rating_schema()["fields"]}, 200
    try:
        if request.method == "POST":
            with tempfile.NamedTemporaryFile() as kept:
                for block in file.chunks() if file else ():
                    kept.write(block)
                kept.flush()
                shown["told"] = services.deliver_ratings(Path(kept.name), by=by, at=clock.now())
    except Refusal as refusal:
        shown, status = {**shown, "refusal": refusal}, refusal.status
    return render(request, "d11/deliver.html", shown, status=status)


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest) -> HttpResponse:
    """The applicant's page: the code travels in each form, never in an address; it needs no cookie and no account."""
    typed, given = request.POST.get("code", ""), request.POST
    if request.method != "POST":
        return render(request, "d11/rate.html", {})
    shown, status = dict[str, Any](code=typed, levels=rules.LEVELS.items(), given=given), 200
    try:
        code = services.look(typed, at=clock.now(), source=source_of(request))
    except Refusal as refusal:
        return render(request, "d11/rate.html", {"refusal": refusal}, status=refusal.status)
    try:
        if given.get("word"):
            services.speak(code, given["word"], at=clock.now())
            shown["done"] = "spoken"
        elif given.get("rate"):
            shown["done"] = services.rate_by_code(code, given.dict(), at=clock.now())
    except Refusal as refusal:
        shown, status = {**shown, "refusal": refusal}, refusal.status
    return render(request, "d11/rate.html", {**shown, **queries.as_rater(code)}, status=status)
