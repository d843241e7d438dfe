"""Certified searches: asked for by staff with a purpose, and by anybody about what is public."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.views.console import subjects_of
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records.rules import STATES
from ximu.kernel.given import day_or_none


@require_POST
def certify(request: HttpRequest, uid: str) -> HttpResponse:
    """A certificate of what is in effect about a subject, as the page that asked for it showed it."""
    as_of = day_or_none(request.POST.get("as_of", ""), "as_of")
    name, subjects = subjects_of(uid, as_of or clock.today(), whole_district=False)
    made = services.certify(uid, named=name, subjects=subjects, by=actor_of(request), purpose=request.POST.get("purpose", ""), as_of=as_of,
                            at=clock.now())
    return redirect("disclosure:certificate", made.uid)


@require_safe
def certificate(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.search_certificate(uid, by=actor_of(request))
    if request.GET.get("form") == "bundle":
        return _bundle(found)
    policy = queries.policy_on(clock.today())
    told = found.payload or {}
    return render(request, "disclosure/certificate.html", {
        "certificate": found, "told": told, "purpose": policy.purposes.get(told.get("purpose", "")),
        "scope": [FAMILIES[code] for code in told.get("scope", ())],
        "rows": [(r["number"], FAMILIES[r["family"]], STATES[r["state"]], date.fromisoformat(r["event_date"]))
                 for r in told.get("records", ())]})


@csrf_exempt
@require_POST
def certify_public(request: HttpRequest, uid: str) -> HttpResponse:
    """Anybody asks what is public about a body; no cookie is needed, and nobody is noted. The form changes nothing for others."""
    at, as_of = clock.now(), day_or_none(request.POST.get("as_of", ""), "as_of")
    unit = queries.public_unit(uid, on=clock.today())
    made = services.certify_public(uid, named=unit["name"], subjects=unit["subjects"], as_of=as_of, at=at)
    return redirect("certified:certificate", made.uid)


@require_safe
def public_certificate(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.public_certificate(uid, on=clock.today())
    told = found.payload or {}
    return render(request, "disclosure/public_certificate.html", {
        "certificate": found, "told": told, "as_of": date.fromisoformat(told["as_of"]),
        "rows": [(r["number"], FAMILIES[r["family"]], date.fromisoformat(r["event_date"])) for r in told["records"]]})


@require_safe
def public_bundle(request: HttpRequest, uid: str) -> HttpResponse:
    return _bundle(queries.public_certificate(uid, on=clock.today()))


def _bundle(found: Any) -> HttpResponse:
    response = HttpResponse(ledger.bundle_bytes(queries.certificate_bundle(found)), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{found.uid}.json"'
    return response
