"""The API of row M3.5: evaluators, engagements, the twin, methods in, results with their gap and notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.mechanisms.m3_evaluators import queries, services

router = Router(tags=["第三方评价 evaluators"])


class DeclarationIn(Schema):
    methods: list[str] = Field(max_length=50)
    funders: list[str] = Field(default=[], max_length=200)
    interests: list[tuple[str, str]] = Field(default=[], max_length=200)


class EvaluatorIn(DeclarationIn):
    name: str = Field(max_length=120)
    code: str = Field(max_length=18)
    kind: str = Field(max_length=12)
    people: list[str] = Field(default=[], max_length=50)


class EngagementIn(Schema):
    title: str = Field(max_length=120)
    period: str = Field(max_length=4)
    units: list[str] = Field(max_length=2000)
    commissioner: str = Field(max_length=16)
    payer: str = Field(max_length=16)
    contract: str = Field(max_length=60)
    granted: dict[str, list[str]]
    fee: Decimal = Decimal(0)
    official: str = Field(default="", max_length=16)


class MethodIn(Schema):
    method: str = Field(max_length=2_000_000)
    draws: int = Field(default=200, ge=0, le=10_000)
    seed: int = 0


class WordsIn(Schema):
    words: str = Field(max_length=4000)


@router.get("/evaluators", response=dict[str, Any], summary="评价机构 Evaluators")
def evaluators(request: HttpRequest, paging: Query[Paging]) -> Any:
    actor_of(request).must("evaluators.see")
    return page_of(request, queries.evaluators(), paging, lambda e: {"uid": e.uid, "name": e.name, "code": e.code, "kind": e.kind,
                                                                     **queries.declared(e).plain()})


@router.post("/evaluators", response=dict[str, str], summary="登记评价机构 Register an evaluator")
def register(request: HttpRequest, given: EvaluatorIn) -> Any:
    told = {"methods": given.methods, "funders": given.funders, "interests": given.interests}
    return {"evaluator": services.register(given.name, code=given.code, kind=given.kind, declaration=told, by=actor_of(request),
                                           at=clock.now(), people=given.people)}


@router.post("/evaluators/{uid}/declarations", response=dict[str, str], summary="更新利益声明 Declare anew")
def declare(request: HttpRequest, uid: str, given: DeclarationIn) -> Any:
    services.declare(uid, given.model_dump(), by=actor_of(request), at=clock.now())
    return {"evaluator": uid}


@router.post("/evaluators/{uid}/engagements", response=dict[str, str], summary="委托并授予字段 Engage and grant fields")
def engage(request: HttpRequest, uid: str, given: EngagementIn) -> Any:
    return {"engagement": services.engage(uid, services.Terms(**given.model_dump()), by=actor_of(request), at=clock.now())}


@router.post("/engagements/{uid}/snapshots", response=dict[str, Any], summary="冻结数据 Freeze the data")
def freeze(request: HttpRequest, uid: str) -> Any:
    made = queries.snapshot(services.freeze(uid, by=actor_of(request), at=clock.now()))
    return {"snapshot": made.uid, "digest": made.digest, "rows": {item: len(refs) for item, refs in made.refs.items()},
            "left_out": made.left_out, "log_index": made.log_index}


@router.get("/snapshots/{uid}/twin", response=dict[str, Any], summary="仿真数据 The made-up twin")
def twin(request: HttpRequest, uid: str) -> Any:
    by, of = actor_of(request), queries.snapshot(uid)
    if not queries.stands_for(by, of.engagement.evaluator):
        by.must("evaluators.manage")
    return queries.twin_of(of)


@router.post("/snapshots/{uid}/try", response=dict[str, Any], summary="在仿真数据上试算 Try a method on the twin")
def try_on_twin(request: HttpRequest, uid: str, given: MethodIn) -> Any:
    return services.try_on_twin(uid, given.method, by=actor_of(request))


@router.post("/snapshots/{uid}/evaluations", response=dict[str, Any], summary="提交方法并计算 Hand in a method")
def evaluate(request: HttpRequest, uid: str, given: MethodIn) -> Any:
    made = services.evaluate(uid, given.method, by=actor_of(request), at=clock.now(), draws=given.draws, seed=given.seed)
    return {"evaluation": made.uid, "state": made.state, "digest": made.digest, "result": queries.told(made)}


@router.get("/evaluations/{uid}", response=dict[str, Any], summary="评价结果 A result with its gap and notes")
def one(request: HttpRequest, uid: str) -> Any:
    by = actor_of(request)
    row = queries.evaluation(uid if queries.may_see(by, uid) else "")
    return {"evaluation": row.uid, "state": row.state, "due": row.due, "digest": row.digest, "result": queries.told(row),
            "notes": queries.notes(row), "compared": queries.records_opened(row, queries.compared(row), by=by, at=clock.now())}


@router.post("/evaluations/{uid}/send", response=dict[str, Any], summary="送被评价单位 Send to the units")
def send(request: HttpRequest, uid: str) -> Any:
    row = services.send(uid, by=actor_of(request), at=clock.now())
    return {"evaluation": uid, "state": row.state, "due": row.due}


@router.post("/evaluations/{uid}/comments", response=dict[str, str], summary="单位说明 A unit's note")
def comment(request: HttpRequest, uid: str, given: WordsIn) -> Any:
    by = actor_of(request)
    services.comment(uid, given.words, unit=by.unit or "", by=by, at=clock.now())
    return {"evaluation": uid}


@router.post("/evaluations/{uid}/note", response=dict[str, str], summary="市级附注 The city's note")
def annotate(request: HttpRequest, uid: str, given: WordsIn) -> Any:
    services.annotate(uid, given.words, by=actor_of(request), at=clock.now())
    return {"evaluation": uid}


@router.post("/evaluations/{uid}/publish", response=dict[str, Any], summary="公布 Publish")
def publish(request: HttpRequest, uid: str) -> Any:
    row = services.publish(uid, by=actor_of(request), at=clock.now())
    return {"evaluation": uid, "state": row.state}


@router.get("/evaluations/{uid}/rerun", response=dict[str, Any], summary="重算 Compute again")
def rerun(request: HttpRequest, uid: str) -> Any:
    return services.rerun(uid if queries.may_see(actor_of(request), uid) else "")
