"""What is done with a promise: papers, evidence, confirmation and dispute, changes by decision, declining."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from ximu.foundation import clock, files, tickets
from ximu.foundation.api import ANYBODY
from ximu.foundation.web import actor_of
from ximu.ideas.commitments import queries, services
from ximu.ideas.commitments.api.register import MOST, TermsIn, terms_of
from ximu.kernel.actor import Actor

router = Router(tags=["commitments 承诺"])
PAPER_BYTES = 20 << 20
PAPER = ("commitments.prove", "commitments.change", "commitments.counterpart")


class PaperIn(Schema):
    """A paper by its digest, with the ticket of `/papers` where it lies here."""

    digest: str
    ticket: str = Field("", max_length=64)

    def named(self, by: Actor) -> str:
        """Errors: `EVID-DIGEST` for a paper that somebody else handed in."""
        return services.named(self.digest, self.ticket, by=by)

    def but_paper(self) -> dict[str, Any]:
        return self.dict(exclude={"digest", "ticket"})


class EvidenceIn(PaperIn):
    day: date
    value: Decimal = Field(Decimal(1), allow_inf_nan=False)
    valid_until: date | None = None
    name: str = ""
    note: str = ""


class ReadingIn(Schema):
    day: date
    value: Decimal = Field(allow_inf_nan=False)
    valid_until: date | None = None


class SeriesIn(Schema):
    source: str = Field(max_length=200)
    readings: list[ReadingIn] = Field(max_length=MOST)


class DisputeIn(PaperIn):
    words: str = Field(max_length=2000)


class RejectIn(Schema):
    reason: str = Field("", max_length=1000)


class ConfirmIn(PaperIn):
    words: str = Field("", max_length=1000)


class AnswerIn(PaperIn):
    outcome: str
    reason: str = Field("", max_length=2000)


class DecisionIn(PaperIn):
    """Why, and by which paper: `reason` is a class of the change procedure, `digest` that of the decision."""

    reason: str
    basis: str = Field("", max_length=400)
    compensation: str = Field("", max_length=1000)
    words: str = Field("", max_length=1000)
    on: date | None = None


class ChangeIn(DecisionIn):
    terms: TermsIn


class ReplaceIn(DecisionIn):
    follower: str = Field(max_length=16)


class DeclineIn(PaperIn):
    words: str = Field("", max_length=2000)


def _decision(given: DecisionIn, by: Actor) -> dict[str, Any]:
    said = services.Decision(given.reason, given.basis, given.named(by), given.compensation, given.words)
    return {"decision": said, "on": given.on, "by": by}


@router.post("/papers", response=dict[str, Any])
def keep_paper(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """A paper is kept under its digest, by which, with the ticket, evidence, disputes and decisions name it. Errors: `FILE-SIZE`."""
    by = actor_of(request)
    by.must(next((one for one in PAPER if by.can(one)), PAPER[0]))
    digest, size = files.keep(file.chunks(), most_bytes=PAPER_BYTES)
    return {"digest": digest, "bytes": size, "ticket": tickets.ticket_for(digest, by.human)}


@router.post("/promises/{uid}/key", response=dict[str, str])
def give_key(request: HttpRequest, uid: str) -> Any:
    """A new code for the counterpart, told only now."""
    return {"code": services.give_key(uid, by=actor_of(request), at=clock.now())}


ACTS = {"confirm": services.confirm, "dispute": services.dispute}


@router.post("/mine", response=dict[str, Any],
             summary="对方凭办理码查看、确认或提出异议 The counterpart's own promise, by its code", openapi_extra=ANYBODY)
def mine(request: HttpRequest, code: Form[str], act: Form[Literal["", "confirm", "dispute"]] = "", words: Form[str] = "",
         file: File[UploadedFile | None] = None) -> Any:
    """As on the page, without a key: whoever has the code may speak. Errors: `PROM-CODE`, `PROM-SLOW`, `EVID-DIGEST`, `PROM-DISPUTED`."""
    row, at = services.of_key(code[:40], at=clock.now()), clock.now()
    if act:
        digest = files.keep(file.chunks(), most_bytes=PAPER_BYTES, sealed=True)[0] if file and file.size else ""
        ACTS[act](row.uid, words=words[:2000], digest=digest, by=services.acting(row), at=at)
        row = queries.row(row.uid)
    facts, today = queries.facts(row), clock.today()
    return {"uid": row.uid, "title": row.title, "unit": row.unit, "due": row.due, "state": row.state,
            "waiting": facts.open_dispute(today) is not None,
            "disputes": [{"raised_on": d.raised_on, "answer_due": d.answer_due, "outcome": d.outcome} for d in facts.disputes.values()]}


@router.post("/promises/{uid}/evidence", response=dict[str, str])
def offer_evidence(request: HttpRequest, uid: str, evidence: EvidenceIn) -> Any:
    by = actor_of(request)
    return {"evidence": services.offer(uid, **evidence.but_paper(), digest=evidence.named(by), by=by, at=clock.now())}


@router.post("/promises/{uid}/evidence/{evidence}/accept", response=dict[str, str])
def accept_evidence(request: HttpRequest, uid: str, evidence: str) -> Any:
    return {"state": services.accept(uid, evidence=evidence, by=actor_of(request), at=clock.now())}


@router.post("/promises/{uid}/series", response=dict[str, str])
def enter_series(request: HttpRequest, uid: str, series: SeriesIn) -> Any:
    readings = [services.Reading(**r.dict()) for r in series.readings]
    return {"state": services.measure(uid, readings, source=series.source, by=actor_of(request), at=clock.now())}


@router.post("/promises/{uid}/dispute", response=dict[str, str])
def dispute_promise(request: HttpRequest, uid: str, dispute: DisputeIn) -> Any:
    by = actor_of(request)
    return {"dispute": services.dispute(uid, words=dispute.words, digest=dispute.named(by), by=by, at=clock.now())}


@router.post("/promises/{uid}/evidence/{evidence}/reject", response=dict[str, str])
def reject_evidence(request: HttpRequest, uid: str, evidence: str, given: RejectIn) -> Any:
    return {"state": services.reject(uid, evidence=evidence, reason=given.reason, by=actor_of(request), at=clock.now())}


@router.post("/promises/{uid}/confirm", response=dict[str, str])
def confirm_promise(request: HttpRequest, uid: str, given: ConfirmIn) -> Any:
    """The counterpart confirms what was performed."""
    by = actor_of(request)
    return {"state": services.confirm(uid, words=given.words, digest=given.named(by), by=by, at=clock.now())}


@router.post("/promises/{uid}/disputes/{dispute}/answer", response=dict[str, str])
def answer_dispute(request: HttpRequest, uid: str, dispute: str, given: AnswerIn) -> Any:
    """`outcome`: upheld or rejected."""
    by = actor_of(request)
    return {"state": services.answer(uid, dispute=dispute, **given.but_paper(), digest=given.named(by), by=by, at=clock.now())}


@router.post("/promises/{uid}/change", response=dict[str, str])
def change_promise(request: HttpRequest, uid: str, given: ChangeIn) -> Any:
    """New terms by decision; the old wording stays. A change of office is no reason (`PROM-BARRED`)."""
    return {"state": services.change(uid, terms=terms_of(given.terms), **_decision(given, actor_of(request)), at=clock.now())}


@router.post("/promises/{uid}/replace", response=dict[str, str])
def replace_promise(request: HttpRequest, uid: str, given: ReplaceIn) -> Any:
    return {"state": services.replace(uid, follower=given.follower, **_decision(given, actor_of(request)), at=clock.now())}


@router.post("/promises/{uid}/withdraw", response=dict[str, str])
def withdraw_promise(request: HttpRequest, uid: str, given: DecisionIn) -> Any:
    return {"state": services.withdraw(uid, **_decision(given, actor_of(request)), at=clock.now())}


@router.post("/promises/{uid}/decline", response=dict[str, str])
def decline_promise(request: HttpRequest, uid: str, given: DeclineIn) -> Any:
    """The unit says that it will not perform: broken from this day."""
    by = actor_of(request)
    return {"state": services.decline(uid, words=given.words, digest=given.named(by), by=by, at=clock.now())}
