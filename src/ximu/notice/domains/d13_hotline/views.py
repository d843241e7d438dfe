"""The hotline page: five rates, alarms, units and months."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.events import queries as events
from ximu.ideas.warnings import queries as kept
from ximu.kernel.given import day_or_none
from ximu.notice.domains.d13_hotline import queries
from ximu.notice.domains.d13_hotline.rules import RATES, WARNINGS, topic_words


def _day(request: HttpRequest, name: str, default: date) -> date:
    return day_or_none(request.GET.get(name, ""), name) or default


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """As of the last day of data unless another span is asked for."""
    actor = actor_of(request)
    actor.must("d13.see")
    span = events.span("hotline")
    if span is None:
        return render(request, "d13_hotline/index.html", {"known": None})
    last = _day(request, "last", span[1])
    first = _day(request, "first", max(span[0], date(last.year - 1, last.month, 1)))
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
        "rules": [{"rule": rule, "words": queries.rule_words(rule), "basis": WARNINGS[rule]["basis"], "known": rates.get(rule),
                   "doubts": sum(a.rule == rule for a in found.alarms)} for rule in queries.CHECKED],
        "doubts": [{**a.envelope(), "name": queries.unit_name(a.unit, last)} for a in found.alarms],
        "checks": sorted(({"name": queries.unit_name(one.unit, last), "words": one.words, "rule": queries.rule_words(one.finding.check),
                           "finding": one.finding} for one in found.asked), key=lambda row: (order[row["finding"].suspicious], row["name"])),
    })


def _percent(rate: dict[str, Any] | None) -> dict[str, Any] | None:
    return rate and {"rate": round(100 * rate["rate"], 3), "high": round(100 * rate["high"], 3), "judged": rate["judged"]}


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": row.get("unit_name"), "tickets": row["tickets"], "rates": [row[rate] for rate, *_ in RATES.values()]}
