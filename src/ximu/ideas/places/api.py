"""Whose a place is on a day, and the duty list; an address travels in the body of the request, never in its address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Moment, Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.places import queries, rules, services
from ximu.ideas.registry import queries as registry

router = Router(tags=["places 地点责任"])


class Asked(Schema):
    kind: str = Field(description="事项类别 kind: " + " ".join(rules.KINDS))
    place: str = Field(max_length=200, description="地址 address")
    on: date | None = Field(None, description="日期，缺省为今天 day, by default today")
    known_at: Moment | None = None


class NewLine(Schema):
    unit: str = Field(max_length=120, description="责任单位名称 name of the unit")
    district: str = Field(max_length=60)
    street: str = Field("", max_length=60)
    road: str = Field("", max_length=80)
    low: int | None = Field(None, ge=0, le=99_999)
    high: int | None = Field(None, ge=0, le=99_999)
    side: str = ""
    site: str = Field("", max_length=120)
    kinds: list[str] = []
    every: int | None = Field(None, ge=0, le=3660)
    basis: str = Field(max_length=400)
    since: date


class Ended(Schema):
    until: date


class Inspected(Schema):
    on: date
    note: str = Field(max_length=400)
    found: int = 0


@router.post("/whose", response=dict[str, Any], summary="查地址的责任单位 Whose is an address")
def whose(request: HttpRequest, asked: Asked) -> Any:
    """`how`: one, border (several units until one accepts) or none. Errors: `PLACE-KIND`, `PLACE-NONE`."""
    actor_of(request).must(queries.SEE)
    on = asked.on or clock.today()
    found = queries.whose(asked.kind, asked.place, on, known_at=asked.known_at)
    units = [{"uid": unit, "name": registry.name(unit, as_of=on)} for unit in found.units]
    return {"on": on, "how": found.how, "lines": found.rows, "units": units}


@router.get("/duties", response=dict[str, Any], summary="责任清单 The duty list")
def duties(request: HttpRequest, paging: Query[Paging], on: date | None = None) -> Any:
    """Lines that hold on a day, with the unit that carries each then."""
    actor_of(request).must(queries.SEE)
    day = on or clock.today()
    page = page_of(request, queries.listed(day), paging)
    items = queries.shown(page["items"], day)
    return {**page, "items": [{**one, "place": one["place"].zh, "kinds": one["kinds"].zh} for one in items]}


@router.post("/duties", response={201: dict[str, str]}, summary="登记责任范围 Enter a line")
def list_duty(request: HttpRequest, new: NewLine) -> Any:
    """Errors: those of `services.list_duty`, `ORG-UNKNOWN`, `SUBJ-AMBIG`."""
    district, street = queries.area_of(new.district, new.street)
    made = services.NewDuty(registry.find(new.unit, as_of=new.since), district, new.since, new.basis, tuple(new.kinds), street, new.road,
                            new.low, new.high, new.side, new.site, new.every)
    return {"duty": services.list_duty(made, by=actor_of(request), at=clock.now())}


@router.post("/duties/{uid}/end", response=dict[str, str], summary="终止责任范围 End a line")
def end_duty(request: HttpRequest, uid: str, given: Ended) -> Any:
    services.end_duty(uid, until=given.until, by=actor_of(request), at=clock.now())
    return {"duty": uid}


@router.post("/duties/{uid}/inspections", response={201: dict[str, str]}, summary="登记巡查 Enter an inspection")
def inspect(request: HttpRequest, uid: str, given: Inspected) -> Any:
    return {"inspection": services.inspect(uid, on=given.on, note=given.note, found=given.found, by=actor_of(request), at=clock.now())}
