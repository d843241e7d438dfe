"""City management over the API: matters, sites and projects, derelictions. Matters move through `/api/v1/casework`."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Moment, Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.areas.rules import period_of
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d07_urban import queries, services

router = Router(tags=["d07 城市综合管理"])


class Found(Schema):
    kind: str
    title: str = Field(max_length=200, description="事由，不写门牌和姓名 what, without door number or name")
    place: str = Field(max_length=400)
    found_at: Moment
    origin: str = "report"
    ref: str = Field("", max_length=100)
    is_new: bool = False
    building: bool = False


class Planned(Schema):
    title: str = Field(max_length=200)
    due_on: date
    unit: str = ""


class Brought(Schema):
    code: str
    unit: str = Field(description="单位标识 uid of the unit")
    about: str
    reason: str


@router.get("/matters", response=dict[str, Any], summary="事项 Matters")
def matters(request: HttpRequest, paging: Query[Paging], state: Literal["open", "closed", "unplaced"] = "open") -> Any:
    """`state`: open, closed, unplaced. No address: that stands in the case."""
    by = actor_of(request)
    by.must(queries.SEE)
    page = page_of(request, queries.matters(by, state=state), paging)
    return {**page, "items": [
        {"uid": one["row"].uid, "kind": one["row"].kind, "title": one["row"].title, "origin": one["row"].origin, "how": one["row"].how,
         "unit": one["row"].unit, "units": one["row"].units, "state": one["code"], "late_days": one["late"], "site_by": one["row"].site_by,
         "fix_by": one["row"].fix_by, "escalated_at": one["row"].escalated_at} for one in queries.told(page["items"], clock.today())]}


@router.post("/matters", response={201: dict[str, Any]}, summary="登记事项 Enter a matter")
def report(request: HttpRequest, found: Found) -> Any:
    """The unit is found by the duty list of the day: `how` is one, border or none. Errors: those of `services.report`."""
    by, now = actor_of(request), clock.now()
    row = queries.matter(services.report(services.NewMatter(**found.dict()), by=by, at=now))
    return {"matter": row.uid, "how": row.how, "units": row.units}


@router.get("/sites", response=dict[str, Any], summary="综合治理点位 Sites under governance")
def sites(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Named sites of the duty list (`/api/v1/places/duties`) for estates and quasi-residential buildings, with how many projects."""
    by = actor_of(request)
    by.must(queries.SEE)
    page = page_of(request, queries.sites(by, clock.today()), paging)
    return {**page, "items": [{"uid": one["uid"], "kind": one["kind"], "place": one["place"].zh, "unit": one["unit"], "projects": one["n"]}
                              for one in page["items"]]}


@router.post("/sites/{uid}/projects", response={201: dict[str, str]}, summary="登记治理项目 List a project")
def list_project(request: HttpRequest, uid: str, new: Planned) -> Any:
    unit = registry.find(new.unit.strip(), as_of=clock.today()) if new.unit.strip() else ""
    made = services.list_project(uid, title=new.title, due_on=new.due_on, unit=unit, by=actor_of(request), at=clock.now())
    return {"matter": made}


@router.get("/derelictions", response=dict[str, Any], summary="失职线索 Signs of a dereliction")
def signs(request: HttpRequest, paging: Query[Paging], year: int | None = None) -> Any:
    """Errors: `YEAR`."""
    by, today = actor_of(request), clock.today()
    by.must(queries.SEE)
    period = period_of(today.year if year is None else year, today=today, known_at=clock.now())
    page = page_of(request, queries.signs(by, period), paging)
    return {**page, "items": [{"code": one.code, "unit": one.unit, "about": one.about, "on": one.on, "zh": queries.said(one).zh,
                               "en": queries.said(one).en} for one in page["items"]]}


@router.post("/derelictions", response={201: dict[str, str]}, summary="提出失职情形 Bring up a dereliction")
def bring_up(request: HttpRequest, given: Brought) -> Any:
    """Codes 1–4 from a sign; 5 and 6 need a file and are brought up in the console."""
    found = services.Brought(given.code, given.unit, given.about)
    return {"case": services.bring_up(found, reason=given.reason, by=actor_of(request), at=clock.now())}
