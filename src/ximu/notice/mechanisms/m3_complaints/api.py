"""The API of row M3.4: leads, figures, and the request to see who reported, which another person grants on the report's page.

Reports themselves have no API: a program leaves traces, and a key names its holder.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.disclosure import queries as disclosure
from ximu.notice.mechanisms.m3_complaints import queries, services

router = Router(tags=["社会监督 complaints and reports"])


class PressLead(Schema):
    unit: str = Field(max_length=16)
    topic: str = Field(max_length=20)
    origin: str = Field(max_length=20)
    words: str = Field(max_length=2000)
    source: str = Field(max_length=300)


class ContactIn(Schema):
    purpose: str = Field("", max_length=200)


class LeadRow(PressLead):
    unit: str = Field(max_length=120)


@router.get("/leads", response=dict[str, Any], summary="线索 Leads")
def leads(request: HttpRequest, paging: Query[Paging], origin: str = "") -> Any:
    actor_of(request).must("complaints.leads")
    page = page_of(request, queries.leads(origin=origin), paging)
    return {**page, "items": [
            {"uid": one.uid, "unit": one.unit, "topic": one.topic, "origin": one.origin, "words": one.words, "source": one.source,
             "month": one.month} for one in page["items"]]}


@router.post("/leads", response={201: dict[str, str]}, summary="登记媒体与舆情线索 Enter a lead of the press or the public")
def press(request: HttpRequest, given: PressLead) -> Status:
    made, _ = services.report_press(given.unit, given.topic, origin=given.origin, words=given.words, source=given.source,
                                    by=actor_of(request), at=clock.now())
    return Status(201, {"lead": made})


@router.post("/leads/list", response={201: dict[str, Any]}, summary="登记线索清单 Bring a list of leads")
def bring(request: HttpRequest, rows: list[LeadRow]) -> Status:
    """Rows of the hotline, the press or the public, in Chinese words or codes; what is refused is named with its line."""
    given = [dict(zip(services.COLUMNS, (r.unit, r.topic, r.origin, r.words, r.source), strict=True)) for r in rows]
    return Status(201, services.bring_leads(rows=given, by=actor_of(request), at=clock.now()).envelope())


@router.post("/reports/{uid}/contact", response={201: dict[str, str]}, summary="申请查看举报人 Ask to see who reported")
def contact(request: HttpRequest, uid: str, given: ContactIn) -> Status:
    """A second handler consents and reads it on the page, never here. Errors: `PURPOSE`, `CONFLICT`, `REPORT-NONE`, `CONTACT-NONE`."""
    services.ask_contact(uid, purpose=given.purpose, by=actor_of(request), at=clock.now())
    return Status(201, {"state": "asked"})


@router.get("/figures", response=dict[str, Any], summary="季度统计 Figures of a quarter")
def figures(request: HttpRequest, year: int, quarter: int) -> Any:
    """Public as the page is: small cells are withheld so that no subtraction gives them away."""
    found = disclosure.published("complaints", on=clock.today(), year=year, number=quarter or -1)  # 0 would ask for the newest
    return found | {"tables": [{"name": t["name"].zh, "total": t["total"], "rows": [
        {"name": r["name"].zh, "count": r["count"]} for r in t["rows"]]} for t in found["tables"]]}
