"""The API of row D3: sections with their terms, reports used there, scales, sharing; figures are at `/api/v1/areas/d03/`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.credit import queries as credit
from ximu.notice.domains.d03_tendering import queries, services
from ximu.notice.domains.d03_tendering.queries import register

router = Router(tags=["d03 招标投标"])
SEE = queries.SEE


class UseIn(Schema):
    """`report`: its uid; `document`: SHA-256 of its file in hand."""

    report: str
    document: str


class RowsIn(Schema):
    """Marks by column of the scale; a column that it does not have, such as a name, is refused."""

    rows: list[dict[str, str]]


@router.get("/sections", response=dict[str, Any], summary="标段 Sections of tenders")
def sections(request: HttpRequest, paging: Query[Paging], q: str = "") -> Any:
    """Of the units that the caller may see, the newest first, found by number or title, with the counts of law that were not kept."""
    by, now = actor_of(request), clock.now()
    by.must(SEE)
    page, judged = page_of(request, queries.owned(by, asked=q[:60], at=now), paging), queries.judge(clock.city_day(now))
    return {**page, "items": [{"section": row["section"], "title": row["title"], "unit": unit, "notice_on": row["notice_on"],
                               "failed": [name.zh for name in queries.failed(row, judged)]} for row, unit in page["items"]]}


@router.get("/sections/{number}", response=dict[str, Any], summary="标段 A section with its counts of law and the reports used")
def section(request: HttpRequest, number: str) -> Any:
    """Each use carries what is known of its report today. Errors: `D03-NONE`."""
    now = clock.now()
    today, (row, unit) = clock.city_day(now), queries.seen(number, actor_of(request), at=now)
    judged = queries.judge(today)
    return {"section": dict(row), "unit": unit, "duties": [asdict(duty) for _, duty in queries.duties(row, judged)],
            "disputes": [{**one, "duties": [asdict(duty) for _, duty in queries.duties(one, judged)]}
                         for one in queries.disputes(number, known_at=now)],
            "uses": [
                {"uid": one.row.uid, "report": one.row.report.uid, "number": one.row.report.number, "used_on": one.row.used_on,
                 "state": one.state, "faults_today": list(one.faults)}
                for one in credit.uses(today, area=queries.ROW, about=row["section"])]}


@router.post("/sections/{number}/uses", response=dict[str, Any], summary="在标段中使用报告 Use a report in a section")
def use(request: HttpRequest, number: str, body: UseIn) -> Any:
    """It is checked now. Errors: `REP-EXP`, `REP-REVOKED`, `REP-LEAD`, `ISSUER`, `REP-DIGEST`, `REP-USED`, `D03-NONE`, `D03-CLOSED` …"""
    made = services.use_report(body.report, number, document=body.document, by=actor_of(request), at=clock.now())
    return {"use": made.uid, "section": made.about, "used_on": made.used_on, "log_index": made.log_index}


@router.get("/standards", response=list[dict[str, Any]], summary="信用评价标准 Scales of credit evaluation")
def standards(request: HttpRequest) -> Any:
    """Open to everybody: versions with the day from which each is in force."""
    return [{"version": one.version, "since": one.since, "resolution": one.resolution, "log_index": one.log_index,
             "digest": register.method_of(one).digest} for one in register.standards()]


@router.get("/standards/{version}", summary="标准全文 The text of a scale")
def standard(request: HttpRequest, version: str) -> HttpResponse:
    """Open to everybody: TOML as published. Errors: `STD-NONE`."""
    return HttpResponse(register.text_of(register.standard(version)), content_type="application/toml; charset=utf-8")


@router.post("/standards/{version}/score", response=list[dict[str, Any]], summary="按标准评分 Score by a scale; nothing is kept")
def score(request: HttpRequest, version: str, body: RowsIn) -> Any:
    """Errors: `PERM-DENIED`, `STD-NONE`, `STD-FIELD`, `STD-VALUE`, `STD-ROWS`."""
    actor_of(request).must(SEE)
    return [{"row": one.place, "score": one.score, "grade": one.grade, "until": one.until, "factors": one.factors}
            for one in services.score(version, body.rows, on=clock.today())]


@router.get("/shared", response=dict[str, Any], summary="与交易中心共享 What the trading centre has, with receipts")
def shared(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The whole city sees every row, others those of records that they may read."""
    by = actor_of(request)
    by.must(SEE)
    channel, rows = register.shared(by, at=clock.now())
    page = page_of(request, rows, paging)
    return {**page, "channel": channel.code if channel else None, "items": [
        {"record": one.number, "version": one.version, "op": one.op, "state": one.state,
         "package": one.package and one.package.sequence, "receipt_at": one.package and one.package.settled_at} for one in page["items"]]}
