"""Institutes and their declarations; engagements with granted fields, surveys and snapshots."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, rules, services

SEE = "evaluators.see"


def lines(text: str) -> list[str]:
    return [one.strip() for one in text.replace("、", "\n").splitlines() if one.strip()]


def text_of(request: HttpRequest, name: str) -> str:
    """An uploaded text file; empty when none was sent."""
    given = request.FILES.get(name)
    return given.read().decode("utf-8-sig", "replace") if isinstance(given, UploadedFile) else ""


def _unit(text: str) -> str:
    """A unit by its name, or the name itself where the registry has none (a foundation, say)."""
    try:
        return registry.named(text, as_of=clock.today())
    except Refusal:
        return text


def declaration(request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    pairs = [one.partition("：" if "：" in one else ":") for one in lines(post.get("interests", ""))]
    kinds = {words.zh: code for code, words in rules.LINKS.items()} | {words.en: code for code, words in rules.LINKS.items()}
    return {"methods": lines(post.get("methods", "")), "funders": [_unit(one) for one in lines(post.get("funders", ""))],
            "interests": [(_unit(unit.strip()), kinds.get(kind.strip(), kind.strip() or "other")) for unit, _, kind in pairs]}


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    by, post = actor_of(request), request.POST
    by.must(SEE)
    if request.method == "POST":
        uid = services.register(post.get("name", ""), code=post.get("code", ""), kind=post.get("kind", ""),
                                declaration=declaration(request), by=by, at=clock.now(), people=lines(post.get("people", "")))
        return redirect("m3_evaluators:evaluator", uid)
    staff = by.can("evaluators.manage") or by.can("evaluators.publish")
    shown = [e for e in queries.evaluations() if queries.may_see(by, e.uid)]
    return render(request, "m3_evaluators/index.html", {
        "evaluators": [{"row": e, "kind": rules.KINDS[e.kind]} for e in queries.evaluators()], "kinds": rules.KINDS.items(),
        "rows": [{"row": e, "state": queries.STATES[e.state]} for e in shown], "engagements": queries.engagements() if staff else [],
        "may": by.can("evaluators.manage")})


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    by, day = actor_of(request), clock.today()
    by.must(SEE)
    row = queries.evaluator(uid)
    own = queries.stands_for(by, row)
    runs = [r for r in assessment.runs() if r.state in ("final", "published")] if by.can("evaluators.manage") else []
    said = [{"row": d, "funders": [_name(f, day) for f in d.body["funders"]],
             "interests": [(_name(u, day), rules.LINKS[k]) for u, k in d.body["interests"]]} for d in reversed(queries.declarations(row))]
    return render(request, "m3_evaluators/evaluator.html", {
        "row": row, "kind": rules.KINDS[row.kind], "declarations": said,
        "engagements": [e for e in queries.engagements() if e.evaluator == row],
        "may": by.can("evaluators.manage"), "may_declare": own or by.can("evaluators.manage"), "runs": runs, "year": day.year - 1})


def _name(text: str, day: Any) -> str:
    found = registry.unit(text, as_of=day)
    return found.name if found else text


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "declare":
        services.declare(uid, declaration(request), by=by, at=at)
        return redirect("m3_evaluators:evaluator", uid)
    if verb != "engage":
        raise Http404
    day, units = clock.today(), []
    for words in lines(post.get("units", "")):
        units += registry.expand(words, as_of=day) if registry.is_phrase(words) else [registry.named(words, as_of=day)]
    granted = {item.strip(): fields.replace("，", ",").replace(",", " ").split() for item, _, fields in
               (one.replace("：", ":").partition(":") for one in post.get("granted", "").splitlines()) if item.strip()}
    try:
        fee = Decimal(post.get("fee") or "0")
    except InvalidOperation:
        raise Refusal("NUM-FORM", field="fee", value=post.get("fee", "")[:20], rule="0.00", zh="费用应为数字。",
                      en="The fee must be a number.") from None
    terms = services.Terms(
        post.get("title", ""), post.get("period", ""), units, registry.named(post.get("commissioner", ""), as_of=day),
        registry.named(post.get("payer", ""), as_of=day), post.get("contract", ""), granted, fee, post.get("official", ""))
    return redirect("m3_evaluators:engagement", services.engage(uid, terms, by=by, at=at))


@require_safe
def engagement(request: HttpRequest, uid: str) -> HttpResponse:
    """What was agreed and granted, what was frozen, what came of it."""
    by, day = actor_of(request), clock.today()
    row = queries.engagement(uid)
    own = queries.stands_for(by, row.evaluator)
    if not own:
        by.must("evaluators.manage")
    return render(request, "m3_evaluators/engagement.html", {
        "row": row, "units": [registry.name(u, as_of=day, short=True) for u in row.units],
        "surveys": [{"row": s, "lines": [line | {"name": registry.name(line["unit"], as_of=day)} for line in s.lines]}
                    for s in queries.surveys(row)],
        "commissioner": registry.name(row.commissioner, as_of=day), "payer": registry.name(row.payer, as_of=day),
        "snapshots": queries.snapshots(row), "rows": [{"row": e, "state": queries.STATES[e.state]} for e in queries.evaluations(row)],
        "may": by.can("evaluators.manage"), "granted": row.granted.items()})


@require_POST
def engagement_act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "freeze":
        services.freeze(uid, by=by, at=at)
    elif verb == "survey":
        population = post.get("population") or "0"
        services.add_survey(uid, text_of(request, "file"), code=post.get("code", ""), kind=post.get("kind", ""),
                            frame=post.get("frame", ""), by=by, at=at,
                            population=int(population) if population.isascii() and population.isdigit() else -1)
    else:
        raise Http404
    return redirect("m3_evaluators:engagement", uid)
