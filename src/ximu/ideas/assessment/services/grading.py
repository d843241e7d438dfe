"""Grades of an area become binding: one proposes from what is known, another decides while it is still what is known."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.ideas.assessment.models import Grading
from ximu.ideas.assessment.queries import grading as queries
from ximu.ideas.assessment.services.runs import edge
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal


def propose_grades(area: str, period: str, *, basis: str, by: Actor, at: datetime) -> str:
    """From what is known now; the uid. Errors: `PERM-DENIED`, `GRADE-AREA`, `BASIS-NONE`, `GRADE-EMPTY`, `GRADE-SAME`, `GRADE-DUP`."""
    by.must("assessment.run")
    preview = queries.grader(area).preview(period, known_at=at)
    lines, last = list(preview.lines), queries.decided_grades(area, period)
    if not basis.strip():
        raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="须写明评级所依据的文号。", en="Name the document.")
    if not any(one["score"] is not None for one in lines):
        raise Refusal("GRADE-EMPTY", field="period", value=period, rule="≥ 1", zh="该期没有可以评级的单位。",
                      en="There is no unit to be graded in that period.")
    if last is not None and last.lines == lines:
        raise Refusal("GRADE-SAME", status=409, field="period", value=period, rule=last.uid, zh="与已确定的等级相同，无须重新确定。",
                      en="The grades are those decided already.")
    try:
        with transaction.atomic():
            row = Grading.objects.create(
                area=area, period=period, method=preview.method.version, method_digest=preview.method.digest,
                pinned=preview.pinned, lines=lines, digest=digest(lines), basis=basis.strip()[:120], proposed_at=at, proposer=by.human)
            append([Entry("grade.proposed", {"grading": row.uid, "area": row.area, "period": row.period, "lines": row.digest,
                                                   "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("GRADE-DUP", status=409, field="period", value=period, rule="one proposal", zh="该期已有待确定的等级。",
                      en="A proposal for that period waits already.") from error
    return row.uid


def decide_grades(uid: str, *, by: Actor, at: datetime) -> Grading:
    """The grades bind from now on. Errors: `PERM-DENIED`, `GRADE-NONE`, `DUAL`, `GRADE-STALE`, `STATE-EDGE`."""
    by.must("assessment.finish")
    row = queries.grading_of(uid)
    if row.proposer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="提出等级的人不能自己确定。",
                      en="The one who proposed the grades cannot decide them.")
    with transaction.atomic():
        _end(row, Grading.State.DECIDED, at)
        if list(queries.grader(row.area).preview(row.period, known_at=at).lines) != row.lines:
            raise Refusal("GRADE-STALE", status=409, field="grading", value=uid, rule=row.digest[:12],
                          zh="提出后数据已变动，请撤回后重新提出。", en="What is known has changed since: withdraw it and propose anew.")
        [index] = append([Entry(queries.GRADED, queries.graded_body(row))], at=at)
        Grading.objects.filter(pk=row.pk).update(log_index=index)
    return queries.grading_of(uid)


def withdraw_grades(uid: str, *, by: Actor, at: datetime) -> None:
    """Errors: `PERM-DENIED`, `GRADE-NONE`, `STATE-EDGE`."""
    by.must("assessment.run")
    row = queries.grading_of(uid)
    with transaction.atomic():
        _end(row, Grading.State.WITHDRAWN, at)
        append([Entry("grade.withdrawn", {"grading": uid, "by": by.uid})], at=at)


def _end(row: Grading, state: str, at: datetime) -> None:
    if not Grading.objects.filter(pk=row.pk, state=Grading.State.PROPOSED).update(state=state, ended_at=at):
        raise edge(row.state, state)
    row.refresh_from_db()
