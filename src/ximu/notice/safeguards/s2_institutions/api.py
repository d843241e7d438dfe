"""The API of row S2: coverage, documents, delays, parameters."""

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
from ximu.notice.safeguards.s2_institutions import queries, rules, services

router = Router(tags=["制度建设 institutions"])


class Says(Schema):
    item: str = Field(max_length=12)
    stance: str = Field(max_length=16)
    words: str = Field("", max_length=400)


class NewDelay(Schema):
    unit: str = Field(max_length=16)
    ground: str = Field(max_length=16)
    basis: str = Field(max_length=400)
    since: date


@router.get("/coverage", response=dict[str, Any], summary="覆盖矩阵 Coverage matrix")
def coverage(request: HttpRequest, as_of: date | None = None) -> Any:
    actor_of(request).must("institutions.see")
    on = as_of or clock.today()
    return {"as_of": on, "items": [{"code": code, "text": text} for code, text in queries.items()],
            "units": [asdict(one) for one in queries.standings(on)]}


@router.get("/parameters", response=dict[str, Any], summary="参数及其依据 Parameters and the rules behind them")
def parameters(request: HttpRequest, paging: Query[Paging], as_of: date | None = None) -> Any:
    actor_of(request).must("institutions.see")
    return page_of(request, queries.parameters(as_of or clock.today()), paging, asdict)


@router.get("/documents", response=dict[str, Any], summary="制度文件 Documents")
def documents(request: HttpRequest, paging: Query[Paging], kind: str = "", unit: str = "") -> Any:
    actor_of(request).must("institutions.see")
    page = page_of(request, queries.documents(kind=kind, unit=unit), paging)
    return {**page, "items": [{"uid": d.uid, "unit": d.unit, "kind": d.kind, "title": d.title, "versions": [
        {"uid": v.uid, "number": v.number, "reference": v.reference, "in_force_on": v.in_force_on, "repealed_on": v.repealed_on,
         "state": v.state, "text": v.text, "parameters": v.parameters} for v in queries.versions(d)]}
        for d in page["items"]]}


@router.post("/documents", response={201: dict[str, str]}, summary="登记文件 Enter a document")
def enter(
    request: HttpRequest, file: File[UploadedFile], unit: Form[str], kind: Form[str], title: Form[str], in_force_on: Form[date],
    reference: Form[str] = "", parameters: Form[str] = "",
) -> Status:
    names = tuple(name.strip() for name in parameters.split(",") if name.strip())
    new = services.NewVersion(unit[:16], kind, title[:200], reference[:80], in_force_on, file.read(), names)
    return Status(201, {"version": services.enter(new, by=actor_of(request), at=clock.now())})


@router.post("/versions/{version}/cover", response=dict[str, list[str]], summary="说明覆盖情况 Say what the plan covers")
def cover(request: HttpRequest, version: str, given: list[Says]) -> Any:
    said = [rules.Said(one.item, one.stance, one.words) for one in given]
    return {"missing": services.cover(version, said, by=actor_of(request), at=clock.now())}


@router.post("/versions/{version}/publish", response=dict[str, str], summary="印发 Publish")
def publish(request: HttpRequest, version: str) -> Any:
    return {"version": services.publish(version, by=actor_of(request), at=clock.now())}


@router.post("/versions/{version}/repeal", response=dict[str, str], summary="废止 Repeal")
def repeal(request: HttpRequest, version: str, on: date) -> Any:
    return {"version": services.repeal(version, on=on, by=actor_of(request), at=clock.now())}


@router.post("/delays", response={201: dict[str, str]}, summary="申请立法延期 Ask for a legislative delay")
def ask(request: HttpRequest, given: NewDelay) -> Status:
    return Status(201, {"delay": services.ask_delay(given.unit, ground=given.ground, basis=given.basis, since=given.since,
                                                    by=actor_of(request), at=clock.now())})


@router.post("/delays/{delay}/grant", response=dict[str, str], summary="同意延期 Grant a delay")
def grant(request: HttpRequest, delay: str) -> Any:
    return {"delay": services.grant_delay(delay, by=actor_of(request), at=clock.now())}


@router.post("/delays/{delay}/end", response=dict[str, str], summary="恢复计期 End a delay")
def end(request: HttpRequest, delay: str, until: date) -> Any:
    return {"delay": services.end_delay(delay, until=until, by=actor_of(request), at=clock.now())}
