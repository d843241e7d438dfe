"""The hotline page: five rates, alarms, units and months."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ximu.foundation import city, clock, tiles
from ximu.foundation.web import actor_of
from ximu.ideas.events import queries as events
from ximu.ideas.warnings import queries as kept
from ximu.kernel.given import day_or_none, near_day
from ximu.kernel.words import Text
from ximu.notice.domains.d13_hotline import queries
from ximu.notice.domains.d13_hotline.rules import RATES, WARNINGS, topic_words, year_before


def _day(request: HttpRequest, name: str, default: date) -> date:
    return near_day(day_or_none(request.GET.get(name, ""), name) or default, name)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """As of the last day of data unless another span is asked for."""
    actor = actor_of(request)
    actor.must("d13.see")
    span = events.span("hotline")
    if span is None:
        return render(request, "d13_hotline/index.html", {"known": None})
    last = _day(request, "last", span[1])
    first = _day(request, "first", max(span[0], year_before(last)))
    units, now = actor.units_with("d13.see"), clock.now()
    found = queries.kpi(first, last, judged_on=last, known_at=now, units=units)
    warned = queries.warned(last, known_at=now, units=units)
    rates = {one["rule"]: one for one in kept.rule_rates() if one["source"] == "D13" and one["rate"] is not None}
    alarms = [{**a, "known": _percent(rates.get(a["rule"])),
               "topic": topic_words(a["subject"]) if a["rule"] == "volume" else None} for a in warned.envelope()["alarms"]]
    return render(request, "d13_hotline/index.html", {
        "known": span, "first": first, "last": last, "kpi": found, "warned": warned,
        "coming": queries.coming(known_at=now) if units is None else None, "alarms": alarms, "settings": WARNINGS["volume"],
        "figures": [{"code": code, "words": words, "value": found.city[rate], "part": found.city[part], "whole": found.city[whole]}
                    for code, (rate, part, whole, words) in RATES.items()],
        "lines": [_line(r) for r in found.units], "months": [{"month": r["month"], **_line(r)} for r in found.months],
        "heads": [(code, words) for code, (*_, words) in RATES.items()],
    })


@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """The checks on what units report: every unit and interval with its result, passed and not judged ones too."""
    actor = actor_of(request)
    actor.must("d13.see")
    span = events.span("hotline")
    if span is None:
        return render(request, "d13_hotline/quality.html", {"known": None})
    last = _day(request, "last", span[1])
    found = queries.checked(last, known_at=clock.now(), units=actor.units_with("d13.see"))
    rates = {one["rule"]: _percent(one) for one in kept.rule_rates() if one["source"] == "D13" and one["rate"] is not None}
    order = {True: 0, False: 1, None: 2}
    return render(request, "d13_hotline/quality.html", {
        "known": span, "last": last, "found": found,
        "rules": [{"rule": rule, "words": queries.rule_words(rule), "basis": Text(WARNINGS[rule]["basis"], WARNINGS[rule]["basis_en"]),
                   "known": rates.get(rule),
                   "doubts": sum(a.rule == rule for a in found.alarms)} for rule in queries.CHECKED],
        "doubts": [{**a.envelope(), "name": queries.unit_name(a.unit, last)} for a in found.alarms],
        "checks": sorted(({"name": queries.unit_name(one.unit, last), "words": one.words, "rule": queries.rule_words(one.finding.check),
                           "finding": one.finding} for one in found.asked),
                         key=lambda row: (order[row["finding"].suspicious], row["name"])),
    })


MEASURES = {"tickets": Text("件数", "Tickets"), **{rate: words for rate, _, _, words in RATES.values()}}


@require_GET
def street_map(request: HttpRequest) -> HttpResponse:
    """Districts and streets as tiles, the same figures in a table, and what is behind one of them."""
    actor = actor_of(request)
    actor.must("d13.see")
    span = events.span("hotline")
    if span is None:
        return render(request, "d13_hotline/map.html", {"known": None})
    last = _day(request, "last", span[1])
    first, measure = _day(request, "first", max(span[0], year_before(last))), request.GET.get("measure", "tickets")
    measure = measure if measure in MEASURES else "tickets"
    units, now = actor.units_with("d13.see"), clock.now()
    found = queries.mapped(first, last, known_at=now, units=units)
    uid = request.GET.get("unit", "")

    def cell(one: Any) -> tiles.Cell:
        value = one.total[measure] if one.total else None
        words = "—" if value is None else f"{value:,}" if measure == "tickets" else f"{value:.1f}%"
        asked = urlencode({"first": first, "last": last, "measure": measure, "unit": one.uid})
        return tiles.Cell(one.uid, one.name, None if value is None else float(value), words, f"{reverse('d13:map')}?{asked}#unit")

    blocks = [tiles.Block(cell(d), tuple(cell(s) for s in d.streets)) for d in found.districts]
    opened = found.opened(uid)
    return render(request, "d13_hotline/map.html", {
        "known": span, "first": first, "last": last, "measure": measure, "measures": MEASURES, "found": found, "blocks": blocks,
        "map": tiles.block_map(blocks, city.places(), city.street_places()), "placed": bool(city.street_places()),
        "unit": queries.unit_name(uid, last) if opened else "", "months": [{"month": r["month"], **_line(r)} for r in opened],
        "heads": [(code, words) for code, (*_, words) in RATES.items()],
        "tickets": queries.tickets_of(found.rows[uid], first, last, known_at=now, units=units) if opened else [],
    })


def _percent(rate: dict[str, Any] | None) -> dict[str, Any] | None:
    return rate and {"rate": round(100 * rate["rate"], 3), "high": round(100 * rate["high"], 3), "judged": rate["judged"]}


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": row.get("unit_name"), "tickets": row["tickets"], "rates": [row[rate] for rate, *_ in RATES.values()]}
