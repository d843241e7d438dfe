"""The API of alarms: what is open, what became of them, how good each rule is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.rules import tables

router = Router(tags=["预警 alarms"])


class TableIn(Schema):
    """A delivered table as CSV text, and which columns get which check."""

    csv: str = Field(max_length=5_000_000)
    amounts: list[str] = []
    counts: list[str] = []
    estimates: list[str] = []
    keys: list[str] = []
    total: str = ""
    parts: list[str] = []
    changed: str = ""
    deadline: str = ""


class Page(Schema):
    items: list[dict[str, Any]]
    total: int
    next: str | None


class DecisionIn(Schema):
    outcome: str = Field(max_length=20)
    cause: str = Field(max_length=400)


@router.get("/alarms", response=Page, summary="预警，最严重的在前 Alarms, the gravest first")
def alarms(request: HttpRequest, paging: Query[Paging], every: bool = False, source: str = "", level: str = "") -> Any:
    by = actor_of(request)
    by.must("warnings.see")
    found = page_of(request, queries.alarms(units=by.units_with("warnings.see"), open_only=not every, source=source, level=level), paging)
    return {**found, "items": [queries.plain(a) for a in found["items"]]}


@router.get("/rules", response=list[dict[str, Any]], summary="各规则的查准率 Precision of each rule")
def rules(request: HttpRequest) -> Any:
    actor_of(request).must("warnings.see")
    return [asdict(one) | {"retire": one.retire} for one in queries.records()]


@router.get("/false-alarms", response=list[dict[str, Any]], summary="各规则在平静期的误报率 False-alarm rate of each rule on quiet history")
def false_alarms(request: HttpRequest) -> Any:
    actor_of(request).must("warnings.see")
    return queries.rule_rates()


@router.get("/silences", response=Page, summary="无数据与沉默的序列 Where there are no data")
def silences(request: HttpRequest, paging: Query[Paging], every: bool = False) -> Any:
    by = actor_of(request)
    by.must("warnings.see")
    found = page_of(request, queries.silences(units=by.units_with("warnings.see"), open_only=not every), paging)
    return {**found, "items": [queries.plain_silence(s) for s in found["items"]]}


@router.post("/alarms/{uid}/decide", response=dict[str, str], summary="核实 Decide")
def decide(request: HttpRequest, uid: str, given: DecisionIn) -> Any:
    made = services.decide(uid, outcome=given.outcome, cause=given.cause, by=actor_of(request), at=clock.now())
    return {"alarm": made.uid, "outcome": made.outcome}


@router.post("/quality", response=list[dict[str, Any]], summary="报送数据核查 Can these figures be true?")
def quality(request: HttpRequest, given: TableIn) -> Any:
    """Benford, last digits, heaping, duplicates, sums, late revisions. Nothing is kept."""
    actor_of(request).must("warnings.see")
    asked: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.dict(exclude={"csv"}).items()}
    return [{"columns": columns, **asdict(one), "reason": {"zh": one.reason.zh, "en": one.reason.en}}
            for columns, one in tables.judged(given.csv.splitlines(), tables.Checks(**asked))]
