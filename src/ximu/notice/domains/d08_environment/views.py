"""A year's targets with their results, figures by area, months of an area, stations with their gaps."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of, known_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR
from ximu.ideas.areas.views import tabs
from ximu.ideas.commitments import queries as promises
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d08_environment import queries, rules
from ximu.notice.domains.d08_environment.queries import AREA, SEE

COLUMN = "pm25"


def _asked(request: HttpRequest) -> areas.Sheet:
    actor_of(request).must(SEE)
    year = int_of(request, "year", queries.usual_year(clock.today()), least=FIRST_YEAR, most=LAST_YEAR)
    return areas.asked(AREA, year, known_at=known_of(request))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Targets with their results, what is warned of, figures by area, the credit evaluation; every figure opens."""
    found, pack, by = _asked(request), queries.pack(), actor_of(request)
    names, units = areas.names(found.units, found.as_of), [unit for unit in found.units if areas.sees(AREA, by, unit)]
    rows = [{"uid": unit, "name": names[unit], "values": [(c, found.figures[c, unit], one.unit) for c, one in pack.indicators.items()]}
            for unit in units]
    lines = [{"line": line, "unit": registry.name(line.judged.unit, as_of=found.as_of, short=True)}
             for line in queries.targets(queries.of_period(found.period))]
    return render(request, "d08/index.html", {
        "pack": pack, "year": found.year, "as_of": found.as_of, "rows": rows, "warned": areas.told_of(found, by), "rules": pack.rules,
        "targets": lines, "credit": queries.credit(disclosure.PUBLIC, year=found.year), "measures": queries.measures().items(),
        "may_pledge": by.can("commitments.register"), "tabs": tabs(AREA, by, "d08:index"),
        "whole": [(code, one, found.figures[code, promises.CITY]) for code, one in pack.indicators.items()]})


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """An area month by month, of the month and of the year so far, with what keeps a month from being told."""
    found, by = _asked(request), actor_of(request)
    areas_there = {p.whole: "" for p in events.expected(queries.DATASET) if p.whole} | {
        one: "" for p in events.expected(queries.DATASET) for one in p.units}
    names = areas.names(registry.in_order(areas_there), found.as_of)
    unit = request.GET.get("unit", "") if request.GET.get("unit", "") in names else next(iter(areas_there), "")
    lines = queries.area_year(unit, found.year, until=found.as_of, known_at=found.period.known_at)
    why = queries.pack().indicators["D08-2"].exclusions
    told = [{"month": row["month"], "value": row.get(COLUMN), "so_far": row.get(f"{COLUMN}_year"), "gaps": row.get("gaps"),
             "why": None if row.get(COLUMN) is not None else why["insufficient" if "gaps" in row else "not-delivered"]} for row in lines]
    return render(request, "d08/months.html", {
        "months": told, "year": found.year, "unit": unit, "units": names.items(), "tabs": tabs(AREA, by, "d08:months")})


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """The roster, and what each station delivered month by month; a gap is shown as a gap."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    today = clock.city_day(now)
    year = int_of(request, "year", queries.usual_year(today), least=FIRST_YEAR, most=LAST_YEAR)
    item = request.GET.get("item", "") if request.GET.get("item", "") in rules.ITEMS else rules.ITEMS[0]
    told = queries.station_months(year, item, known_at=now)
    ended = [month for n in range(1, 13) if rules.end_of(month := date(year, n, 1)) < today]
    rows = [{"row": p, "unit": registry.name(p.unit, as_of=today, short=True),
             "cells": [(told.get((p.code, m)), p.since <= m and (p.until is None or p.until >= rules.end_of(m))) for m in ended]}
            for p in events.points(queries.DATASET)]
    return render(request, "d08/stations.html", {
        "rows": rows, "months": ended, "year": year, "item": item, "items": rules.ITEMS, "tabs": tabs(AREA, by, "d08:stations")})
