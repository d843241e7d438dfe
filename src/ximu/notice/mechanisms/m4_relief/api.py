"""The API of row M4.1: notices, objections, claims, repairs. What follows are moves of `/api/v1/casework/cases`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Router, Schema, Status, UploadedFile

from ximu.foundation import clock
from ximu.foundation import papers as sheets
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.services import Upload
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.notice.mechanisms.m4_relief import queries, services

router = Router(tags=["告知与救济 notice and remedies"])


class Opened(Schema):
    procedure: str
    case: str


LONGEST_NAME = 200
"""A longer file name is cut: the digest says which paper it is."""


class Paper(Schema):
    """As `/papers` answered: `ticket` shows that its giver handed it in; `size` is told, never asked."""

    digest: str = Field(max_length=64)
    ticket: str = Field("", max_length=64)
    size: int = Field(0, ge=0)
    name: str = Field("", max_length=LONGEST_NAME)


class Said(Schema):
    reason: str = Field(max_length=4000)
    papers: list[Paper] = []


class Reversal(Said):
    document: str = Field(max_length=200)


class SelfReportIn(Said):
    subject: str = Field(max_length=16)
    behaviour: str = Field(max_length=40)
    act_on: date


class Claim(Said):
    ground: str = Field(max_length=40)
    conditions: list[str] = []


class Proof(Schema):
    what: str = Field(max_length=12)
    proof: str = Field(max_length=300)
    on: date
    digest: str = Field("", max_length=64)
    ticket: str = Field("", max_length=64)


class Vote(Schema):
    outcome: str = Field(max_length=10)
    reason: str = Field(max_length=4000)


class SeatOut(Schema):
    number: int
    unit: str


class LikeOut(Schema):
    outcome: str
    share: float
    same: list[str]
    reason: str


class PanelOut(Schema):
    seats: list[SeatOut]
    voted: int
    like: list[LikeOut]
    seed: str


class ConditionOut(Schema):
    code: str
    name_zh: str
    name_en: str
    met: bool
    met_on: date | None
    why_zh: str
    why_en: str


@router.post("/papers", response={201: list[Paper]}, summary="先行上传材料 Hand in papers before an objection or a claim")
def papers(request: HttpRequest, papers: File[list[UploadedFile]]) -> Status:
    """Each paper comes back by its digest, to be named in what is lodged next."""
    by = actor_of(request)
    if not by.can("relief.object"):
        by.must("relief.decide")
    kept = [(*casework.keep(one.chunks()), (one.name or "")[:LONGEST_NAME]) for one in papers]
    return Status(201, [Paper(digest=digest, ticket=casework.ticket_for(digest, by), size=size, name=name) for digest, size, name in kept])


def _papers(given: list[Paper], request: HttpRequest) -> list[Upload]:
    return [casework.handed_in(p.digest, p.ticket, p.name, by=actor_of(request)) for p in given]


@router.get("/forms/{kind}.{ending}", summary="可打印的表格（docx、pdf） A form to print", include_in_schema=True)
def form(request: HttpRequest, kind: str, ending: str, number: str = "") -> HttpResponse:
    by = actor_of(request)
    by.must("relief.desk")
    made = queries.printed_form(kind, number.strip()[:20], by=by, at=clock.now())
    if ending not in ("docx", "pdf"):
        raise queries.no_form(ending)
    return HttpResponse(sheets.pdf(made) if ending == "pdf" else sheets.docx(made), content_type=sheets.TYPES[ending])


class Ground(Schema):
    code: str
    name: str
    name_en: str


class Examined(Schema):
    numbers: list[str]
    answers: dict[str, str]
    reason: str


@router.get("/grounds", response=list[Ground], summary="容错情形 Grounds of exemption in force on a day")
def grounds(request: HttpRequest, on: date) -> list[dict[str, str]]:
    actor_of(request).must("relief.desk")
    return [{"code": code, "name": words.zh, "name_en": words.en} for code, words in queries.checklist().grounds(on).items()]


@router.post("/examinations", summary="容错审查 Answer for the grounds of exemption, before notice")
def examine(request: HttpRequest, given: Examined) -> dict[str, int]:
    """`answers`: each ground in force on the day of the act → `no` (or `yes`, which a panel decides)."""
    return {"done": services.examine(given.numbers, answers=given.answers, reason=given.reason, by=actor_of(request), at=clock.now())}


@router.post("/records/{number}/notice", response={201: Opened}, summary="告知 Draw up a notice")
def notice(request: HttpRequest, number: str) -> Status:
    return Status(201, {"procedure": "notice", "case": services.open_notice(number, by=actor_of(request), at=clock.now())})


@router.post("/notices/{case}/signature", response=Opened, summary="签收 Sign for a notice")
def sign(request: HttpRequest, case: str) -> dict[str, str]:
    services.sign(case, by=actor_of(request), at=clock.now())
    return {"procedure": "notice", "case": case}


@router.post("/records/{number}/objection", response={201: Opened}, summary="异议（逾期为投诉） Object; too late: a complaint")
def object_to(request: HttpRequest, number: str, given: Said) -> Status:
    procedure, case = services.object_to(number, reason=given.reason, files=_papers(given.papers, request), by=actor_of(request),
                                         at=clock.now())
    return Status(201, {"procedure": procedure, "case": case})


@router.post("/records/{number}/reversal", response={201: Opened}, summary="通报撤销 Report that the basis is void")
def reversal(request: HttpRequest, number: str, given: Reversal) -> Status:
    case = services.report_reversal(number, document=given.document, reason=given.reason, files=_papers(given.papers, request),
                                    by=actor_of(request), at=clock.now())
    return Status(201, {"procedure": "reversal", "case": case})


@router.post("/self-reports", response={201: Opened}, summary="主动报告并纠正 Report and correct oneself")
def self_report(request: HttpRequest, given: SelfReportIn) -> Status:
    act = services.Act(given.subject, given.behaviour, given.act_on)
    case = services.report_oneself(act, reason=given.reason, files=_papers(given.papers, request), by=actor_of(request), at=clock.now())
    return Status(201, {"procedure": "self_report", "case": case})


@router.post("/records/{number}/statement", response={204: None}, summary="主体说明 A statement beside the record")
def statement(request: HttpRequest, number: str, given: Said) -> Status:
    services.state(number, given.reason, by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.get("/exemptions/{case}", response=PanelOut, summary="评议组与类案 The panel and the like cases")
def panel(request: HttpRequest, case: str) -> dict[str, Any]:
    """The subject sees seats by unit, never a reviewer's name; one seat may be challenged by a move `challenge`."""
    found, day = queries.panel_for(case, by=actor_of(request)), clock.today()
    like = [{"outcome": c.outcome, "share": c.share, "reason": c.reason,
             "same": [queries.told_feature(f, found.features[f], on=day).zh for f in c.same]} for c in queries.precedents(found.features)]
    return {"seats": [{"number": s.number, "unit": s.unit} for s in queries.seats(found, on=day)], "voted": len(found.votes), "like": like,
            "seed": found.seed}


@router.post("/records/{number}/exemption", response={201: Opened}, summary="申请免责 Claim exemption")
def exemption(request: HttpRequest, number: str, given: Claim) -> Status:
    case = services.claim_exemption(number, ground=given.ground, conditions=given.conditions, reason=given.reason,
                                    files=_papers(given.papers, request), by=actor_of(request), at=clock.now())
    return Status(201, {"procedure": "exemption", "case": case})


@router.post("/exemptions/{case}/votes", response={201: dict[str, int]}, summary="评议表决 A reviewer's finding")
def vote(request: HttpRequest, case: str, given: Vote) -> Status:
    return Status(201, {"votes": services.vote(case, given.outcome, reason=given.reason, by=actor_of(request), at=clock.now())})


@router.get("/records/{number}", response=dict[str, Any], summary="一条记录的救济情况 What follows from a record")
def about(request: HttpRequest, number: str) -> dict[str, Any]:
    """As its page shows it: the last day to object, cases about it, measures that may follow, everything that it did and how that ended."""
    by, at = actor_of(request), clock.now()
    by.must("relief.desk")
    disclosure.look(number, by=by, purpose="" if by.can("relief.decide") else "own", at=at)
    found = records.duties(number)
    return {
        "record": found.number, "state": found.state, "object_until": queries.window(found.number),
        "cases": [{"case": c.uid, "procedure": c.procedure, "state": c.state} for c in cases.cases_about(found.number, actor=by)],
        "measures": [{"code": one.code, "zh": one.name.zh, "en": one.name.en}
                     for one in queries.effects_to_come(found, on=found.event_date)],
        "effects": [{"effect": e.uid, "kind_zh": e.kind.zh, "target": e.target, "state": e.state, "paused": e.paused, "receipt": e.receipt}
                    for e in cases.effects_of(found.number)],
        "certificates": [one.uid for one in queries.certificates(found.number)]}


@router.get("/records/{number}/repair", response=list[ConditionOut], summary="修复条件 Conditions of repair")
def conditions(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    by, at = actor_of(request), clock.now()
    disclosure.look(number, by=by, purpose="" if by.can("relief.decide") else "own", at=at)
    return [{"code": c.code, "name_zh": c.name.zh, "name_en": c.name.en, "met": c.met, "met_on": c.met_on, "why_zh": c.why.zh,
             "why_en": c.why.en}
            for c in queries.conditions(number, at=at)]


@router.post("/records/{number}/fulfilments", response={204: None}, summary="登记条件 Prove a condition")
def fulfil(request: HttpRequest, number: str, given: Proof) -> Status:
    by = actor_of(request)
    digest = casework.handed_in(given.digest, given.ticket, "", by=by).digest if given.digest else ""
    services.fulfil(number, given.what, proof=given.proof, on=given.on, digest=digest, by=by, at=clock.now())
    return Status(204, None)


@router.post("/records/{number}/repair", response={201: Opened}, summary="申请修复 Apply for repair")
def repair(request: HttpRequest, number: str, given: Said) -> Status:
    case = services.apply_for_repair(number, reason=given.reason, files=_papers(given.papers, request), by=actor_of(request),
                                     at=clock.now())
    return Status(201, {"procedure": "repair", "case": case})


@router.post("/records/{number}/erasure", response={201: Opened}, summary="申请删除 Ask for erasure")
def erasure(request: HttpRequest, number: str, given: Said) -> Status:
    return Status(201, {"procedure": "erasure", "case": services.ask_to_erase(number, reason=given.reason, by=actor_of(request),
                                                                              at=clock.now())})


@router.get("/erasures/{case}/receipt", summary="删除回执 The receipt of an erasure")
def receipt(request: HttpRequest, case: str) -> HttpResponse:
    done = queries.erasure_of(case, by=actor_of(request), at=clock.now())
    return HttpResponse(ledger.bundle_bytes(ledger.bundle(done.log_index)), content_type="application/json")


@router.post("/repairs/{case}/certificates", response={201: dict[str, str]}, summary="签发证明 Issue a certificate")
def certify(request: HttpRequest, case: str) -> Status:
    return Status(201, {"certificate": services.issue_certificate(case, by=actor_of(request), at=clock.now()).uid})


@router.get("/certificates/{uid}", summary="可离线验证的证明 A certificate that verifies offline")
def certificate(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.certificate(uid, by=actor_of(request))
    return HttpResponse(ledger.bundle_bytes(queries.bundle(found)), content_type="application/json")
