"""The API of rows M3.2 and M3.3: proposals in, opinions and answers, rounds and the draw."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock, documents
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, services

router = Router(tags=["监督 supervision"])


class ProposalIn(Schema):
    """`delegate`: the number of the one who leads; `joint`: the numbers of those who sign along, with 、 between."""

    session: str = ""
    number: str = ""
    kind: str = ""
    title: str = ""
    text: str = ""
    delegate: str = ""
    joint: str = ""
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


class ReturnIn(Schema):
    reason: str = Field("", max_length=2000)


class RatingIn(Schema):
    rating: str
    words: str = Field("", max_length=2000)


class RoundIn(Schema):
    """`scope`: units by name or uid, or an open expression such as 各区人民政府; `items`: the checklist in words."""

    year: int
    title: str = Field("", max_length=200)
    scope: list[str] = Field(max_length=1000)
    items: list[str] = Field(max_length=1000)
    size: int


class TeamIn(Schema):
    logins: list[str] = Field(max_length=50)


class MarkIn(Schema):
    verdict: str
    note: str = Field("", max_length=1000)


class MarksIn(Schema):
    """Item of the checklist → verdict and note."""

    marks: dict[str, MarkIn]


class FindingIn(Schema):
    """`evidence`: the file, base64; `token`: chosen by the sender, so that a finding sent again is taken once."""

    item: str = Field(max_length=20)
    criterion: str = Field("", max_length=4000)
    condition: str = Field("", max_length=4000)
    cause: str = Field("", max_length=4000)
    effect: str = Field("", max_length=4000)
    evidence: str = ""
    token: str = Field(min_length=1, max_length=32)


class ReplyIn(Schema):
    words: str = Field("", max_length=10_000)


def _file(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refusal("FILE-KIND", field=field, value="", rule="base64", zh="文件应为base64。", en="The file must be base64.") from None


@router.get("/proposals", response=dict[str, Any], summary="建议提案 Proposals")
def proposals(request: HttpRequest, paging: Query[Paging], session: str = "", unit: str = "") -> Any:
    actor_of(request).must("proposals.see")
    page = page_of(request, queries.proposals(session=session, unit=unit), paging)
    return {**page, "items": [_shown(p) for p in page["items"]]}


def _shown(p: Any) -> dict[str, Any]:
    return {"uid": p.uid, "session": p.session, "number": p.number, "kind": p.kind, "title": p.title, "lead": p.lead,
            "assisting": p.assisting, "assigned_on": p.assigned_on, "answer_class": p.answer_class, "answered_on": p.answered_on,
            "rating": p.rating, "promise": p.promise, "case": p.case, "signers": p.signers.count() + 1}


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
    told = services.Given(given.klass, given.words, _file(given.letter, "letter"), given.due, given.deliverable)
    made = services.answer_proposal(proposal, told, by=actor_of(request), at=clock.now())
    return {"class": made.klass, "letter": made.letter, "promise": queries.proposal(proposal).promise}


@router.post("/proposals/{proposal}/return", response=dict[str, str], summary="退回 Return to be assigned anew")
def send_back(request: HttpRequest, proposal: str, given: ReturnIn) -> Any:
    services.return_proposal(proposal, reason=given.reason, by=actor_of(request), at=clock.now())
    return {"proposal": proposal}


@router.get("/proposals/mine", response=list[dict[str, Any]], summary="本人的建议提案 The delegate's own")
def mine(request: HttpRequest) -> Any:
    by = actor_of(request)
    by.must("proposals.own")
    return [_shown(p) | {"leads": queries.leads(p, by)} for p in queries.mine(by)]


@router.post("/proposals/{proposal}/rating", response=dict[str, str], summary="满意度 The delegate's word")
def rating(request: HttpRequest, proposal: str, given: RatingIn) -> Any:
    return {"state": services.rate(proposal, rating=given.rating, words=given.words, by=actor_of(request), at=clock.now())}


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


@router.get("/rounds", response=dict[str, Any], summary="督查轮次 Inspection rounds")
def rounds(request: HttpRequest, paging: Query[Paging]) -> Any:
    actor_of(request).must("inspection.visit")
    page = page_of(request, queries.rounds(), paging)
    return {**page, "items": [
            {"uid": r.uid, "year": r.year, "title": r.title, "state": r.state, "size": r.size, "commitment": r.commitment,
             "commit_index": r.commit_index} for r in page["items"]]}


@router.post("/rounds", response=dict[str, str], summary="部署督查 Plan a round")
def plan_round(request: HttpRequest, given: RoundIn) -> Any:
    by, day = actor_of(request), clock.today()
    by.must("inspection.run")
    scope: list[str] = []
    for words in given.scope:
        if registry.unit(words, as_of=day):
            scope.append(words)
        else:
            scope += registry.expand(words, as_of=day) if registry.is_phrase(words) else [registry.named(words, as_of=day)]
    return {"round": services.plan_round(year=given.year, title=given.title, scope=scope, items=given.items, size=given.size, by=by,
                                         at=clock.now())}


@router.get("/rounds/{uid}", response=dict[str, Any], summary="一轮督查 One round with its visits and extracts")
def one_round(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("inspection.visit")
    row = queries.round_of(uid)
    return {"uid": row.uid, "year": row.year, "title": row.title, "state": row.state, "items": row.items, "scope": row.population,
            "visits": [{"uid": v.uid, "unit": v.unit, "team": len(v.team), "marked": len(v.marks),
                        "findings": len(queries.findings(v))} for v in queries.visits(row)],
            "extracts": [{"uid": e.uid, "unit": e.unit, "at": e.at} for e in queries.extracts(row)]}


@router.post("/rounds/{uid}/commit", response=dict[str, str], summary="种子先行入日志 Commit the seed")
def commit(request: HttpRequest, uid: str) -> Any:
    return {"commitment": services.commit_seed(uid, by=actor_of(request), at=clock.now())}


@router.post("/rounds/{uid}/draw", response=dict[str, list[str]], summary="抽取样本 Draw the sample")
def draw(request: HttpRequest, uid: str) -> Any:
    return {"sample": services.draw(uid, by=actor_of(request), at=clock.now())}


@router.get("/rounds/{uid}/redraw", response=dict[str, Any], summary="重抽样本 Draw the sample again")
def redraw(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("inspection.visit")
    return queries.redraw(queries.round_of(uid))


@router.get("/visits/{uid}", response=dict[str, Any], summary="一次现场督查 One visit, for the team and the unit")
def visit(request: HttpRequest, uid: str) -> Any:
    by, row = actor_of(request), queries.visit(uid)
    if not queries.speaks_for(by, row.unit, on=clock.today()):
        by.must("inspection.visit")
    return {"uid": row.uid, "round": row.round.uid, "unit": row.unit, "marks": row.marks, "findings": [
        {"uid": f.uid, "item": f.item, "criterion": f.criterion, "condition": f.condition, "cause": f.cause, "effect": f.effect,
         "evidence": f.evidence, "at": f.at, "reply": f.reply, "reply_due": f.reply_due, "replied_at": f.replied_at,
         "reply_late": f.reply_late, "case": f.case} for f in queries.findings(row)]}


@router.post("/visits/{uid}/team", response=dict[str, int], summary="督查组 Who goes")
def team(request: HttpRequest, uid: str, given: TeamIn) -> Any:
    services.assign_team(uid, given.logins, by=actor_of(request), at=clock.now())
    return {"team": len(queries.visit(uid).team)}


@router.post("/visits/{uid}/marks", response=dict[str, int], summary="检查清单 Marks of the checklist")
def marks(request: HttpRequest, uid: str, given: MarksIn) -> Any:
    """Sent again, it changes nothing."""
    told = {item: (one.verdict, one.note) for item, one in given.marks.items()}
    return {"marked": services.mark(uid, told, by=actor_of(request), at=clock.now())}


@router.post("/visits/{uid}/findings", response=dict[str, str], summary="问题 A finding with its evidence")
def finding(request: HttpRequest, uid: str, given: FindingIn) -> Any:
    found = services.Found(given.item, given.criterion, given.condition, given.cause, given.effect, _file(given.evidence, "evidence"),
                           given.token)
    return {"finding": services.add_finding(uid, found, by=actor_of(request), at=clock.now())}


@router.post("/findings/{uid}/reply", response=dict[str, bool], summary="单位说明 The unit's reply")
def reply(request: HttpRequest, uid: str, given: ReplyIn) -> Any:
    return {"late": services.reply(uid, words=given.words, by=actor_of(request), at=clock.now())}


@router.post("/visits/{uid}/extract", response=dict[str, str], summary="出具摘录 Issue the signed extract")
def issue_extract(request: HttpRequest, uid: str) -> Any:
    return {"extract": services.extract(uid, by=actor_of(request), at=clock.now()).uid}


@router.get("/extracts/{uid}", summary="摘录 The extract, verified offline by ximu-verify")
def extract(request: HttpRequest, uid: str) -> HttpResponse:
    actor_of(request).must("inspection.run")
    return HttpResponse(queries.bundle(queries.extract_of(uid)), content_type="application/json")
