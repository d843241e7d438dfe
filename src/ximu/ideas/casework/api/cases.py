"""The API of the room: procedures, cases, moves, papers, effects, calendars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status, UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.queries.cases import TABS
from ximu.ideas.casework.rules import Given, Term

LONGEST = 512 * 1024
router = Router(tags=["办件 cases"])


class MoveOut(Schema):
    verb: str
    name_zh: str
    name_en: str
    needs: list[str]


class CaseLine(Schema):
    uid: str
    number: str
    procedure: str
    state: str
    state_zh: str
    about: str
    holder: str
    opened_at: datetime
    closed_at: datetime | None
    due: date | None
    late: bool
    paused: bool


class Cases(Schema):
    items: list[CaseLine]
    total: int
    next: str | None


class StepOut(Schema):
    verb_zh: str
    after_zh: str
    unit: str
    at: datetime
    log_index: int
    detail: dict[str, Any]


class MarkOut(Schema):
    page: int
    reason_zh: str
    reason_en: str


class PaperOut(Schema):
    """As the reader gets it: where `original` is false, digest and size are those of the redacted form (empty while it awaits approval)."""

    uid: str
    digest: str
    size: int
    original: bool
    marks: list[MarkOut]
    redaction_waits: bool
    withheld: bool
    opened_by_units: list[str]


class CaseOut(CaseLine):
    counted: dict[str, Any]
    moves: list[MoveOut]
    steps: list[StepOut]
    papers: list[PaperOut]


class NewCase(Schema):
    procedure: str = Field(max_length=40)
    about: str = Field("", max_length=60)
    subject: str = Field("", max_length=16)
    source: str = Field("", max_length=16)
    reason: str = Field("", max_length=4000)


class NewMove(Schema):
    verb: str = Field(max_length=40)
    reason: str = Field("", max_length=4000)
    ground: str = Field("", max_length=40)
    proof: str = Field("", max_length=400)
    values: dict[str, Any] = {}


class ManyMoves(NewMove):
    cases: list[str] = Field(max_length=services.MOST_AT_ONCE)


class OutcomeOut(Schema):
    uid: str
    number: str
    state: str
    refusal: dict[str, Any] | None


class TermOut(Schema):
    code: str = Field(max_length=40)
    since: date
    value: int
    unit: str
    source: str = Field(max_length=300)
    sure: bool = False


class TouchedOut(Schema):
    case: str
    number: str
    procedure: str
    started: date
    due: date | None
    would_be: date | None


class YearOut(Schema):
    year: int
    source: str
    loaded: bool


class EffectOut(Schema):
    uid: str
    number: str
    version: int
    kind_zh: str
    target: str
    unit: str
    state: str
    paused: bool
    receipt: str
    stopping_at: datetime | None


class EffectsOut(Schema):
    items: list[EffectOut]
    total: int
    next: str | None


class Receipt(Schema):
    receipt: str = Field(max_length=200)


def _line(case: Any) -> dict[str, Any]:
    made = queries.procedure(case.procedure)
    return {"uid": case.uid, "number": case.number, "procedure": case.procedure, "state": case.state, "about": case.about,
            "state_zh": made.states[case.state].name.zh, "holder": case.holder, "opened_at": case.opened_at, "closed_at": case.closed_at,
            "due": case.due, "late": case.late, "paused": case.paused}


def whole(uid: str, request: HttpRequest) -> dict[str, Any]:
    seen = queries.case(uid, actor=actor_of(request), at=clock.now())
    return {
        **_line(seen.row), "counted": seen.clock.counted if seen.clock else {},
        "moves": [{"verb": m.verb, "name_zh": m.name.zh, "name_en": m.name.en, "needs": list(m.needs)} for m in seen.moves],
        "steps": [{"verb_zh": s.verb.zh, "after_zh": s.after.zh, "unit": s.unit, "at": s.at, "log_index": s.log_index, "detail": s.detail}
                  for s in seen.steps],
        "papers": [{"uid": f.uid, "digest": f.digest, "size": f.size, "original": f.original, "redaction_waits": f.waiting is not None,
                    "withheld": f.held,
                    "marks": [{"page": page, "reason_zh": reason.zh, "reason_en": reason.en} for page, reason in f.marks],
                    "opened_by_units": [unit for unit, _, _ in f.openings]} for f in seen.files],
    }


@router.get("/procedures", response=list[dict[str, Any]], summary="程序声明 Procedures as declared")
def procedures(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"code": p.code, "zh": p.name.zh, "en": p.name.en, "row": p.row, "basis": p.basis, "states": list(p.states),
             "limits": list(p.limits)} for p in queries.procedures().values()]


@router.get("/cases", response=Cases, summary="办件列表 My cases")
def cases(request: HttpRequest, paging: Query[Paging], tab: str = "", procedure: str = "") -> dict[str, Any]:
    """Of my units (`unit`); for who handles none but is a party, such as the subject of a notice, those he may see (`open`, `closed`)."""
    by = actor_of(request)
    if not by.unit:
        by.must("casework.handle")
    rows = queries.inbox(by, tab=tab if tab in TABS else "unit" if by.can("casework.handle") else "open", kind=procedure)
    found = page_of(request, rows, paging)
    return {**found, "items": [_line(case) for case in found["items"]]}


@router.post("/cases", response={201: CaseOut}, summary="提出一般办件 Open a general case")
def open_case(request: HttpRequest, given: NewCase) -> Status:
    by, at = actor_of(request), clock.now()
    by.must(queries.procedure(given.procedure).opens or "casework.never")
    opening = services.Opening(about=given.about, subject=given.subject, source=given.source)
    uid = services.open_case(given.procedure, opening=opening, given=Given(given.reason), by=by, at=at)
    return Status(201, whole(uid, request))


@router.get("/cases/{uid}", response=CaseOut, summary="一个办件 One case")
def case(request: HttpRequest, uid: str) -> dict[str, Any]:
    return whole(uid, request)


@router.post("/cases/{uid}/moves", response=CaseOut, summary="办理 Make a move")
def move(request: HttpRequest, uid: str, given: NewMove) -> dict[str, Any]:
    """Papers are handed in before, at `/cases/{uid}/papers`; they are the move's evidence when `values.papers` names their digests."""
    by, at = actor_of(request), clock.now()
    values = dict(given.values)
    wanted = [str(d) for d in values.pop("papers", [])] if isinstance(values.get("papers", []), list) else []
    known = {f.digest for f in queries.case(uid, actor=by, at=at).files}
    told = Given(given.reason, given.ground, given.proof, tuple(d for d in wanted if d in known), values)
    services.move(uid, given.verb, given=told, by=by, at=at)
    return whole(uid, request)


@router.post("/moves", response=list[OutcomeOut], summary="批量办理 The same move for many cases")
def move_many(request: HttpRequest, given: ManyMoves) -> list[dict[str, Any]]:
    """Each by itself: what is refused for one case is told with its code, and the others are done."""
    said = Given(given.reason, given.ground, given.proof, (), given.values)
    done = services.move_many(given.cases, given.verb, given=said, by=actor_of(request), at=clock.now())
    return [{"uid": one.case, "number": one.number, "state": one.state, "refusal": one.refusal.envelope() if one.refusal else None}
            for one in done]


class HandOver(Schema):
    cases: list[str] = Field(max_length=1000)
    unit: str = Field(max_length=16)
    reason: str = Field(max_length=4000)


@router.post("/hand-over", response=dict[str, int], summary="移交 Give cases to another unit, all or none")
def hand_over(request: HttpRequest, given: HandOver) -> dict[str, int]:
    """Errors: `PERM-DENIED`, `REASON`, `ORG-NONE`, `ORG-ENDED`, `CASE-NONE`, `STATE-EDGE`."""
    by = actor_of(request)
    by.must("casework.hand_over")
    return {"cases": services.hand_over(given.cases, unit=given.unit, reason=given.reason, by=by, at=clock.now())}


class Demand(Schema):
    reason: str = Field(max_length=4000)


@router.post("/cases/{uid}/slips", response={201: dict[str, str]}, summary="签发督办单 Issue a supervision slip")
def supervise(request: HttpRequest, uid: str, given: Demand) -> Status:
    return Status(201, {"number": services.issue_slip(uid, reason=given.reason, by=actor_of(request), at=clock.now())})


@router.get("/terms", response=list[TermOut], summary="期限参数 Limits with their source")
def terms(request: HttpRequest) -> list[Any]:
    actor_of(request).must("casework.handle")
    known = queries.terms()
    return [term for code in known.codes() for term in known.rows(code)]


@router.post("/terms", response={201: list[TouchedOut]}, summary="设定期限 Set a limit; the open cases that it touches")
def set_term(request: HttpRequest, given: TermOut, preview: bool = False) -> Status:
    """With `preview` nothing is set."""
    term, by = Term(given.code, given.since, given.value, given.unit, given.source, given.sure), actor_of(request)
    return Status(201, services.preview_term(term, by=by) if preview else services.set_term(term, by=by, at=clock.now()))


@router.get("/years", response=list[YearOut], summary="年历 Years with a calendar")
def years(request: HttpRequest) -> list[dict[str, Any]]:
    by = actor_of(request)
    if not by.can("casework.calendar"):
        by.must("casework.handle")
    return [{"year": year, "source": source, "loaded": here} for year, source, here in queries.calendar_years()]


@router.get("/effects/open", response=EffectsOut, summary="未确认停止的效果 Effects without a receipt")
def open_effects(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    by = actor_of(request)
    by.must("casework.effects_see")
    return page_of(request, queries.within_reach(queries.open_effects(), by), paging, _effect)


@router.get("/effects", response=list[EffectOut], summary="一条记录引起的全部效果 Everything that a record did")
def effects(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    by = actor_of(request)
    by.must("casework.effects_see")
    return [_effect(row) for row in queries.within_reach(queries.effects_of(number), by)]


def _effect(row: queries.EffectRow) -> dict[str, Any]:
    return {"uid": row.uid, "number": row.number, "version": row.version, "kind_zh": row.kind.zh, "target": row.target, "unit": row.unit,
            "state": row.state, "paused": row.paused, "receipt": row.receipt, "stopping_at": row.stopping_at}


@router.post("/effects/{uid}/stop", response={204: None}, summary="确认已停止 Confirm the stop")
def confirm(request: HttpRequest, uid: str, given: Receipt) -> Status:
    services.confirm_stop(uid, receipt=given.receipt, by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/years", response={201: dict[str, int]}, summary="载入年历 Load the calendar of a year")
def load_year(request: HttpRequest, source: Form[str], file: File[UploadedFile]) -> Status:
    """CSV or JSON with the notice that sets the days. Errors: `PERM-DENIED`, the `CAL-*` of loading."""
    by = actor_of(request)
    by.must("casework.calendar")
    return Status(201, {"year": services.load_calendar(file.read(LONGEST + 1), source=source, by=by, at=clock.now())})


@router.get("/calendar/{key}.ics", summary="期限日历 Deadlines as iCalendar", include_in_schema=True)
def feed(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(queries.icalendar(key, at=clock.now()), content_type="text/calendar; charset=utf-8")
