"""The API of rows M3.2 and M3.3: proposals in, opinions and answers, rounds and the draw."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from ximu.foundation import clock, documents
from ximu.foundation.web import actor_of
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, services

router = Router(tags=["监督 supervision"])


class ProposalIn(Schema):
    session: str = ""
    number: str = ""
    kind: str = ""
    title: str = ""
    text: str = ""
    delegate: str = ""
    lead: str = ""
    assisting: str = ""
    received_on: str = ""
    assigned_on: str = ""


class OpinionIn(Schema):
    unit: str = Field(max_length=16)
    words: str = Field(max_length=10_000)


class AnswerIn(Schema):
    """`letter`: the signed letter, base64."""

    klass: str = Field(max_length=4, alias="class")
    words: str = Field(max_length=20_000)
    letter: str = ""
    due: date | None = None
    deliverable: str = ""


def _letter(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refusal("FILE-KIND", field="letter", value="", rule="base64", zh="答复函应为base64。",
                      en="The letter must be base64.") from None


@router.get("/proposals", response=list[dict[str, Any]], summary="建议提案 Proposals")
def proposals(request: HttpRequest, session: str = "", unit: str = "") -> Any:
    actor_of(request).must("proposals.see")
    return [{"uid": p.uid, "session": p.session, "number": p.number, "kind": p.kind, "title": p.title, "lead": p.lead,
             "assisting": p.assisting, "assigned_on": p.assigned_on, "answer_class": p.answer_class, "answered_on": p.answered_on,
             "rating": p.rating, "promise": p.promise, "case": p.case} for p in queries.proposals(session=session, unit=unit)]


@router.post("/proposals", response=dict[str, Any], summary="交办 Assign proposals")
def bring(request: HttpRequest, given: list[ProposalIn]) -> Any:
    """Good rows are kept; each refused one is named by its place."""
    rows = [one.dict() for one in given]
    return services.import_proposals(rows=rows, by=actor_of(request), at=clock.now()).envelope()


@router.get("/proposals/totals", response=list[dict[str, Any]], summary="办理统计 Totals by unit")
def totals(request: HttpRequest, session: str = "") -> Any:
    actor_of(request).must("proposals.see")
    return queries.totals(session=session)


@router.post("/proposals/{proposal}/opinions", response=dict[str, Any], summary="会办意见 Opinion of an assisting unit")
def opinion(request: HttpRequest, proposal: str, given: OpinionIn) -> Any:
    made = services.give_opinion(proposal, unit=given.unit, words=given.words, by=actor_of(request), at=clock.now())
    return {"unit": made.unit, "late": made.late}


@router.post("/proposals/{proposal}/answers", response=dict[str, Any], summary="答复 Answer")
def answer(request: HttpRequest, proposal: str, given: AnswerIn) -> Any:
    told = services.Given(given.klass, given.words, _letter(given.letter), given.due, given.deliverable)
    made = services.answer_proposal(proposal, told, by=actor_of(request), at=clock.now())
    return {"class": made.klass, "letter": made.letter, "promise": queries.proposal(proposal).promise}


@router.get("/proposals/{proposal}/answers/{place}/letter.{form}", summary="答复函 Letter of an answer (docx, pdf)")
def letter(request: HttpRequest, proposal: str, place: int, form: Literal["docx", "pdf"]) -> HttpResponse:
    by = actor_of(request)
    made = queries.given_letter(queries.proposal(proposal) if by.can("proposals.see") else queries.own(proposal, by), place)
    return HttpResponse(documents.pdf(made) if form == "pdf" else documents.docx(made), content_type="application/octet-stream")


@router.get("/yearly", response=dict[str, Any], summary="年度报告文字 Text for the yearly report of the government")
def yearly(request: HttpRequest, year: int, known_at: date | None = None) -> Any:
    actor_of(request).must("inspection.run")
    known = clock.end_of(known_at) if known_at else clock.now()
    return queries.year_envelope(queries.year_text(year, as_of=clock.today(), known_at=known, on=clock.today()))


@router.get("/rounds", response=list[dict[str, Any]], summary="督查轮次 Inspection rounds")
def rounds(request: HttpRequest) -> Any:
    actor_of(request).must("inspection.visit")
    return [{"uid": r.uid, "year": r.year, "title": r.title, "state": r.state, "size": r.size, "commitment": r.commitment,
             "commit_index": r.commit_index} for r in queries.rounds()]


@router.get("/rounds/{uid}/redraw", response=dict[str, Any], summary="重抽样本 Draw the sample again")
def redraw(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("inspection.visit")
    return queries.redraw(queries.round_of(uid))
