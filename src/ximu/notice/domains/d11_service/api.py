"""Government service over the API: a window or terminal pushes ratings with its key, codes are handed out, cases and ratings are read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Body, Field, Router, Schema, Status

from ximu.foundation import api, clock
from ximu.foundation.web import actor_of, source_of
from ximu.notice.domains.d11_service import queries, rules, services

router = Router(tags=["d11 互联网+政务服务"])


class RatingsIn(Schema):
    rows: list[dict[str, Any]] = Field(max_length=1000, description="字段同评价文件 the fields of a file of ratings: case, window, level …")


class CodeIn(Schema):
    case: str = Field(max_length=64)
    window: str = Field(max_length=20)
    person: str = Field("", max_length=100, description="只用于一人一评，即刻转为带密钥摘要 turned into a keyed digest at once")


@router.post("/ratings", response=dict[str, Any], summary="报送好差评 Push ratings")
def push(request: HttpRequest, body: RatingsIn) -> Any:
    """Good rows are kept, bad ones named: `RATE-NOCASE`, `RATE-WINDOW`, `RATE-PERSON`, `RATE-DUP`, `RATE-NUMBER`, `RATE-LEVEL`, `SEQ` …"""
    return services.push(body.rows, by=actor_of(request), at=clock.now())


@router.post("/codes", response={201: dict[str, str]}, summary="发评价码，只告知一次 Hand out a code, told this once")
def code(request: HttpRequest, body: CodeIn) -> Any:
    return Status(201, {"code": services.issue_code(body.case, body.window, person=body.person, by=actor_of(request), at=clock.now())})


@router.post("/rate", response={201: dict[str, str]}, summary="凭评价码评价 Rate by the code of a case", openapi_extra=api.ANYBODY)
def rate(request: HttpRequest, body: Body[dict[str, str]]) -> Any:
    """`code`, `level` and what the page asks beside. Errors: `RATE-NOCASE` without a code, `RATE-CODE`, `RATE-DUP`, `RATE-LEVEL` …"""
    found = services.look(body.get("code", "")[:40], at=clock.now(), source=source_of(request))
    return Status(201, {"state": services.rate_by_code(found, body, at=clock.now())})


def _row(row: Any) -> dict[str, Any]:
    return {"uid": row.uid, "case": row.case, "item": row.item, "unit": row.unit, "window": row.window, "level": row.level,
            "zh": rules.LEVELS[row.level].zh, "aspects": row.aspects, "rated_at": row.rated_at, "followed": row.followed,
            "state": row.burst.state if row.burst else "counted", **{day: getattr(row, day) for day in (
                "contact_due", "contacted_on", "fix_due", "fixed_on", "closed_on", "closed_as")}}


@router.get("/ratings", response=list[dict[str, Any]], summary="好差评 Ratings")
def ratings(request: HttpRequest, poor: bool = False, skip: int = 0) -> Any:
    """Of the units that you may see, the newest first, 500 at once after `skip`."""
    by, first = actor_of(request), min(max(skip, 0), 10**8)
    by.must(queries.SEE)
    return [_row(row) for row in queries.ratings(by, **({"level__lt": rules.GOOD} if poor else {}))[first:first + queries.MOST_SHOWN]]


@router.get("/bursts", response=list[dict[str, Any]], summary="暂扣的集中评价 Held bursts")
def bursts(request: HttpRequest) -> Any:
    """The open ones first; they are decided as cases (`case`)."""
    by = actor_of(request)
    by.must(queries.SEE)
    return queries.held(by)


@router.get("/cases/{path:number}", response=dict[str, Any], summary="办件与环节 A case with its steps")
def case(request: HttpRequest, number: str) -> Any:
    """Promised and actual days of the case and of each step. Errors: `D11-NONE`."""
    by = actor_of(request)
    by.must(queries.SEE)
    row = queries.service_case(number, actor=by)
    rated = queries.ratings(by, case=row["case_no"])[:queries.MOST_SHOWN]
    return {**row, "steps": queries.steps_of(row["case_no"]), "ratings": [_row(one) for one in rated]}
