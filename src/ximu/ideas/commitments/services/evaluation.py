"""The daily evaluation of all promises: one set-wise pass in the database, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from ximu.foundation.outbox import announce
from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.hooks import CommitmentBroken, CommitmentOverdue
from ximu.ideas.commitments.models import Commitment, Evaluation, Turn
from ximu.ideas.commitments.services import steps
from ximu.ideas.commitments.services.disputing import lapse
from ximu.ideas.commitments.services.series import measure_series
from ximu.ideas.ledger.services import append_many
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

STATE = """CASE
 WHEN closed_on <= %(on)s THEN closed_as
 WHEN kept_on <= %(on)s THEN 'kept'
 WHEN declined_on <= %(on)s THEN 'broken'
 WHEN %(on)s < begins THEN 'registered'
 WHEN %(on)s <= due THEN 'running'
 WHEN lacking THEN 'unmeasured'
 WHEN %(on)s <= grace_until THEN 'overdue'
 WHEN part THEN 'part_kept' ELSE 'broken' END"""
"""`rules.state_on` in SQL. A null day is not before any day, so its branch is not taken."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass did."""

    uid: str
    on: date
    turned: int
    overdue: int
    lapsed: int
    counts: dict[str, int]
    measured: int = 0


@transaction.atomic
def evaluate(*, by: Actor, at: datetime) -> Passed:
    """Judge every promise as of the city's day at `at`; a second pass on the same day turns nothing.

    A turn leaves a row; the pass leaves one log entry with the counts and the digest of all its turns.
    Errors: `PROM-BACK` when a later day has been judged already.
    """
    by.must("commitments.evaluate")
    on = queries.city_day(at)
    later = Evaluation.objects.filter(on__gt=on).order_by("-on").values_list("on", flat=True).first()
    if later:
        raise Refusal("PROM-BACK", status=409, field="on", value=on.isoformat(), rule=f"≥ {later}",
                      zh=f"已判定至{later}，不能再判定更早的日子；查询过去请用as_of。",
                      en=f"Judged up to {later}; earlier days are asked for by as_of.")
    _settle_rolling(on, by=by, at=at)
    measured = measure_series(at=at)
    lapsed = [lapse(row, by=by, at=at) for row in Commitment.objects.filter(disputed=True, answer_due__lt=on)]
    done = Evaluation.objects.create(on=on, at=at, by=by.human)
    turned = _turn(done, on)
    digest, late, broken = _told(done)
    counts = queries.counts_by_state()
    first = append_many([rules.evaluation_entry(on, counts, digest, at)], at=at)
    Evaluation.objects.filter(pk=done.pk).update(counts=counts, turned=turned, digest=digest, log_index=first)
    for event, uids in ((CommitmentOverdue, late), (CommitmentBroken, broken)):
        for start in range(0, len(uids), steps.BATCH):
            announce(event(uids[start:start + steps.BATCH], on.isoformat()), at=at)
    return Passed(done.uid, on, turned, len(late), len(lapsed), counts, measured)


def _turn(done: Evaluation, on: date) -> int:
    """One scan finds what turns; only these rows are written."""
    commitment, turn = (connection.ops.quote_name(m._meta.db_table) for m in (Commitment, Turn))
    values = {"on": on, "done": done.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {turn} (evaluation_id, commitment_id, before, after) SELECT %(done)s, id, state, now_state FROM "  # noqa: S608
            f"(SELECT id, state, {STATE} AS now_state FROM {commitment}) AS judged WHERE state <> now_state", values)
        cursor.execute(
            f"UPDATE {commitment} SET state = t.after FROM {turn} AS t "  # noqa: S608 our own names
            f"WHERE t.evaluation_id = %(done)s AND t.commitment_id = {commitment}.id AND {commitment}.state = t.before", values)
        return max(0, int(cursor.rowcount))


def _told(done: Evaluation) -> tuple[str, list[str], list[str]]:
    """The digest of all turns in the order of their names, those that are overdue now, and those that are broken now."""
    late: list[str] = []
    broken: list[str] = []
    return rules.turns_digest(_late(queries.turns(done), late, broken)), late, broken


def _late(turns: Iterator[tuple[str, str, str]], late: list[str], broken: list[str]) -> Iterator[tuple[str, str, str]]:
    for uid, before, after in turns:
        if after in rules.FAILED and before not in rules.FAILED:
            late.append(uid)
        if after == rules.BROKEN:
            broken.append(uid)
        yield uid, before, after


def _settle_rolling(on: date, *, by: Actor, at: datetime) -> None:
    """Due days in years whose calendar was not known when they were promised are rolled as soon as it is."""
    for row in Commitment.objects.filter(rolled=False, due_asked__year__lte=on.year + 1):
        due, known = queries.rolled(row.due_asked)
        if known:
            steps.take(row, queries.deeds(row), "roll", detail={"due": due.isoformat(), "version": row.version}, by=by, at=at)
