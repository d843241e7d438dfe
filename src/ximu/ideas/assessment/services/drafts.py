"""How does a draft become public? Sent to the units, objected to, made final by a second person, published; and the extract."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.ideas.assessment import queries
from ximu.ideas.assessment.models import Act, Extract, Objection, Run
from ximu.ideas.assessment.queries.shown import extract_body, told
from ximu.ideas.assessment.services.runs import SETTLED, compute_anew, edge, log
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT_BYTES = 32


def send_draft(uid: str, *, by: Actor, at: datetime) -> Run:
    """Let each unit see its own draft and object. Errors: `PERM-DENIED`, `SCORE-NONE`, `STATE-EDGE`."""
    by.must("assessment.run")
    row = queries.run_row(uid)
    with transaction.atomic():
        if not Run.objects.filter(pk=row.pk, state=Run.State.DRAFT).update(state=Run.State.SENT):
            raise edge(row.state, "sent")
        row.refresh_from_db()
        log(Act(kind="score.sent", method=row.method, run=row, by=by.uid, at=at))
    return row


def object_to(uid: str, *, unit: str, indicator: str, words: str, by: Actor, at: datetime) -> str:
    """A unit objects to one indicator of its own draft; the case.

    Errors: `PERM-DENIED`, `SCORE-NONE`, `INDEX-UNIT`, `SCORE-CLOSED` when no draft is out, `SCORE-INDICATOR`, `REASON`, `CASE-DUP`.
    """
    by.must("assessment.object", unit)
    row = queries.run_row(uid)
    result = told(row)
    if unit not in result["published"]:
        raise Refusal("INDEX-UNIT", status=404, field="unit", value=unit[:80], rule="unit of the run", zh="本次计算没有这个单位。",
                      en="The run has no such unit.")
    if row.state != Run.State.SENT:
        raise Refusal("SCORE-CLOSED", status=409, field="state", value=row.state, rule="sent", zh="该考核不在征求意见期内。",
                      en="The draft is not out for objections.")
    if indicator not in result["indicators"]:
        raise Refusal("SCORE-INDICATOR", status=404, field="indicator", value=indicator[:80], rule="indicator of the method",
                      zh="该方法没有这个指标。", en="The method has no such indicator.")
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明意见和理由。", en="Say what is wrong and why.")
    opening = Opening(about="", key=f"score:{row.uid}:{unit}:{indicator}"[:160], subject=unit, source="", values={
        "told": {"考核": f"{row.method.name_zh} {row.period}", "单位": result["labels"][unit], "指标": indicator}})
    try:
        with transaction.atomic():
            case = casework.open_case("score_objection", opening=opening, given=Given(words.strip()[:4000]), by=by, at=at, checked=True)
            Objection.objects.create(run=row, unit=unit, indicator=indicator, words=words.strip()[:4000], case=case, at=at)
            log(Act(kind="score.objection", method=row.method, run=row, by=by.uid, at=at))
    except IntegrityError as error:
        raise Refusal("CASE-DUP", status=409, field="indicator", value=indicator, rule="once", zh="对该指标的意见已提出过。",
                      en="There was an objection to this indicator before.") from error
    return case


class Objecting:
    """Nobody decides on a result that he computed."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        found = Objection.objects.select_related("run").filter(case=case.uid).first()
        if move.decides and found is not None and found.run.run_by == by.human:
            raise Refusal("SCORE-TWO", status=403, field="by", rule="second person", zh="计算人不能办理对该结果的意见。",
                          en="Who computed a result does not decide on objections to it.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        """An objection that was upheld starts a new run; the old one stays as it is, replaced. A second one replaces the newest."""
        found = Objection.objects.select_related("run").filter(case=case.uid).first()
        if move.verb == "uphold" and found is not None:
            compute_anew(queries.newest(found.run).uid, by=by, at=at)


CONDUCTS = {"score_objection": Objecting()}


def publish(uid: str, *, by: Actor, at: datetime) -> Run:
    """Errors: `PERM-DENIED`, `SCORE-NONE`, `SCORE-TWO`, `STATE-EDGE` before it is final."""
    by.must("assessment.publish")
    row = queries.run_row(uid)
    if row.run_by == by.human:
        raise Refusal("SCORE-TWO", status=403, field="by", rule="second person", zh="计算人不能自己公布。",
                      en="Who computed a result cannot publish it.")
    with transaction.atomic():
        if not Run.objects.filter(pk=row.pk, state=Run.State.FINAL).update(state=Run.State.PUBLISHED):
            raise edge(row.state, "published")
        row.refresh_from_db()
        log(Act(kind="score.published", method=row.method, run=row, by=by.uid, at=at))
    return row


def extract(uid: str, unit: str, *, by: Actor, at: datetime) -> Extract:
    """Seal a unit's result for the performance office; asked again, the same extract.

    Errors: `PERM-DENIED`, `SCORE-NONE`, `INDEX-UNIT`, `STATE-EDGE` for a draft.
    """
    by.must("assessment.finish")
    row = queries.run_row(uid)
    if row.state not in SETTLED:
        raise edge(row.state, "final")
    found = queries.explained(uid, unit)
    payload = {"extract": "政务诚信评价摘录", "method": row.method.name_zh, "version": row.method.version, "period": row.period,
               "unit": unit,
               "name": found["label"], "score": found["score"], "rank": found["rank"], "of": found["of"], "grade": found["grade"],
               "interval": found["interval"], "run": row.uid, "result": row.digest}
    if (before := Extract.objects.filter(run=row, unit=unit, payload=payload).first()) is not None:
        return before
    salt = os.urandom(SALT_BYTES)
    made = Extract(run=row, unit=unit, payload=payload, salt=salt, commitment=commitment(salt, payload), at=at)
    with transaction.atomic():
        [made.log_index] = append([Entry(queries.EXTRACTED, extract_body(made))], at=at)
        made.save()
    return made
