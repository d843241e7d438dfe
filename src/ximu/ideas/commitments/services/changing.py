"""Changes by procedure: a lawful reason, the decision on paper, compensation, another person; the old wording stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.services import steps
from ximu.ideas.commitments.services.registering import terms_detail
from ximu.ideas.commitments.services.series import must_be_readable
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Decision:
    """Why and by which paper: `reason` is a class of `procedure.toml`, `basis` names the decision, `digest` its paper."""

    reason: str
    basis: str
    digest: str
    compensation: str = ""
    words: str = ""


@transaction.atomic
def change(uid: str, *, terms: rules.Terms, decision: Decision, by: Actor, at: datetime, on: date | None = None) -> str:
    """A new version of the terms, in force from the day of the decision; the state that follows.

    Errors: `PROM-BARRED` for a change of office, boundaries, leadership or organisation; `REASON`, `PROM-COMPENSATE`,
    `EVID-DIGEST`, `DUAL`, `PROM-VAGUE`, `PROM-SERIES`, `PROM-SAME`; `CLOCK-PAST` when the due day has passed and another one is asked.
    """
    row, facts, deeds = steps.begun(uid, "change", at=at)
    today = queries.city_day(at)
    day = _decided(row, deeds, decision, on, by=by, today=today)
    kind = queries.kind(row.kind)
    rules.must_fit(terms, row.made_on)
    rules.must_be_clear(kind, terms, counterpart=hasattr(row, "counterpart"), procedure=queries.procedure())
    must_be_readable(terms)
    if terms == facts.terms:
        raise Refusal("PROM-SAME", field="terms", value=row.uid, rule="another wording", zh="条款没有变化。", en="The terms are the same.")
    if terms.due != facts.terms.due and day > facts.due:
        raise Refusal("CLOCK-PAST", status=409, field="due", value=facts.due.isoformat(), rule="到期前提出",
                      zh=f"到期日{facts.due.isoformat()}已过，不能再改；按逾期记录。",
                      en=f"The due day {facts.due.isoformat()} has passed and is not moved any more; the promise counts as overdue.")
    detail = {**_detail(decision), **terms_detail(terms, facts.begins if terms.begins is None else terms.begins)}
    return steps.take(row, deeds, "change", detail=detail, by=by, at=at, on=day)


@transaction.atomic
def replace(uid: str, *, follower: str, decision: Decision, by: Actor, at: datetime, on: date | None = None) -> str:
    """Another promise to the same counterpart takes the place of this one. Errors: those of `change`, `PROM-FOLLOWER`."""
    row, _, deeds = steps.begun(uid, "replace", at=at)
    day = _decided(row, deeds, decision, on, by=by, today=queries.city_day(at))
    other = queries.row(follower)
    if other.pk == row.pk or other.kind != row.kind or other.state not in rules.OPEN or _to(other) != _to(row):
        raise Refusal("PROM-FOLLOWER", field="follower", value=follower[:40], rule="same kind, same counterpart, open",
                      zh="替代的承诺应为同一对象、同一种类、尚在履行的另一项承诺。",
                      en="The promise that takes its place must be another one of the same kind, to the same counterpart, and open.")
    return steps.take(row, deeds, "replace", detail={**_detail(decision), "follower": follower}, by=by, at=at, on=day, follower=follower)


@transaction.atomic
def withdraw(uid: str, *, decision: Decision, by: Actor, at: datetime, on: date | None = None) -> str:
    """The promise ends by procedure, with compensation where the reason asks for it. Errors: those of `change`."""
    row, _, deeds = steps.begun(uid, "withdraw", at=at)
    day = _decided(row, deeds, decision, on, by=by, today=queries.city_day(at))
    return steps.take(row, deeds, "withdraw", detail=_detail(decision), by=by, at=at, on=day)


@transaction.atomic
def decline(uid: str, *, words: str, digest: str, by: Actor, at: datetime) -> str:
    """The unit says that it will not perform: broken from this day, unless it performs after all. Errors: `REASON`, `EVID-DIGEST`."""
    row, _, deeds = steps.begun(uid, "decline", at=at)
    by.must("commitments.change", row.unit)
    detail = {"words": steps.need_words(words, "words"), "digest": steps.need_digest(digest)}
    return steps.take(row, deeds, "decline", detail=detail, by=by, at=at)


def _decided(row: Commitment, deeds: list[rules.Deed], decision: Decision, on: date | None, *, by: Actor, today: date) -> date:
    """May this decision be entered? The day on which it holds."""
    by.must("commitments.change", row.unit)
    rules.must_be_reason(queries.procedure(), decision.reason, decision.compensation)
    steps.need_words(decision.basis, "basis")
    steps.need_digest(decision.digest)
    steps.apart(row.registered_by, by.human, rule="register≠change")
    day = steps.not_future(on or today, today, "on")
    if day < max(d.on for d in deeds if d.what in ("register", "change")):
        raise Refusal("TIME-ORDER", field="on", value=day.isoformat(), rule="after the last version", zh="变更日早于现行版本。",
                      en="The day of the change lies before the version in force.")
    return day


def _detail(decision: Decision) -> dict[str, Any]:
    return {"reason": decision.reason, "basis": decision.basis.strip(), "digest": steps.need_digest(decision.digest),
            "compensation": decision.compensation.strip(), "words": decision.words.strip()}


def _to(row: Commitment) -> tuple[str, str]:
    counterpart = getattr(row, "counterpart", None)
    return (counterpart.name, counterpart.code) if counterpart else ("", "")
