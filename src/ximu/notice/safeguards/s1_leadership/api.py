"""The API of row S1: gaps, leaders, meetings, resolutions, the proof of a day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.safeguards.s1_leadership import queries, services

router = Router(tags=["组织领导 leadership"])


class NewResolution(Schema):
    text: str = Field(max_length=2000)
    deliverable: str = Field(max_length=400)
    unit: str = Field(max_length=16)
    due: date


def _plain(lead: queries.Lead, *, people: bool) -> dict[str, Any]:
    shown = asdict(lead)
    if not people:
        for role in ("first", "charge"):
            if shown[role]:
                shown[role]["official"] = bool(shown[role]["official"])
    return shown


@router.get("/leaders", response=dict[str, Any], summary="第一责任人与分管领导 First responsible persons, leaders in charge")
def leaders(request: HttpRequest, paging: Query[Paging], as_of: date | None = None) -> Any:
    by = actor_of(request)
    by.must("leadership.see")
    people = by.can("registry.people")
    return page_of(request, queries.leads(as_of or clock.today()), paging, lambda one: _plain(one, people=people))


@router.get("/gaps", response=dict[str, list[dict[str, Any]]], summary="空缺 Gaps")
def gaps(request: HttpRequest, as_of: date | None = None) -> Any:
    actor_of(request).must("leadership.see")
    found = queries.gaps(as_of or clock.today())
    return {role: [{"unit": one.unit, "name": one.name} for one in rows] for role, rows in found.items()}


@router.get("/days/{day}", response=dict[str, Any], summary="每日核验 Proof of a day")
def proof(request: HttpRequest, day: date) -> Any:
    actor_of(request).must("leadership.see")
    row = queries.proof(day)
    return queries.day_body(row) | {"log_index": row.log_index, "exceptions": row.exceptions}


@router.get("/meetings", response=dict[str, Any], summary="会议 Meetings")
def meetings(request: HttpRequest, paging: Query[Paging]) -> Any:
    actor_of(request).must("leadership.see")
    page = page_of(request, queries.meetings(), paging)
    return {**page, "items": [
        {"uid": m.uid, "group": m.group, "number": m.number, "title": m.title, "held_on": m.held_on, "state": m.state,
             "minutes": m.minutes, "resolutions": [
                 {"number": r.number, "text": r.text, "unit": r.unit, "due": r.due, "commitment": r.commitment}
                 for r in queries.resolutions(m)]} for m in page["items"]]}


@router.post("/meetings", response={201: dict[str, str]}, summary="登记会议 Enter a meeting")
def record(
    request: HttpRequest, file: File[UploadedFile], group: Form[str], number: Form[str], title: Form[str], held_on: Form[date],
    present: Form[str] = "",
) -> Status:
    """`present`: uids of the units, separated by commas."""
    units = tuple(one.strip() for one in present.split(",") if one.strip())
    minutes = services.Minutes(group, number[:40], title[:120], held_on, units, file.read())
    return Status(201, {"meeting": services.record_meeting(minutes, by=actor_of(request), at=clock.now())})


@router.post("/meetings/{meeting}/resolutions", response={201: dict[str, int]}, summary="登记议定事项 Enter a resolution")
def resolve(request: HttpRequest, meeting: str, given: NewResolution) -> Status:
    wanted = services.Wanted(given.text, given.deliverable, given.unit, given.due)
    return Status(201, {"number": services.add_resolution(meeting, wanted, by=actor_of(request), at=clock.now())})


@router.post("/meetings/{meeting}/issue", response=dict[str, list[str]], summary="印发 Issue")
def issue(request: HttpRequest, meeting: str) -> Any:
    return {"commitments": services.issue_meeting(meeting, by=actor_of(request), at=clock.now())}
