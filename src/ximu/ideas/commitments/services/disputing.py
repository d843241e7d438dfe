"""The counterpart confirms or disputes; the unit answers within its working days, and silence goes to the counterpart."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ximu.foundation.uid import new_uid
from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.services import keys, steps
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.workdays import BUNDLED

OUTCOMES = ("upheld", "rejected")


@transaction.atomic
def confirm(uid: str, *, digest: str, by: Actor, at: datetime, words: str = "") -> str:
    """The counterpart confirms what was performed. Errors: `EVID-DIGEST`, `STATE-EDGE`, `PROM-TO`, `PROM-OTHER`."""
    row, _, deeds = steps.begun(uid, "confirm", at=at)
    _must_have_counterpart(row, by)
    return steps.take(row, deeds, "confirm", detail={"words": words.strip()[:1000], "digest": steps.need_digest(digest)}, by=by, at=at)


@transaction.atomic
def dispute(uid: str, *, words: str, digest: str, by: Actor, at: datetime) -> str:
    """The counterpart says that the promise was not kept as claimed; the uid of the dispute.

    The promise is marked 异议中 everywhere at once. Errors: `REASON`, `EVID-DIGEST`, `PROM-TO`, `PROM-OTHER`,
    `PROM-DISPUTED`, `STATE-EDGE`, `CAL-NONE`.
    """
    row, facts, deeds = steps.begun(uid, "dispute", at=at)
    _must_have_counterpart(row, by)
    today = queries.city_day(at)
    if facts.open_dispute(today):
        raise Refusal("PROM-DISPUTED", status=409, field="uid", value=uid, rule="one at a time", zh="已有异议在答复期内。",
                      en="A dispute is waiting for its answer already.")
    due = BUNDLED.due(today, queries.procedure().answer_term(today))
    made = new_uid()
    detail = {"dispute": made, "words": steps.need_words(words, "words")[:2000], "digest": steps.need_digest(digest),
              "answer_due": due.day.isoformat(), "counted": due.envelope()}
    steps.take(row, deeds, "dispute", detail=detail, by=by, at=at)
    return made


@transaction.atomic
def answer(uid: str, *, dispute: str, outcome: str, reason: str, digest: str, by: Actor, at: datetime) -> str:
    """Uphold the dispute (what was accepted until then no longer counts) or reject it with reasons; the state that follows.

    Errors: `PROM-OUTCOME`, `PROM-DISPUTE` (no such open dispute), `REASON`, `EVID-DIGEST`, `DUAL`.
    """
    row, facts, deeds = steps.begun(uid, "answer", at=at)
    by.must("commitments.prove", row.unit)
    found = facts.disputes.get(dispute)
    if found is None or found.answered_on is not None:
        raise absent("PROM-DISPUTE", field="dispute", value=dispute[:40], zh="项待答复的异议", en="dispute that waits for an answer")
    if outcome not in OUTCOMES:
        raise Refusal("PROM-OUTCOME", field="outcome", value=outcome[:40], rule=" ".join(OUTCOMES), zh="答复应为采纳或者不采纳。",
                      en="The answer upholds or rejects the dispute.")
    steps.apart(found.by, by.human, rule="dispute≠answer")
    steps.apart(row.registered_by, by.human, rule="register≠answer")
    detail = {"dispute": dispute, "outcome": outcome, "reason": steps.need_words(reason), "digest": steps.need_digest(digest)}
    return steps.take(row, deeds, "answer", detail=detail, by=by, at=at)


def lapse(row: Commitment, *, by: Actor, at: datetime) -> str:
    """Nobody answered in time: the dispute counts as upheld. Called by the daily pass, in its transaction."""
    deeds = queries.deeds(row)
    waiting = rules.fold(deeds).open_dispute(queries.city_day(at))
    if waiting is None:
        return row.state
    detail = {"dispute": waiting.uid, "outcome": "upheld", "answer_due": waiting.answer_due.isoformat()}
    return steps.take(row, deeds, "lapse", detail=detail, by=by, at=at)


def _must_have_counterpart(row: Commitment, by: Actor) -> None:
    """Whoever holds the right for one body speaks only of what was promised to that body; least of all may the one that promised."""
    by.must(keys.RIGHT)
    if not hasattr(row, "counterpart"):
        raise Refusal("PROM-TO", field="to", value=row.uid, rule="counterpart", zh="该承诺没有特定的承诺对象。",
                      en="This promise has no particular counterpart.")
    spoken_for = by.units_with(keys.RIGHT)
    if spoken_for is not None and by.uid != keys.acting(row).uid and not queries.is_counterpart(row, spoken_for):
        raise Refusal("PROM-OTHER", status=403, field="by", value=row.uid, rule="counterpart", zh="只有该承诺的对象才能确认或提出异议。",
                      en="Only the one to whom it was promised may confirm or dispute it.")
