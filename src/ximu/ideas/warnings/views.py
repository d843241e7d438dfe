"""Open alarms, and how often each rule was right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.rules import tables
from ximu.ideas.warnings.rules.outcomes import LEVELS, OUTCOMES, SILENCES
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

ON_A_PAGE, AT_FIRST = 50, 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Alarms and what became of them, in pages, beside how good the rules are; `silences=1` shows the periods without data instead."""
    by, asked = actor_of(request), request.GET
    by.must("warnings.see")
    units, every = by.units_with("warnings.see"), asked.get("all", "") == "1"
    packs, alone = queries.sources(units=units), asked.get("silences", "") == "1"
    level, source = (asked.get(name, "") if asked.get(name, "") in known else "" for name, known in (("level", LEVELS), ("source", packs)))
    silences = queries.silences(units=units, open_only=not every)
    page: Any = Paginator(silences if alone else queries.alarms(units=units, open_only=not every, source=source, level=level),
                     ON_A_PAGE).get_page(int_of(request, "page", 1))
    told: Iterable[Any] = page if alone else silences[:AT_FIRST]
    return render(request, "warnings/index.html", {
        "page": page, "alone": alone, "rows": [] if alone else _rows(page, by), "outcomes": OUTCOMES.items(), "every": every,
        "level": level, "levels": LEVELS.items(), "source": source, "packs": packs, "silent": silences.count(),
        "silences": [{"row": s, "kind": SILENCES[s.kind], "unit": _name(s.unit, clock.today()) if s.unit else ""}
                     for s in told],
        "records": [{"row": r, "rule": queries.rule_words(r.rule)} for r in queries.records()],
        "tried": [{"row": row, "rule": queries.rule_words(row.rule), "found": queries.false_alarms(row)} for row in queries.back_tests()]})


def _rows(found: Iterable[Any], by: Actor) -> list[dict[str, Any]]:
    alarms, day = list(found), clock.today()
    known = cases.known_of([a.case for a in alarms if a.case], actor=by)
    return [{"row": a, "opens": a.case in known, "rule": queries.rule_words(a.rule), "unit": _name(a.unit, day),
             "basis": _basis(a.basis), "level": LEVELS[a.level], "outcome": OUTCOMES.get(a.outcome),
             "may_decide": by.can("warnings.decide", a.unit) and by.unit != a.unit} for a in alarms]


def _name(uid: str, day: date) -> str:
    return registry.name(uid, as_of=day, short=True) if registry.unit(uid, as_of=day) else uid


def _basis(basis: dict[str, Any]) -> dict[str, Any]:
    """What stands beside an alarm; `rate` None means that its false-alarm rate is not known."""
    told = basis.get("false_alarms") or {}
    rate, tests = told.get("rate"), basis.get("tests")
    observed, bound = basis.get("observed"), basis.get("bound")
    return {
        "observed": observed, "expected": basis.get("expected"), "bound": bound,
        "excess": None if observed is None or bound is None else round(Decimal(str(observed)) - Decimal(str(bound)), 4),
        "sample": basis.get("sample") or [], "judged": told.get("judged"), "tests": tests, "q": basis.get("false_discovery"),
        "rate": None if rate is None else round(100 * rate, 3),
        "high": None if told.get("high") is None else round(100 * told["high"], 3),
    }


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    services.decide(uid, outcome=request.POST.get("outcome", ""), cause=request.POST.get("cause", ""), by=actor_of(request), at=clock.now())
    return redirect(f"{reverse('warnings:index')}?{request.GET.urlencode()}")


LISTED, NAMED = ("amounts", "counts", "estimates", "keys", "parts"), ("total", "changed", "deadline")
MOST_BYTES = 20 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def quality(request: HttpRequest) -> HttpResponse:
    """A table is looked at and not kept. Errors: `QUAL-TABLE`, `QUAL-COLUMN`, `QUAL-VALUE`, `QUAL-NONE`."""
    actor_of(request).must("warnings.see")
    post, given = request.POST, request.FILES.get("file")
    found: list[tuple[str, Finding]] | None = None
    if request.method == "POST":
        asked: dict[str, Any] = {name: _listed(post.get(name, "")) for name in LISTED}
        asked |= {name: post.get(name, "").strip() for name in NAMED}
        found = tables.judged(_text(given).splitlines(), tables.Checks(**asked))
    return render(request, "warnings/quality.html", {"found": found, "asked": {name: post.get(name, "") for name in LISTED + NAMED}})


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[,，、]", text) if part.strip())


def _text(given: Any) -> str:
    try:
        if given is not None and given.size <= MOST_BYTES:
            return str(given.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    raise Refusal("QUAL-TABLE", field="file", value="", rule=f"CSV in UTF-8, ≤ {MOST_BYTES}", zh="须上传 UTF-8 编码的 CSV 文件，至多20MB。",
                  en="Give a CSV file in UTF-8 of at most 20 MB.")
