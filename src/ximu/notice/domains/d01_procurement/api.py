"""Procurement over the API: the city, a buyer, a process, payments, who answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.domains.d01_procurement import queries, services

router = Router(tags=["d01 政府采购"])
SEE = "d01.see"


class AssignIn(Schema):
    step: str = Field(max_length=12)
    post: str = Field(max_length=16)
    since: date
    basis: str = Field(max_length=120)


class DisputeIn(Schema):
    ocid: str = Field(max_length=120)
    contract: str = Field(max_length=120)
    milestone: str = Field(max_length=120)
    since: date
    basis: str = Field(max_length=120)


class ChallengeIn(Schema):
    ocid: str = Field(max_length=120)
    kind: str = Field(max_length=12)
    raised_on: date
    basis: str = Field(max_length=120)


class DecideIn(Schema):
    outcome: str = Field(max_length=12)
    decided_on: date
    decision: str = Field(max_length=120)


class EndIn(Schema):
    outcome: str = Field(max_length=8)
    until: date
    basis: str = Field(max_length=120)


def _asked(request: HttpRequest, on: date | None, known_at: date | None) -> dict[str, Any]:
    actor = actor_of(request)
    actor.must(SEE)
    return {"on": on or clock.today(), "known_at": clock.end_of(known_at) if known_at else clock.now(), "units": actor.units_with(SEE)}


@router.get("/overview", summary="全市与各单位 City and units")
def overview(request: HttpRequest, on: date | None = None, known_at: date | None = None) -> dict[str, Any]:
    found = queries.overview(**_asked(request, on, known_at))
    return {
        "on": found["on"], "figures": found["figures"].plain(), "pinned": found["manifest"].envelope(), "steps_without_post": found["gaps"],
        "flags": [{"code": c["code"], "words_zh": c["words"].zh, "words_en": c["words"].en, "processes": c["n"]} for c in found["codes"]],
        "units": [{"unit": u["unit"], "name": u["name"], "flagged": u["flagged"], "government": u["government"], **u["figures"].plain()}
                  for u in found["units"]],
        "not_computed": [{"zh": t.zh, "en": t.en} for t in found["unsaid"]],
    }


@router.get("/processes", summary="采购过程及其标记 Processes and their flags")
def processes(request: HttpRequest, on: date | None = None, known_at: date | None = None, flagged: bool = False) -> list[dict[str, Any]]:
    asked = _asked(request, on, known_at)
    found = queries.book(asked["on"], known_at=asked["known_at"], units=asked["units"])
    return [{"ocid": one.ocid, "unit": one.unit, "title": one.title, "releases": len(one.releases), "flags": one.codes}
            for one in found.processes if one.codes or not flagged]


@router.get("/process", summary="一个采购过程 One process")
def process(request: HttpRequest, ocid: str, on: date | None = None, known_at: date | None = None) -> dict[str, Any]:
    """Each flag with value, facts, threshold, step and the post that answered for it on that day."""
    found = queries.shown_process(ocid, **_asked(request, on, known_at))
    one = found["process"]
    return {
        "ocid": one.ocid, "unit": one.unit, "unit_name": found["name"], "compiled": one.compiled, "pinned": found["manifest"].envelope(),
        "releases": [{"release": release, "day": day, "tags": tags.split("|")} for release, day, tags in one.releases],
        "flags": [{"code": f["code"], "words_zh": f["words"].zh, "words_en": f["words"].en, "value": f["value"], "facts": f["facts"],
                   "fences": f["fences"], "step": f["step"], "day": f["day"], "post": f["post"]} for f in found["flags"]],
        "payments": [p.plain() for p in one.payments], "notices": [n.plain() for n in one.notices],
        "challenges": [c.plain() for c in one.challenges],
    }


@router.get("/payments", summary="付款 Payments")
def payments(request: HttpRequest, on: date | None = None, known_at: date | None = None, state: str = "") -> list[dict[str, Any]]:
    asked = _asked(request, on, known_at)
    found = queries.book(asked["on"], known_at=asked["known_at"], units=asked["units"])
    return [p.plain() for p in found.payments if state in ("", p.state)]


@router.get("/units/{uid}/responsible", summary="各环节负责岗位 Who answers for each step")
def responsible(request: HttpRequest, uid: str, on: date | None = None) -> list[dict[str, Any]]:
    actor_of(request).must(SEE, uid)
    return [{"step": r["step"], "step_zh": r["words"].zh, "step_en": r["words"].en, "post": r["post"], "since": r["since"],
             "basis": r["basis"]} for r in queries.responsible_of(uid, on or clock.today())]


@router.post("/units/{uid}/responsible", summary="登记负责岗位 Assign a post")
def assign(request: HttpRequest, uid: str, given: AssignIn) -> dict[str, str]:
    made = services.assign(uid, step=given.step, post=given.post, since=given.since, basis=given.basis, by=actor_of(request),
                           at=clock.now())
    return {"uid": made}


@router.get("/disputes", response=list[dict[str, Any]], summary="付款争议 Disputes about payments of a process")
def disputes(request: HttpRequest, ocid: str) -> Any:
    """Errors: `D01-NONE`, also for a process of a unit that one may not see."""
    asked = _asked(request, None, None)
    queries.one_process(ocid, asked["on"], known_at=asked["known_at"], units=asked["units"])
    return [{**d, "outcome": d["outcome"] and {"zh": d["outcome"].zh, "en": d["outcome"].en}} for d in queries.disputes(ocid)]


@router.post("/disputes", summary="登记付款争议 Record a dispute")
def dispute(request: HttpRequest, given: DisputeIn) -> dict[str, str]:
    made = services.dispute(given.ocid, contract=given.contract, milestone=given.milestone, since=given.since, basis=given.basis,
                            by=actor_of(request), at=clock.now(), on=clock.today())
    return {"uid": made}


@router.post("/disputes/{uid}/end", summary="登记争议终结 End a dispute")
def end_dispute(request: HttpRequest, uid: str, given: EndIn) -> dict[str, str]:
    services.end_dispute(uid, outcome=given.outcome, until=given.until, basis=given.basis, by=actor_of(request), at=clock.now(),
                         on=clock.today())
    return {"uid": uid}


@router.get("/quality", response=list[dict[str, Any]], summary="报送数据核查 Can the delivered figures be true?")
def quality(request: HttpRequest, on: date | None = None, known_at: date | None = None) -> Any:
    return [one.plain() for one in queries.examined(**_asked(request, on, known_at))]


@router.get("/notices", response=list[dict[str, Any]], summary="应公开事项 What had to be announced, and whether it was")
def notices(request: HttpRequest, on: date | None = None, known_at: date | None = None, state: str = "") -> Any:
    asked = _asked(request, on, known_at)
    found = queries.book(asked["on"], known_at=asked["known_at"], units=asked["units"])
    return [{"ocid": one.ocid, "unit": one.unit, **n.plain()} for one in found.processes for n in one.notices if state in ("", n.state)]


@router.get("/challenges", response=list[dict[str, Any]], summary="质疑与投诉 Challenges and complaints")
def challenges(request: HttpRequest, on: date | None = None, known_at: date | None = None) -> Any:
    asked = _asked(request, on, known_at)
    found = queries.book(asked["on"], known_at=asked["known_at"], units=asked["units"])
    return [{"unit": one.unit, **c.plain()} for one in found.processes for c in one.challenges]


@router.post("/challenges", summary="登记质疑或投诉 Register a challenge or complaint")
def challenge(request: HttpRequest, given: ChallengeIn) -> dict[str, str]:
    made = services.challenge(given.ocid, kind=given.kind, raised_on=given.raised_on, basis=given.basis, by=actor_of(request),
                              at=clock.now(), on=clock.today())
    return {"uid": made}


@router.post("/challenges/{uid}/decide", summary="登记办理结果 Say how it ended")
def decide(request: HttpRequest, uid: str, given: DecideIn) -> dict[str, str]:
    services.decide(uid, outcome=given.outcome, decided_on=given.decided_on, decision=given.decision, by=actor_of(request),
                    at=clock.now(), on=clock.today())
    return {"uid": uid}
