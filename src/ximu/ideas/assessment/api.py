"""The API of assessment: runs, ranks, reasons, the same rule last year, replay, quality."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.rules import grading
from ximu.kernel.actor import Actor

router = Router(tags=["诚信评价 assessment"])


class ObjectionIn(Schema):
    indicator: str = Field(max_length=80)
    words: str = Field(max_length=4000)


@router.get("/methods", response=dict[str, Any], summary="评价方法 Methods")
def methods(request: HttpRequest, paging: Query[Paging]) -> Any:
    actor_of(request).must("assessment.see")
    return page_of(request, queries.methods(), paging, lambda m: {
        "uid": m.uid, "code": m.code, "version": m.version, "name_zh": m.name_zh, "name_en": m.name_en, "digest": m.digest,
        "state": m.state, "resolution": m.resolution, "text": m.text})


class MethodIn(Schema):
    """`text` is the method file (TOML); `code` stays the same for all versions."""

    code: str = Field(max_length=40)
    text: str = Field(max_length=2_000_000)


class AdoptionIn(Schema):
    resolution: str = Field(max_length=100)
    accept: list[str] = Field([], max_length=20)


class RunIn(Schema):
    """`data`: units and values as CSV, without the columns that the platform's own sources answer."""

    method: str = Field(max_length=64)
    period: str = Field(max_length=10)
    data: str = Field(max_length=20_000_000)
    accept: list[str] = Field([], max_length=20)


@router.post("/methods", response={201: dict[str, str]}, summary="新的方法版本 A new version of a method, as a draft")
def add_method(request: HttpRequest, given: MethodIn) -> Any:
    """Errors: the `METH-*` of a file that does not hold together (weights `METH-SUM`, tree `METH-TREE`, …), `METH-VERSION`."""
    made = services.add_method(given.text, code=given.code.strip(), by=actor_of(request), at=clock.now())
    return Status(201, {"method": made.uid, "state": made.state, "digest": made.digest})


@router.post("/methods/{uid}/adopt", response=dict[str, str], summary="经决议通过 Adopt by resolution")
def adopt(request: HttpRequest, uid: str, given: AdoptionIn) -> Any:
    """`accept` names the warnings that the resolution accepts. Errors: `METH-RESOLUTION`, `METH-SRC`, `METH-SILENT`, `STATE-EDGE`."""
    made = services.adopt(uid, resolution=given.resolution, accept=given.accept, by=actor_of(request), at=clock.now())
    return {"method": made.uid, "state": made.state}


@router.get("/methods/{uid}/backtest", response=list[dict[str, Any]], summary="在往年数据上试算 A version on past years")
def backtest(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("assessment.run")
    return [one.plain() for one in queries.backtest(uid)]


@router.get("/runs", response=dict[str, Any], summary="考核计算 Runs")
def runs(request: HttpRequest, paging: Query[Paging]) -> Any:
    by = actor_of(request)
    by.must("assessment.see")
    whole = by.can("assessment.run") or by.can("assessment.finish")
    return page_of(request, [r for r in queries.runs() if whole or r.state != "draft"], paging, lambda r: {
        "uid": r.uid, "method": r.method.uid, "period": r.period, "state": r.state, "digest": r.digest, "as_of": r.as_of,
        "known_at": r.known_at, "log_size": r.log_size})


@router.post("/runs", response={201: dict[str, str]}, summary="计算一个年度 Compute a year")
def run(request: HttpRequest, given: RunIn) -> Any:
    """Errors: `METH-DRAFT`, `SCORE-PERIOD`, `METH-CLIP` unless accepted, those of the engine."""
    at = clock.now()
    clocks = services.Clocks(min(queries.year(given.period)[1], clock.city_day(at)), at)
    made = services.run(given.method, given.data, period=given.period, clocks=clocks, accept=given.accept, by=actor_of(request), at=at)
    return Status(201, {"run": made.uid, "state": made.state, "digest": made.digest})


ACTS = {"send": services.send_draft, "finish": services.finish, "publish": services.publish}


@router.post("/runs/{uid}/acts/{verb}", response=dict[str, str], summary="征求意见、定稿、公布 Send, finish, publish")
def act(request: HttpRequest, uid: str, verb: Literal["send", "finish", "publish"]) -> Any:
    """Errors: `SCORE-TWO` for who computed it, `SCORE-OPEN`, `SCORE-FINAL`, `STATE-EDGE`."""
    made = ACTS[verb](uid, by=actor_of(request), at=clock.now())
    return {"run": made.uid, "state": made.state}


@router.post("/runs/{uid}/units/{unit}/extracts", response={201: dict[str, str]}, summary="出具绩效考核摘录 Seal a unit's result")
def extract(request: HttpRequest, uid: str, unit: str) -> Any:
    return Status(201, {"extract": services.extract(uid, unit, by=actor_of(request), at=clock.now()).uid})


@router.get("/extracts/{uid}", summary="可离线验证的摘录 An extract that verifies offline")
def extract_file(request: HttpRequest, uid: str) -> HttpResponse:
    actor_of(request).must("assessment.finish")
    return HttpResponse(queries.bundle(queries.extract_of(uid)), content_type="application/json")


@router.get("/stale", response=list[dict[str, Any]], summary="须重新计算的结果 Results to be computed anew")
def stale(request: HttpRequest) -> Any:
    """For those who compute; who delivers sees those that rest on what its own unit delivered and corrected."""
    by = actor_of(request)
    by.must("assessment.see")
    return queries.to_recompute(by)


@router.get("/runs/{uid}/ranking", response=list[dict[str, Any]], summary="名次与名次区间 Ranks with their intervals")
def ranking(request: HttpRequest, uid: str) -> Any:
    by = actor_of(request)
    by.must("assessment.see")
    row = queries.run_row(uid)
    own = set(queries.own_draft(row, by))
    return [one for one in queries.ranking(row) if one["unit"] in own]


def _seen(uid: str, unit: str, by: Actor) -> None:
    if not queries.seen_by(queries.run_row(uid), unit, by):
        queries.run_row("")


@router.get("/runs/{uid}/units/{unit}", response=dict[str, Any], summary="为何是这个得分 Why this score")
def explain(request: HttpRequest, uid: str, unit: str) -> Any:
    """`facts`: column → the facts that the caller may open; `facts_hidden`: column → how many more there are."""
    by = actor_of(request)
    _seen(uid, unit, by)
    told = queries.explained(uid, unit)
    seen = queries.opened(told["facts"], by=by, at=clock.now())
    return {**told, "facts": {c: s["refs"] for c, s in seen.items()}, "facts_hidden": {c: s["hidden"] for c, s in seen.items()}}


@router.get("/runs/{uid}/units/{unit}/before", response=dict[str, Any], summary="上一年按同一规则 Last year by the same rule")
def before(request: HttpRequest, uid: str, unit: str) -> Any:
    _seen(uid, unit, actor_of(request))
    return queries.same_rule(uid, unit)


@router.get("/runs/{uid}/units/{unit}/changed", response=dict[str, Any], summary="得分变动原因 What changed the score")
def changed(request: HttpRequest, uid: str, unit: str, other: str = "") -> Any:
    by = actor_of(request)
    for one in filter(None, (uid, other)):
        _seen(one, unit, by)
    return queries.causes_opened(queries.changed(uid, unit, other=other), by=by, at=clock.now())


@router.get("/runs/{uid}/units/{unit}/peers", response=list[dict[str, Any]], summary="与相近单位比较 Peers")
def peers(request: HttpRequest, uid: str, unit: str) -> Any:
    by = actor_of(request)
    _seen(uid, unit, by)
    row = queries.run_row(uid)
    return queries.peers(row, unit) if queries.ranks_open(row, by) else []


@router.post("/runs/{uid}/units/{unit}/objections", response=dict[str, str], summary="提出意见 Object")
def object_to(request: HttpRequest, uid: str, unit: str, given: ObjectionIn) -> Any:
    return {"case": services.object_to(uid, unit=unit, indicator=given.indicator, words=given.words, by=actor_of(request), at=clock.now())}


@router.get("/runs/{uid}/replay", response=dict[str, Any], summary="重算 Compute again")
def replay(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("assessment.run")
    return queries.replay(uid)


@router.get("/replay", response=dict[str, Any], summary="按两个时间重算一个单位 A unit's figure by both clocks")
def replay_unit(request: HttpRequest, unit: str, as_of: date, known_at: date | None = None, of: str = "") -> Any:
    """`of`: a run's uid or the code of a method; without it the yearly assessment before those of single areas."""
    actor_of(request).must("assessment.run")
    known = min(clock.now(), clock.end_of(known_at)) if known_at else clock.now()
    return queries.replay_unit(unit, as_of=as_of, known_at=known, of=of[:64])


@router.get("/runs/{uid}/quality", response=dict[str, Any], summary="方法质量 Quality of the method")
def quality(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("assessment.run")
    return queries.quality_of(queries.run_row(uid))


@router.get("/grades/{area}", response=dict[str, Any], summary="领域等级：原定与现知 Grades as decided and as known now")
def grades(request: HttpRequest, area: str, period: str) -> Any:
    """What the figures make now, with each factor, beside the decision that holds. Errors: `GRADE-AREA`."""
    by, one = actor_of(request), queries.grader(area)
    by.must("assessment.see")
    by.must(one.permission)
    now = one.preview(period[:4], known_at=clock.now(), units=by.units_with(one.permission))
    held, mine = queries.decided_grades(area, period[:4]), {line["unit"] for line in now.lines}
    lines = [line for line in held.lines if line["unit"] in mine] if held else []
    return {"area": area, "period": period[:4], "method": {"version": now.method.version, "digest": now.method.digest},
            "decision": {"uid": held.uid, "at": held.ended_at, "log_index": held.log_index, "basis": held.basis} if held else None,
            "now": [{**line, "factors": grading.explained(now.method, line)} for line in now.lines],
            "compared": [{"unit": each.unit, "then": each.then, "then_score": each.then_score, "now": each.now,
                          "now_score": each.now_score, "again": each.again} for each in grading.compared(lines, now.lines)]}


class ProposalIn(Schema):
    period: str = Field(max_length=4)
    basis: str = Field(max_length=120)


@router.post("/grades/{area}", response={201: dict[str, str]}, summary="提出等级 Propose grades")
def propose_grades(request: HttpRequest, area: str, given: ProposalIn) -> Any:
    uid = services.propose_grades(area, given.period, basis=given.basis, by=actor_of(request), at=clock.now())
    return Status(201, {"grading": uid})


@router.post("/grades/{area}/{grading_uid}/decide", response=dict[str, Any], summary="确定等级 Decide grades")
def decide_grades(request: HttpRequest, area: str, grading_uid: str) -> Any:
    row = services.decide_grades(grading_uid, by=actor_of(request), at=clock.now())
    return {"grading": row.uid, "state": row.state, "log_index": row.log_index}
