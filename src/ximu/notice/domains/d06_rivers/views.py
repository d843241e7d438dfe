"""Reaches with their chiefs and patrols, the tests with their rates, the chiefs' year, and the desk where all of it comes in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.areas.views import tabs
from ximu.ideas.events.views import desk
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.notice.domains.d06_rivers import services
from ximu.notice.domains.d06_rivers.queries import AREA, shown, store, year
from ximu.notice.domains.d06_rivers.rules import GRADES, LEVELS

SEE, WORDS = "d06.see", {"levels": LEVELS, "states": store.STATES, "grade_words": GRADES}


def _page(request: HttpRequest, name: str, units: list[str], **more: Any) -> HttpResponse:
    by, today = actor_of(request), clock.today()
    known = {code: one.name for code, one in store.known_reaches(today, known_at=clock.now()).items()}
    return render(request, f"d06/{name}.html", {**WORDS, "tabs": tabs(AREA, by, f"d06:{name}"), "known": known, **more, "names": {
        unit: registry.name(unit, as_of=today, short=True) for unit in units}})


def _by(request: HttpRequest) -> Actor:
    by = actor_of(request)
    by.must(SEE)
    return by


@require_safe
def reaches(request: HttpRequest) -> HttpResponse:
    """The roster with who is chief of what, by term."""
    _by(request)
    known, rows = store.known_reaches(clock.today(), known_at=clock.now()), shown.chiefs_of_year(clock.today(), known_at=clock.now())
    return _page(request, "reaches", [*(one.unit for one in known.values()), *(row["charge"].unit for row in rows)], rows=rows,
                 reaches=[(one, shown.geometry_of(one)) for one in known.values()])


@require_safe
def reach(request: HttpRequest, code: str) -> HttpResponse:
    """A reach as drawn, with patrols, sections, reports and problems of the units that this person may see. Errors: `REACH-NONE`."""
    by = _by(request)
    found = shown.reach(code, on=clock.today(), known_at=clock.now(), sees=lambda unit: store.sees(by, unit))
    return _page(request, "reach", [found["reach"].unit, *(row["charge"].unit for row in found["rows"])], **found)


@require_safe
def chief(request: HttpRequest, code: str) -> HttpResponse:
    """The credit record of a chief's performance. Errors: `CHIEF-NONE`."""
    by, found = _by(request), shown.chief(code, on=clock.today(), known_at=clock.now())
    return _page(request, "chief", [found["charge"].unit], **found, open=store.sees(by, found["charge"].unit))


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    by, found = _by(request), shown.doubts(clock.today(), known_at=clock.now())
    found["doubts"] = [(one, found["charged"][one.who]) for one in sorted(found["doubts"], key=lambda one: (one.test, one.p))
                       if store.sees(by, found["charged"][one.who].unit)]
    reaches = store.known_reaches(clock.today(), known_at=clock.now())
    found["weeks"] = [week for week in found["weeks"] if week[0] in reaches and store.sees(by, reaches[week[0]].unit)]
    found["located"] = [one for one in found["located"] if store.sees(by, one[0])]
    return _page(request, "doubts", [*(charge.unit for _, charge in found["doubts"]), *(one[0] for one in found["located"])], **found,
                 rates=year.rates(clock.today()))


@require_http_methods(["GET", "POST"])
def appraisal(request: HttpRequest) -> HttpResponse:
    """The year of each chief as it stands, what waits for a decision, what holds; proposed by one, decided by another."""
    by, post, year = _by(request), request.POST, int_of(request, "year", clock.today().year - 1, least=2000, most=2100)
    if request.method == "POST":
        if batch := post.get("batch", ""):
            services.decide(batch, approved=post.get("word") == "approve", reason=post.get("reason", ""), by=by, at=clock.now())
        else:
            services.propose(year, by=by, at=clock.now())
        return redirect(f"{reverse('d06:appraisal')}?year={year}")
    held = {(row.unit, row.post): row for row in shown.held(year)}
    rows = [(one, held.get((one.unit, one.post))) for one in shown.preview(year, known_at=clock.now()) if store.sees(by, one.unit)]
    may_propose, may_decide = by.can(services.APPRAISE, ""), by.can(services.DECIDE, "")
    waiting = [row for row in shown.waiting(year) if may_propose or may_decide or store.sees(by, row.unit)]
    return _page(request, "appraisal", [*(one.unit for one, _ in rows), *(row.unit for row in waiting)], rows=rows, year=year,
                 waiting=waiting, method=shown.method(year), over=clock.today() > date(year, 12, 31), may_propose=may_propose,
                 may_decide=may_decide)


deliver = desk(store.DATASETS, services.LOADERS, right=services.PATROL, home="d06:deliver", template="d06/deliver.html",
               words=LEVELS | store.STATES, frame=lambda by: {"tabs": tabs(AREA, by, "d06:deliver")})
