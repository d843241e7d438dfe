"""The plan over the API: rows, lights, readings, evidence, import."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from ximu.foundation import clock, documents, papers
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of, kept_file
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.services import checking, evidence, following, importing, readings


class CheckIn(Schema):
    year: int
    half: str
    plan: str = ""


class SelfIn(Schema):
    row: str
    unit: str
    claim: str
    words: str


class FindingIn(Schema):
    row: str
    unit: str
    verdict: str
    mark: int | None = None
    words: str = ""


router = Router(tags=["plan 任务分工"])


class ReadingIn(Schema):
    due: date
    reason: str


class ReviewIn(Schema):
    accept: bool
    reason: str = ""


@router.get("/status")
def plan_status(request: HttpRequest, as_of: date | None = None, known_at: date | None = None, plan: str = "") -> dict[str, Any]:
    """The light of each row as of a day, with what was known by the end of `known_at`."""
    actor_of(request).must("plan.view")
    day = as_of or clock.today()
    found = queries.plan(plan)
    lines = queries.status(found, as_of=day, known_at=clock.end_of(known_at) if known_at else clock.now())
    return {"plan": found.uid, "number": found.number, "as_of": day, "known_at": known_at,
            "rows": [queries.envelope(line) for line in lines]}


@router.get("/matrix")
def plan_matrix(request: HttpRequest, as_of: date | None = None, plan: str = "") -> dict[str, Any]:
    """Unit × task: role, light and number of accepted proofs of each duty."""
    actor_of(request).must("plan.view")
    return queries.matrix(queries.plan(plan), as_of=as_of or clock.today(), known_at=clock.now())


@router.post("/import")
def plan_import(request: HttpRequest, file: File[UploadedFile], dry_run: bool = False) -> dict[str, Any]:
    """Read a notice (text, CSV, XLSX, DOCX) into the plan; `dry_run` writes nothing."""
    content, day = file.read(), clock.today()
    if dry_run:
        actor_of(request).must("plan.view")
        return importing.read_plan(file.name or "", content, as_of=day).envelope()
    return importing.import_plan(file.name or "", content, by=actor_of(request), at=clock.now(), on=day).envelope()


@router.post("/rows/{row}/readings")
def choose(request: HttpRequest, row: str, body: ReadingIn) -> dict[str, Any]:
    """Propose how an ambiguous schedule is read."""
    made = readings.choose_reading(row, due=body.due, reason=body.reason, by=actor_of(request), at=clock.now())
    return {"reading": made.uid, "due": made.due}


@router.post("/readings/{reading}/sign")
def sign(request: HttpRequest, reading: str) -> dict[str, Any]:
    """The second person signs."""
    made = readings.sign_reading(reading, by=actor_of(request), at=clock.now())
    return {"reading": made.uid, "due": made.due, "signed_at": made.signed_at}


@router.post("/readings/{reading}/withdraw")
def withdraw(request: HttpRequest, reading: str) -> dict[str, Any]:
    """Take a reading back."""
    readings.withdraw_reading(reading, by=actor_of(request), at=clock.now())
    return {"reading": reading, "withdrawn": True}


@router.post("/rows/{row}/evidence")
def submit(
    request: HttpRequest, row: str, file: File[UploadedFile], unit: Form[str], dated: Form[date],
    title: Form[str] = "", completes: Form[bool] = False,
) -> dict[str, Any]:
    """Hand in a file as progress of a unit's duty."""
    given = evidence.Given(title, dated, completes, file.read())
    made = evidence.submit_evidence(row, given, unit=unit, by=actor_of(request), at=clock.now())
    return {"evidence": made.uid, "digest": made.digest, "state": made.state, "expires_on": made.expires_on}


@router.get("/rows/{row}/evidence")
def evidence_list(request: HttpRequest, row: str, paging: Query[Paging]) -> dict[str, Any]:
    """What was handed in for a task, newest first; `file` opens it for those who judge it and for the unit itself."""
    actor_of(request).must("plan.view")
    page = page_of(request, queries.evidence_of(queries.row(row)), paging)
    return {**page, "items": [{"evidence": e.uid, "unit": e.unit, "title": e.title, "dated": e.dated, "expires_on": e.expires_on,
                               "completes": e.completes, "state": e.state, "reason": e.reason, "digest": e.digest} for e in page["items"]]}


@router.get("/evidence/{uid}/file")
def evidence_file(request: HttpRequest, uid: str) -> HttpResponseBase:
    return kept_file(queries.evidence_for(uid, actor_of(request)).digest)


@router.post("/evidence/{uid}/review")
def review(request: HttpRequest, uid: str, body: ReviewIn) -> dict[str, Any]:
    """Accept or return."""
    made = evidence.review_evidence(uid, accept=body.accept, reason=body.reason, by=actor_of(request), at=clock.now())
    return {"evidence": made.uid, "state": made.state}


@router.get("/burn-up")
def burn_up(request: HttpRequest, as_of: date | None = None, plan: str = "") -> list[dict[str, Any]]:
    """Tasks in all, proved and overdue, month by month."""
    actor_of(request).must("plan.view")
    return queries.burn_up(queries.plan(plan), as_of=as_of or clock.today(), known_at=clock.now())


@router.get("/unread")
def unread(request: HttpRequest, paging: Query[Paging], as_of: date | None = None, plan: str = "") -> dict[str, Any]:
    """Expressions of the notice that stand for no unit that day, with code and sentence."""
    actor_of(request).must("plan.view")
    found = [one for row in queries.rows(queries.plan(plan)) for one in queries.unread(row, as_of=as_of or clock.today())]
    return page_of(request, found, paging)


@router.get("/checks")
def checks(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    actor_of(request).must("plan.view")
    return page_of(request, queries.checks(), paging, lambda c: {
        "uid": c.uid, "year": c.year, "half": c.half, "as_of": c.as_of, "state": c.state, "digest": c.digest, "log_index": c.log_index,
        "missing": queries.missing(c)})


@router.post("/checks")
def open_check(request: HttpRequest, body: CheckIn) -> dict[str, Any]:
    made = checking.open_check(body.plan, year=body.year, half=body.half, by=actor_of(request), at=clock.now())
    return {"check": made.uid, "as_of": made.as_of, "state": made.state}


@router.get("/checks/{check}")
def check(request: HttpRequest, check: str, unit: str = "") -> dict[str, Any]:
    """The sheet; the figures of the report with their sources, and those that have gone stale."""
    actor_of(request).must("plan.view")
    row = queries.check(check)
    return {
        "uid": row.uid, "year": row.year, "half": row.half, "state": row.state, "digest": row.digest,
        "lines": [{"row": x.row, "unit": x.unit, "light": x.light, "claim": x.claim, "system": x.finding.system,
                   "verdict": x.finding.verdict,
                   "mark": x.finding.mark, "words": x.finding.words, "became": x.became,
                   "mid_year": {"verdict": x.before.verdict, "words": x.before.words} if x.before else None}
                  for x in queries.lines(row, unit=unit)],
        "figures": [{"key": f.key, "value": f.value, "source": f.source} for f in queries.report_figures(row)],
        "stale": [{"key": f.key, "value": f.value, "now": now} for f, now in queries.stale_figures(row, known_at=clock.now())]}


@router.get("/checks/{check}/report.{form}", summary="核查报告 The report of a check (docx, pdf)")
def report(request: HttpRequest, check: str, form: Literal["docx", "pdf"]) -> HttpResponse:
    """The same file as on its page; every figure has a numbered source. Errors: `CHECK-STATE` before the inputs are frozen."""
    actor_of(request).must("plan.view")
    row = queries.check(check)
    if not row.inputs:
        raise Refusal("CHECK-STATE", status=409, field="check", value=check[:16], rule="frozen", zh="检查尚未冻结，还没有报告。",
                      en="The check is not frozen yet: there is no report.")
    made = queries.letter(row, on=clock.today())
    return HttpResponse(documents.pdf(made) if form == "pdf" else documents.docx(made), content_type=papers.TYPES[form])


@router.post("/checks/{check}/self")
def report_self(request: HttpRequest, check: str, body: SelfIn) -> dict[str, Any]:
    made = checking.report_self(check, body.row, unit=body.unit, claim=body.claim, words=body.words, by=actor_of(request), at=clock.now())
    return {"row": made.row, "unit": made.unit, "claim": made.claim}


@router.post("/checks/{check}/freeze")
def freeze(request: HttpRequest, check: str) -> dict[str, str]:
    return {"digest": checking.freeze(check, by=actor_of(request), at=clock.now())}


@router.post("/checks/{check}/findings")
def find(request: HttpRequest, check: str, body: FindingIn) -> dict[str, Any]:
    made = checking.find(check, body.row, unit=body.unit, verdict=body.verdict, mark=body.mark, words=body.words, by=actor_of(request),
                         at=clock.now())
    return {"row": made.row, "unit": made.unit, "system": made.system, "verdict": made.verdict}


@router.post("/checks/{check}/confirm")
def confirm(request: HttpRequest, check: str) -> dict[str, int]:
    return {"confirmed": checking.confirm_rest(check, by=actor_of(request), at=clock.now())}


@router.post("/checks/{check}/sign")
def sign_check(request: HttpRequest, check: str) -> dict[str, str]:
    return {"state": checking.sign(check, by=actor_of(request), at=clock.now())}


@router.post("/next/{year}")
def propose_next(request: HttpRequest, year: int, plan: str = "") -> dict[str, Any]:
    made = following.propose_next(plan, year=year, by=actor_of(request), at=clock.now())
    return {"next": made.uid, "year": made.year, "lines": made.lines}


@router.post("/drafts/{draft}/adopt")
def adopt_next(request: HttpRequest, draft: str) -> dict[str, str]:
    return {"plan": following.adopt_next(draft, by=actor_of(request), at=clock.now()).uid}
