"""A year's figures by unit and district, what is in hand, a new demand, one demand; the firm's own page and the public figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock, receipts
from ximu.foundation.web import actor_of, int_of, source_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.registry import queries as registry
from ximu.kernel import codes
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d14_enterprise import queries, rules, services

SEE = "d14.see"
FIELDS = ("firm", "contact", "content", "topic", "unit", "district", "raised_on", "amount")


def _year(request: HttpRequest) -> int:
    return int_of(request, "year", clock.today().year, least=queries.FIRST_YEAR, most=queries.LAST_YEAR)


def _sheet(request: HttpRequest) -> queries.Sheet:
    actor = actor_of(request)
    actor.must(SEE)
    return queries.sheet(_year(request), today=clock.today(), known_at=clock.now(), units=actor.units_with(SEE))


def _state(case: Any) -> Text:
    return cases.procedure(case.procedure).states[case.state].name


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The city's figures, units and districts beneath; what is warned of; what is in hand, the late first."""
    found, known, actor = _sheet(request), queries.indicators(), actor_of(request)

    def lines(scopes: list[str]) -> list[dict[str, Any]]:
        return [{"scope": one, "name": registry.name(one.lstrip("@"), as_of=found.as_of, short=True),
                 "values": [(code, found.figures[code, one]) for code in known]}
                for one in scopes]

    hand = [{"row": row, "case": (case := cases.case_for(row.case)), "state": _state(case),
             "unit": registry.name(row.unit, as_of=clock.today(), short=True)} for row in queries.open_demands(actor.units_with(SEE))]
    warned = [{"alarm": a, "unit": registry.name(a.unit, as_of=found.as_of, short=True), "figure": a.about in known}
              for a in queries.warned(found)]
    areas = lines([queries.district_of(one) for one in found.districts])
    return render(request, "d14/index.html", {
        "name": queries.NAME, "year": found.first.year, "as_of": found.as_of, "warned": warned,
        "rules": queries.warning_rules(), "method": found.method,
        "whole": [(code, one, found.figures[code, queries.CITY]) for code, one in known.items()],
        "tables": [(Text("各承办单位", "By unit in charge"), lines(found.units)), (Text("各区", "By district"), areas)],
        "hand": sorted(hand, key=lambda one: not one["case"].late), "may_receive": actor.can("d14.desk"),
    })


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its published method, and the demands behind it with their verdicts."""
    found, one, scope = _sheet(request), queries.indicator(code), request.GET.get("unit", "")[:17]
    rows = queries.opened(code, found, scope=scope, known_at=clock.now(), units=actor_of(request).units_with(SEE))
    words = rules.VERDICTS | dict(one.exclusions)
    return render(request, "d14/indicator.html", {
        "code": code, "one": one, "year": found.first.year, "as_of": found.as_of, "figure": found.figures.get((code, scope)),
        "scope": registry.name(scope.lstrip("@"), as_of=found.as_of) if scope else "", "more": len(rows) > queries.MOST_SHOWN,
        "rows": [{**row, "said": words[row["verdict"]], "name": registry.name(row["unit"], as_of=found.as_of, short=True)}
                 for row in rows[:queries.MOST_SHOWN]],
    })


def _unit(text: str, field: str) -> str:
    """Errors: `ORG-UNKNOWN`, `SUBJ-AMBIG`."""
    if not text.strip() and field == "district":
        return ""
    return registry.find(text.strip()[:200], as_of=clock.today())


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a demand; the firm's receipt code, shown once."""
    by = actor_of(request)
    by.must("d14.desk")
    shown: dict[str, Any] = {"topics": rules.TOPICS.items(), "today": clock.today(), "given": {}}
    if request.method != "POST":
        return render(request, "d14/new.html", shown)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        asked = services.Asked(given["firm"], given["contact"], given["content"], given["topic"], _unit(given["unit"], "unit"),
                               day_of(given["raised_on"], "raised_on"), _unit(given["district"], "district"), given["amount"])
        uid, code = services.receive(asked, by=by, at=clock.now())
    except Refusal as refusal:
        return render(request, "d14/new.html", shown | {"given": given, "refusal": refusal}, status=refusal.status)
    return render(request, "d14/receipt.html", {"code": codes.shown_code(code), "uid": uid})


@require_safe
def demand(request: HttpRequest, uid: str) -> HttpResponse:
    """One demand; who asks, and what, only for the unit that handles it; who sent in its own form was checked by nobody."""
    actor = actor_of(request)
    actor.must(SEE)
    row = queries.demand(uid, actor=actor)
    case, on = cases.case_for(row.case), clock.today()
    return render(request, "d14/demand.html", {
        "by_firm": row.received_by == services.FIRM.uid, "row": row, "case": case, "state": _state(case),
        "unit": registry.name(row.unit, as_of=on), "asked": queries.read(row, actor=actor),
        "district": registry.name(row.district, as_of=on) if row.district else "", "topic": rules.TOPICS[row.topic],
        "known": bool(cases.known_of([row.case], actor=actor)), "address": reverse("casework:case", args=[row.case])})


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The firm's own form: no account, no cookie; the receipt code is shown once."""
    given, now = {name: request.POST.get(name, "") for name in FIELDS}, clock.now()
    shown: dict[str, Any] = {"topics": rules.TOPICS.items(), "given": given, "debt": rules.DEBT,
                             "token": request.POST.get("token", "")[:32] or receipts.form_token()}
    if request.method != "POST":
        return render(request, "d14/ask.html", shown)
    try:
        asked = services.Asked(given["firm"], given["contact"], given["content"], given["topic"], _unit(given["unit"], "unit"),
                               clock.city_day(now), _unit(given["district"], "district"), given["amount"])
        shown["code"] = services.submit(asked, token=shown["token"], source=source_of(request), at=now)
    except Refusal as refusal:
        return render(request, "d14/ask.html", shown | {"refusal": refusal}, status=refusal.status)
    return render(request, "d14/ask.html", shown)


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The firm's page: the code travels in each form, never in an address; it needs no cookie, whoever has the code may speak."""
    code, word = request.POST.get("code", ""), request.POST.get("word", "")
    if not code:
        return render(request, "d14/mine.html", {})
    shown: dict[str, Any] = {"code": code}
    try:
        if word:
            services.speak(code, word, rating=request.POST.get("rating", ""), at=clock.now(), source=source_of(request))
            shown["done"] = True
        row = services.look(code, at=clock.now(), source=source_of(request))
    except Refusal as refusal:
        return render(request, "d14/mine.html", {"refusal": refusal}, status=refusal.status)
    case = cases.case_for(row.case)
    said = next((s.detail.get("reason", "") for s in case.steps.order_by("-log_index") if s.verb in ("answer", "cannot")), "")
    return render(request, "d14/mine.html", shown | {
        "row": row, "state": _state(case), "case": case, "unit": registry.name(row.unit, as_of=clock.today()), "said": said,
        "topic": rules.TOPICS[row.topic], "ratings": cases.procedure(case.procedure).from_state("answered")[0].choices["rating"].items()})


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For everybody. Errors: `YEAR`."""
    shown = disclosure.published("d14", year=_year(request))
    return render(request, "d14/figures.html", {"shown": shown})
