"""Publications, policy and explanations over the API; the reads of records, which pass the policy, hang on the records router."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import ANYBODY, Moment
from ximu.foundation.web import ANONYMOUS, actor_of
from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.services.publishing import Terms
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records.api import router as records_router
from ximu.ideas.registry import queries as registry

router = Router(tags=["disclosure 公开"])


class Clocks(Schema):
    as_of: date | None = None
    known_at: Moment | None = None
    purpose: str = ""


class ArchiveAsk(Clocks):
    family: str = ""
    page: int = 1
    size: int = 50
    with_forebears: bool = True


class TermsIn(Schema):
    number: str
    stage: str
    basis: str
    fields: list[str]
    note: str
    closes_on: date | None = None


class Reason(Schema):
    reason: str = ""


def shown(rows: Any) -> dict[str, Any]:
    return {s.name: {"outcome": s.outcome, "value": s.value, "rule": s.rule} for s in rows}


def history_out(view: queries.PolicyView, found: records.History) -> dict[str, Any]:
    return {
        "record": found.number, "state": found.state, "as_of": found.as_of, "known_at": found.known_at, "view": view.name,
        "purpose": view.purpose, "policy": view.policy.version,
        "versions": [{"version": v, "known_at": at, "fields": shown(fields)} for v, at, fields in found.versions],
        "statement": queries.beside([found.number]).get(found.number, ("",))[0],
        "steps": [{"what": s.what, "version": s.version, "before": s.before, "after": s.after, "known_at": s.known_at,
                   "detail": dict(s.detail)} for s in found.stages],
    }


@records_router.get("/archive/{uid}", response=dict[str, Any], summary="档案 archive of a subject")
def archive(request: HttpRequest, uid: str, ask: Query[ArchiveAsk]) -> dict[str, Any]:
    on = ask.as_of or clock.today()
    unit = registry.unit(uid, as_of=on)
    subjects = registry.forebears(uid, on) if ask.with_forebears and unit and unit.living else [uid]
    view, found = services.look_archive(
        subjects, by=actor_of(request), purpose=ask.purpose, as_of=ask.as_of, known_at=ask.known_at, family=ask.family,
        page=ask.page, size=ask.size, at=clock.now(),
    )
    line = found.timeline
    return {
        "subject": uid, "as_of": line.as_of, "known_at": line.known_at, "view": view.name, "purpose": view.purpose,
        "policy": view.policy.version, "families": dict(found.families), "total": line.total, "page": line.page, "pages": line.pages,
        "records": [{"record": r.facts.number, "state": r.facts.state, "family": r.facts.family, "fields": shown(r.shown)}
                    for r in line.rows],
    }


@records_router.get("/{number}", response=dict[str, Any], summary="一条记录及其经过 a record with its history")
def record(request: HttpRequest, number: str, ask: Query[Clocks]) -> dict[str, Any]:
    view, found = services.look(number, by=actor_of(request), purpose=ask.purpose, as_of=ask.as_of, known_at=ask.known_at, at=clock.now())
    return history_out(view, found)


@router.get("/public/{number}", response=dict[str, Any], summary="公开的记录 a published record")
def public(request: HttpRequest, number: str) -> dict[str, Any]:
    return queries.public_record(number, on=clock.today())


@router.get("/public/{number}/bundle", response=dict[str, Any], summary="公开记录的证明包 its proof bundle")
def bundle(request: HttpRequest, number: str) -> dict[str, Any]:
    return queries.public_bundle(number, on=clock.today())


@router.get("/public", response=dict[str, Any], summary="检索公开的记录 search published records")
def public_search(
    request: HttpRequest, q: str = "", subject: str = "", family: str = "", year: int = 0, district: str = "", page: int = 1,
    size: int = 20,
) -> dict[str, Any]:
    """`district` is a uid, or `city` for bodies of the city itself; `facets` tells how many each narrower choice would leave."""
    on, chosen = clock.today(), {"family": family[:16], "year": year if 1900 < year < 2200 else 0, "district": district[:16]}
    found = queries.public_search(q[:100], on=on, subjects=[subject] if subject else None, **chosen, page=page, size=size)
    facets = queries.public_facets(q[:100], on=on, **chosen)
    return {**found, "facets": {name: [{"value": value, "records": count} for value, count in rows] for name, rows in facets.items()}}


@router.get("/explain/{number}", response=dict[str, Any], summary="为何显示或不显示 why fields are shown or not")
def explain(request: HttpRequest, number: str, ask: Query[Clocks]) -> dict[str, Any]:
    view, found = services.look(number, by=actor_of(request), purpose=ask.purpose, as_of=ask.as_of, known_at=ask.known_at, at=clock.now())
    facts = records.facts_of(found.number, view=view, known_at=found.known_at, as_of=ask.as_of)
    return {"record": found.number, "view": view.name, "policy": view.policy.version, "fields": queries.explain(facts, view)}


@router.get("/uses", response=list[dict[str, Any]], summary="谁查询过 who has read what is not public")
def uses(request: HttpRequest, page: int = 1) -> list[dict[str, Any]]:
    """For a subject: reads of its own records. For who delivers: of what it delivered. Never by person."""
    by = actor_of(request)
    if not by.can("disclosure.uses") and by.can("disclosure.uses_sent"):
        rows = queries.uses_of_sent(by.unit or "", by=by, size=200)
    else:
        own = [g.unit for g in by.grants if "disclosure.uses" in g.permissions and g.unit]
        rows = queries.uses_of(own, by=by, page=max(1, min(page, 10_000)))[0]
    return [{"record": u.number, "unit": u.unit, "as": u.role, "purpose": u.purpose, "at": u.used_at} for u in rows]


WORKERS = ("records.check", "records.confirm", "records.notify", "disclosure.propose")


@router.get("/work", response=dict[str, Any], summary="待办记录 records that wait in a state")
def work(request: HttpRequest, state: str = "held", batch: str = "", page: int = 1) -> dict[str, Any]:
    """`batch` is the delivery that brought them; the field `final_date` of a held record is the day on which its document becomes final."""
    by = actor_of(request)
    by.must(next(filter(by.can, WORKERS), WORKERS[0]))
    view, found = services.look_work(state[:16], by=by, batch=batch[:16], page=max(1, min(page, 10_000)), at=clock.now())
    return {"state": state, "view": view.name, "total": found.total, "page": found.page, "pages": found.pages,
            "records": [{"record": r.facts.number, "family": r.facts.family, "fields": shown(r.shown)} for r in found.rows]}


class CertifyIn(Schema):
    as_of: date | None = None
    purpose: str = Field("", max_length=40)


class CertificateOut(Schema):
    certificate: str
    result: str
    log_index: int


def _certified(made: Any) -> dict[str, Any]:
    return {"certificate": made.uid, "result": made.payload["result"], "log_index": made.log_index}


@router.post("/units/{uid}/certificates", response={201: CertificateOut},
             summary="公开记录查询证明 Certify what is public about a body", openapi_extra=ANYBODY)
def certify_public(request: HttpRequest, uid: str, given: CertifyIn) -> Any:
    """For anybody, also without a key; nobody is noted. Errors: `TIME-FUTURE`, `CERT-LONG`, `CERT-BUSY`."""
    unit = queries.public_unit(uid, on=clock.today())
    made = services.certify_public(uid, named=unit["name"], subjects=unit["subjects"], as_of=given.as_of, at=clock.now())
    return Status(201, _certified(made))


@router.post("/archives/{uid}/certificates", response={201: CertificateOut}, summary="查询证明 Certify a search with a purpose")
def certify(request: HttpRequest, uid: str, given: CertifyIn) -> Any:
    """What is in effect about a subject, as far as you may see; it leaves the trace of a read. Errors: `PURPOSE`, `TIME-FUTURE`, …"""
    on = given.as_of or clock.today()
    unit = registry.unit(uid, as_of=on)
    name = unit.name if unit else "公务员档案" if registry.official(uid) else ""
    made = services.certify(uid, named=name, subjects=registry.forebears(uid, on) if unit and unit.living else [uid], by=actor_of(request),
                            purpose=given.purpose, as_of=given.as_of, at=clock.now())
    return Status(201, _certified(made))


@router.get("/certificates/{uid}", summary="可离线验证的查询证明 A certificate that verifies offline")
def certificate(request: HttpRequest, uid: str) -> HttpResponse:
    """One that was issued to anybody is read by anybody, with or without a key; another by whom it was issued to. Errors: `CERT-NONE`."""
    by = actor_of(request)
    found = queries.certificate_for(uid, by=None if by is ANONYMOUS else by, on=clock.today())
    return HttpResponse(ledger.bundle_bytes(queries.certificate_bundle(found)), content_type="application/json")


@router.get("/publications", response=list[dict[str, Any]], summary="公开的提出与决定 publications by state")
def publications(request: HttpRequest, state: str = "proposed", page: int = 1) -> list[dict[str, Any]]:
    actor_of(request).must("disclosure.approve")
    return [{"uid": p.uid, "number": p.number, "state": p.state, "stage": p.stage, "basis": p.basis, "fields": p.fields, "note": p.note,
             "closes_on": p.closes_on} for p in queries.proposals(state=state[:16], page=max(1, page))]


@router.get("/promises/{uid}", response=dict[str, Any], summary="公开的承诺 a promise as the public sees it")
def promise(request: HttpRequest, uid: str) -> Any:
    return queries.published("promises", uid=uid[:16], on=clock.today())


@router.post("/publications", response=dict[str, str], summary="提出公开 propose a publication")
def propose(request: HttpRequest, given: TermsIn) -> dict[str, str]:
    terms = Terms(given.stage, given.basis, given.fields, given.note, given.closes_on)
    row = services.propose(given.number, terms=terms, by=actor_of(request), at=clock.now())
    return {"uid": row.uid, "state": row.state}


@router.post("/publications/{uid}/approve", response=dict[str, str], summary="批准公开 approve")
def approve(request: HttpRequest, uid: str) -> dict[str, str]:
    return {"uid": uid, "state": services.approve(uid, by=actor_of(request), at=clock.now()).state}


@router.post("/publications/{uid}/refuse", response=dict[str, str], summary="不批准 refuse")
def refuse(request: HttpRequest, uid: str, given: Reason) -> dict[str, str]:
    return {"uid": uid, "state": services.refuse(uid, reason=given.reason, by=actor_of(request), at=clock.now()).state}


@router.post("/publications/{uid}/close", response=dict[str, str], summary="关闭公开 close")
def close(request: HttpRequest, uid: str, given: Reason) -> dict[str, str]:
    return {"uid": uid, "state": services.close(uid, reason=given.reason, by=actor_of(request), at=clock.now()).state}
