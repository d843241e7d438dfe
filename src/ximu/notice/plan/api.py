"""The plan over the API: rows, lights, readings, evidence, import."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.notice.plan import queries
from ximu.notice.plan.services import evidence, importing, readings

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
    """Unit × task, with the role in each cell."""
    actor_of(request).must("plan.view")
    return queries.matrix(queries.plan(plan), as_of=as_of or clock.today())


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


@router.post("/evidence/{uid}/review")
def review(request: HttpRequest, uid: str, body: ReviewIn) -> dict[str, Any]:
    """Accept or return."""
    made = evidence.review_evidence(uid, accept=body.accept, reason=body.reason, by=actor_of(request), at=clock.now())
    return {"evidence": made.uid, "state": made.state}
