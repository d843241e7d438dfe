"""The API of filed figures: what is due, one report with its lineage, the hand-overs, files, proofs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.filings import queries, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

router = Router(tags=["filings 报表"])
SEE = ("filings.report", "filings.review", "filings.approve", "filings.verify")


class FigureIn(Schema):
    value: str = ""
    record: str = ""
    ledger: str = ""
    missing: str = ""


class ReportIn(Schema):
    """`unit`: its uid or its name. The three of the notice are needed once figures change late or after approval."""

    table: str
    period: str
    unit: str
    figures: dict[str, FigureIn]
    notice: str = ""
    reason: str = ""
    paper: str = ""


class StepIn(Schema):
    reason: str = ""


def _may(by: Actor, unit: str) -> bool:
    """For the unit that carries the matter today: an heir sees what was filed before it."""
    now = registry.owner_of(unit, clock.today())
    return any(by.can(one, now) for one in SEE)


def _unit(words: str) -> str:
    return words if words in registry.book().units else registry.named(words, as_of=clock.today())


@router.get("/due", response=dict[str, Any], summary="应报清单 What is due in a year")
def due(request: HttpRequest, year: int, paging: Query[Paging], table: str = "") -> Any:
    """Every table due in the year for the units that you may see; `reported` null where nothing came, which is not zero."""
    by = actor_of(request)
    if not any(by.can(one) for one in SEE):
        by.must(SEE[0])
    if not 2000 <= year <= 2100:
        raise Refusal("YEAR", field="year", value=year, rule="2000–2100", zh="年度不在可查询的范围内。", en="The year is out of range.")
    listed = queries.held(date(year, 1, 1), date(year, 12, 31), as_of=clock.today(), known_at=clock.now(), codes=[table] if table else [])
    return page_of(request, [one for one in listed if _may(by, one.unit)], paging, lambda one: {
        "table": one.table.code, "period": one.span.name, "unit": one.unit, "due": one.due, "reported": one.reported_on,
        "state": one.filing.state if one.filing else "", "filing": one.filing.uid if one.filing else None})


@router.get("/{uid}", response=dict[str, Any], summary="一份报表 One report with its lineage")
def one(request: HttpRequest, uid: str) -> Any:
    """Figures as they stand, every hand-over, every change with its difference, and whether the lineage holds. Errors: `FILING-NONE`."""
    row = queries.filing(uid)
    if not _may(actor_of(request), row.unit):
        raise absent("FILING-NONE", field="filing", value=uid[:16], zh="份报表", en="filed table")
    hands = list(row.hands.order_by("number"))
    return {
        "filing": row.uid, "table": row.form.code, "unit": row.unit, "period": row.period, "due": row.due, "state": row.state,
        "hands": [{"uid": h.uid, "step": h.number, "version": h.version, "verb": h.verb, "at": h.at, "by": h.by,
                   "figures": h.content["figures"],
                   "notice": h.notice, "paper": h.paper, "commitment": h.commitment, "log_index": h.log_index} for h in hands],
        "changes": [{"step": a.hand.number, "by": a.hand.by, "at": a.hand.at, "notice": a.hand.notice, "after_approval": a.after_approval,
                     "figures": [{"figure": c.code, "before": c.before, "after": c.after, "difference": c.difference} for c in a.changes]}
                    for a in queries.altered(hands)],
        "faults": [{"step": f.number, "what": f.what, "zh": f.words.zh, "en": f.words.en} for f in queries.faults(row, hands)]}


@router.post("/", response=dict[str, Any], summary="填报或更正 Report or correct")
def report(request: HttpRequest, body: ReportIn) -> Any:
    """Errors: `SUM-TIE` with the difference, `FIGURE-BAD`, `CORR-NOTICE`, `CORR-SAME`, `STATE-EDGE`, `FILING-UNIT`, `TABLE-*`."""
    given = {code: one.dict() for code, one in body.figures.items()}
    notice = services.Notice(body.notice, body.reason, body.paper)
    uid = services.report(body.table, body.period, _unit(body.unit), given, notice=notice, by=actor_of(request), at=clock.now())
    return {"filing": uid, "state": queries.filing(uid).state}


@router.post("/file", response=dict[str, Any], summary="报送文件 A file of figures")
def file(request: HttpRequest, file: File[UploadedFile], notice: Form[str] = "", reason: Form[str] = "", paper: Form[str] = "") -> Any:
    """CSV, XLSX or JSON, one figure a line. Reports that are right are taken, each wrong line is named. Errors: `FILE-*`."""
    return services.take_file(file.read(services.MOST_BYTES + 1), file.name or "", notice=services.Notice(notice, reason, paper),
                              by=actor_of(request), at=clock.now())


@router.post("/{uid}/{verb}", response=dict[str, Any], summary="审核、签批、退回 Review, approve, return")
def step(request: HttpRequest, uid: str, verb: str, body: StepIn) -> Any:
    """Errors: `DUAL`, `STATE-EDGE`, `FILING-UNIT`, `FILING-VERB`, `REASON`."""
    return {"state": services.pass_on(uid, verb, reason=body.reason, by=actor_of(request), at=clock.now())}


@router.get("/proofs/{uid}", summary="证明包 The proof of a public hand-over", openapi_extra={"responses": {200: {
    "content": {"application/json": {"schema": {"type": "object"}}}}}})
def proof(request: HttpRequest, uid: str) -> HttpResponse:
    return HttpResponse(queries.proof(uid, on=clock.today()), content_type="application/json")
