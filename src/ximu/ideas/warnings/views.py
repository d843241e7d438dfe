"""Open alarms, and how often each rule was right."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.rules import tables
from ximu.ideas.warnings.rules.outcomes import LEVELS, OUTCOMES, SILENCES
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.refusal import Refusal


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must("warnings.see")
    every = request.GET.get("all", "") == "1"
    named = partial(_name, day=day)
    alarms = queries.alarms(units=by.units_with("warnings.see"), open_only=not every)
    known = cases.known_of([a.case for a in alarms if a.case], actor=by)
    rows = [{"row": a, "opens": a.case in known, "rule": queries.rule_words(a.rule), "unit": named(a.unit), "basis": _basis(a.basis),
             "level": LEVELS[a.level], "outcome": OUTCOMES.get(a.outcome),
             "may_decide": by.can("warnings.decide", a.unit) and by.unit != a.unit} for a in alarms]
    silences = [{"row": s, "kind": SILENCES[s.kind], "unit": named(s.unit) if s.unit else ""}
                for s in queries.silences(units=by.units_with("warnings.see"), open_only=not every)]
    return render(request, "warnings/index.html", {
        "rows": rows, "outcomes": OUTCOMES.items(), "every": every, "silences": silences,
        "records": [{"row": r, "rule": queries.rule_words(r.rule)} for r in queries.records()],
        "tried": [{"row": row, "rule": queries.rule_words(row.rule), "found": queries.false_alarms(row)} for row in queries.back_tests()]})


def _name(uid: str, *, day: date) -> str:
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
    return redirect("warnings:index")


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
    return render(request, "warnings/quality.html", {"found": found, "asked": post})


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
