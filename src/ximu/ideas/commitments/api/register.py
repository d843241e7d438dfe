"""Promises for other systems: what the console shows and does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from ximu.foundation import clock
from ximu.foundation.api import Moment, Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.commitments import queries, rules, services

router = Router(tags=["commitments 承诺"])
MOST = 5000


class Words(Schema):
    zh: str
    en: str


class TargetIn(Schema):
    indicator: str = Field("", max_length=120)
    measure: str = Field("", max_length=40)
    value: Decimal | None = Field(None, allow_inf_nan=False)
    baseline: Decimal | None = Field(None, allow_inf_nan=False)
    direction: str = "up"
    source: str = Field("", max_length=200)


class TermsIn(Schema):
    title: str = Field("", max_length=200)
    text: str = Field("", max_length=4000)
    due: date | None = None
    begins: date | None = None
    deliverable: str = Field("", max_length=1000)
    target: TargetIn | None = None
    basis: str = Field("", max_length=400)
    amount: Decimal | None = Field(None, allow_inf_nan=False)
    budget_line: str = Field("", max_length=120)
    condition: str = Field("", max_length=1000)
    matters: list[str] = []


class ToIn(Schema):
    name: str = Field(max_length=200)
    kind: str = "enterprise"
    code: str = Field("", max_length=40)


class PromiseIn(Schema):
    kind: str
    unit: str
    terms: TermsIn
    made_on: date
    to: ToIn | None = None
    reference: str = Field("", max_length=120)
    post: str = Field("", max_length=16)
    official: str = Field("", max_length=16)
    domain: str = Field("", max_length=8)
    why: str = Field("", max_length=500)


class PromiseOut(Schema):
    uid: str
    kind: str
    domain: str
    unit: str
    reference: str
    title: str
    made_on: date
    due: date
    due_asked: date
    grace_until: date
    state: str
    progress: Decimal
    disputed: bool
    answer_due: date | None
    amount: Decimal | None
    flags: list[str]
    version: int


class PromisePage(Schema):
    items: list[PromiseOut]
    total: int
    next: str | None


class Filters(Schema):
    kind: str = ""
    state: str = ""
    unit: str = ""
    domain: str = ""
    q: str = Field("", max_length=60)
    flag: str = ""
    due_by: date | None = None


def terms_of(given: TermsIn) -> rules.Terms:
    target = rules.Target(**given.target.dict()) if given.target else None
    return rules.Terms(**{**given.dict(), "target": target, "matters": tuple(given.matters)})


def _promise(given: PromiseIn) -> services.Promise:
    to = services.To(**given.to.dict()) if given.to else None
    return services.Promise(**{**given.dict(), "terms": terms_of(given.terms), "to": to})


def _status(found: queries.Status) -> dict[str, Any]:
    return {
        "uid": found.uid, "as_of": found.as_of, "known_at": found.known_at, "state": found.state, "version": found.version,
        "due": found.due, "disputed": found.disputed, "progress": found.judgement.progress, "late_days": found.judgement.late_days,
        "reasons": [{"zh": r.zh, "en": r.en} for r in found.judgement.reasons], "next_on": found.judgement.next_on,
    }


@router.get("/promises", response=PromisePage)
def list_promises(request: HttpRequest, filters: Query[Filters], paging: Query[Paging]) -> Any:
    actor_of(request).must("commitments.see")
    given = filters.dict()
    rows = queries.commitments(**{k: v for k, v in given.items() if k not in ("q", "due_by")}, text=filters.q, due_by=filters.due_by,
                               on=clock.today())
    return page_of(request, rows, paging)


@router.post("/promises", response=dict[str, str])
def register_promise(request: HttpRequest, promise: PromiseIn) -> Any:
    """Vague promises are refused with `PROM-VAGUE` and the missing parts in `missing`."""
    return {"uid": services.register(_promise(promise), by=actor_of(request), at=clock.now())}


@router.post("/promises/check", response=list[dict[str, Any]])
def check_promise(request: HttpRequest, promise: PromiseIn) -> Any:
    """Before signing: `ULTRA` and `AMT-BUDGET` as warnings; nothing is written."""
    actor_of(request).must("commitments.register", promise.unit)
    return [{"code": f.code, "zh": f.words.zh, "en": f.words.en} for f in services.check(_promise(promise), today=clock.today())]


@router.post("/promises/many", response=dict[str, list[str]])
def register_promises(request: HttpRequest, promises: list[PromiseIn]) -> Any:
    """All or nothing; at most five thousand at once."""
    return {"uids": services.register_many([_promise(p) for p in promises[:MOST]], by=actor_of(request), at=clock.now())}


@router.get("/promises/{uid}", response=dict[str, Any])
def one_promise(request: HttpRequest, uid: str, as_of: date | None = None, known_at: Moment | None = None) -> Any:
    """The status by two clocks, all versions of the terms, and the history with its log entries."""
    actor_of(request).must("commitments.see")
    row = queries.row(uid)
    status = queries.status(uid, as_of=as_of or clock.today(), known_at=known_at or clock.now())
    versions = [{"version": n, "since": since, "terms": rules.to_json(terms), "reason": detail.get("reason", "")}
                for n, since, terms, detail in queries.versions(row)]
    history = [{"what": {"zh": e.what.zh, "en": e.what.en}, "on": e.on, "known_at": e.known_at, "log_index": e.log_index}
               for e in queries.history(row)]
    facts = queries.facts(row)
    offers = [{"evidence": o.uid, "day": o.proof.day, "value": o.proof.value, "valid_until": o.proof.valid_until, "state": o.state,
               "digest": o.digest, "source": o.source} for o in facts.offers.values()]
    disputes = [{"dispute": d.uid, "raised_on": d.raised_on, "answer_due": d.answer_due, "outcome": d.outcome,
                 "answered_on": d.answered_on} for d in facts.disputes.values()]
    return {"promise": PromiseOut.from_orm(row).dict(), "status": _status(status), "versions": versions, "history": history,
            "offers": offers, "disputes": disputes}


@router.post("/evaluate", response=dict[str, Any])
def evaluate_all(request: HttpRequest) -> Any:
    done = services.evaluate(by=actor_of(request), at=clock.now())
    return {"on": done.on, "turned": done.turned, "overdue": done.overdue, "lapsed": done.lapsed, "counts": done.counts}
