"""Agencies with their products, contracts with their end, monitoring items to verify."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.areas.views import tabs
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.notice.safeguards.s5_agencies import queries, rules, services

MOST, MOST_FORMS = 500, 50
"""So many rows, and so many forms, are on one page; the newest."""


def _content(request: HttpRequest) -> bytes:
    given = request.FILES.get("file")
    return given.read() if isinstance(given, UploadedFile) else b""


@require_http_methods(["GET", "POST"])
def agencies(request: HttpRequest) -> HttpResponse:
    """The register, how often each was right, and the forms for an agency and a product."""
    by, post, at = actor_of(request), request.POST, clock.now()
    by.must(queries.SEE)
    if request.method == "POST":
        if post.get("verb") == "product":
            services.list_product(post.get("agency", "")[:16], post.get("code", "")[:40], post.get("name", "")[:120], post.get("kind", ""),
                                  by=by, at=at)
        else:
            services.register_agency(post.get("code", "")[:30], post.get("name", "")[:120], post.get("filing", "")[:80], by=by, at=at)
        return redirect("s5:agencies")
    told = queries.quality(at, clock.today())
    rows = [{"row": one, "told": told.get(one.uid), "products": [(p, rules.PRODUCTS[p.kind]) for p in one.products.all()]}
            for one in queries.agencies()]
    return render(request, "s5/agencies.html", {"tabs": tabs(queries.AREA, by, "s5:agencies"), "rows": rows,
                                                "kinds": rules.PRODUCTS.items(), "may": by.can("s5.register", queries.CITY)})


@require_http_methods(["GET", "POST"])
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts of the units that one may see, and the form for a new one."""
    by, post = actor_of(request), request.POST
    by.must(queries.SEE)
    if request.method == "POST":
        since = day_of(post.get("since", ""), "since")
        made = services.enter_contract(services.contracts.NewContract(
            post.get("number", "")[:80], post.get("agency", "")[:16], registry.named(post.get("unit", "").strip(), as_of=since),
            post.get("task", "")[:200], since, day_of(post.get("until", ""), "until"), _content(request), post.get("key", "").strip()[:16]),
            by=by, at=clock.now())
        return redirect("s5:contract", made)
    found = queries.contracts(by)
    rows = [{"row": one, "back": one.back, "unit": registry.name(one.unit, as_of=one.since, short=True)} for one in found[:MOST]]
    return render(request, "s5/contracts.html", {"tabs": tabs(queries.AREA, by, "s5:contracts"), "rows": rows, "may": by.can("s5.contract"),
                                                 "most": MOST, "more": found.count() > MOST,
                                                 "agencies": queries.agencies() if by.can("s5.contract") else []})


@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, uid: str) -> HttpResponse:
    """One contract: its term, its key, whether data came back and who saw that. Nobody of another unit finds it."""
    by, row, at = actor_of(request), queries.contract(uid), clock.now()
    unit = queries.owner(row.unit, clock.today())
    if not by.can(queries.SEE, unit):
        raise Http404
    if request.method == "POST":
        if request.POST.get("verb") == "end":
            services.end_contract(row.uid, on=day_of(request.POST.get("on", ""), "on"), content=_content(request), by=by, at=at)
        elif request.POST.get("verb") == "return":
            services.give_back(row.uid, on=day_of(request.POST.get("on", ""), "on"), proof=_content(request), by=by, at=at)
        else:
            services.check_return(row.uid, passed=request.POST.get("verb") == "passed", by=by, at=at)
        return redirect("s5:contract", row.uid)
    return render(request, "s5/contract.html", {
        "tabs": tabs(queries.AREA, by, "s5:contracts"), "row": row, "back": row.back, "unit": registry.name(row.unit, as_of=row.since),
        "over": row.until < clock.today(), "may_return": by.can("s5.contract", unit), "may_check": by.can("s5.judge", unit),
        "opens": by.can("s5.contract", unit) or by.can("s5.judge", unit)})


@require_safe
def paper(request: HttpRequest, uid: str, which: str) -> HttpResponseBase:
    """The text of a contract, or the proof that data came back: for the unit that made it and those who check."""
    by, row = actor_of(request), queries.contract(uid)
    unit = queries.owner(row.unit, clock.today())
    if not (by.can("s5.contract", unit) or by.can("s5.judge", unit)):
        raise Http404
    if which not in ("text", "proof", "end"):
        raise Http404
    return kept_file({"text": row.text, "end": row.ended_text}.get(which) or (row.back.proof if which == "proof" and row.back else ""))


@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Items with provenance that wait to be verified."""
    by, post, at = actor_of(request), request.POST, clock.now()
    by.must(queries.SEE)
    if request.method == "POST":
        services.judge(post.get("contract", "")[:80], post.get("item", "")[:60], post.get("outcome", ""), post.get("reason", "")[:400],
                       by=by, at=at)
        return redirect("s5:feeds")
    found = queries.open_items(by, at)
    rows = [{"row": one, "unit": registry.name(one["unit"], as_of=one["observed_on"], short=True)} for one in found[:MOST_FORMS]]
    return render(request, "s5/feeds.html", {"tabs": tabs(queries.AREA, by, "s5:feeds"), "rows": rows, "outcomes": rules.OUTCOMES.items(),
                                             "may": by.can("s5.judge"), "most": MOST_FORMS, "more": len(found) > MOST_FORMS})
