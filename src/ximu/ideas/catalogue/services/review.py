"""Another person reviews; other units object."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ximu.ideas.catalogue import queries
from ximu.ideas.catalogue.models import ListItem, Objection
from ximu.ideas.catalogue.services.drafting import edition_in_the_making, move, must_say_why
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent

State = ListItem.State


def must_be_another(by: Actor, drafted_human: str, *, code: str) -> None:
    """Errors: `DUAL`."""
    if by.human == drafted_human:
        raise Refusal("DUAL", status=403, field="by", value=code, rule="起草 ≠ 审核 ≠ 发布",
                      zh=f"条目“{code}”由您起草，须由他人审核、发布。",
                      en=f"You drafted “{code}”; somebody else must review and publish it.")


@transaction.atomic
def accept(uid: str, *, by: Actor, at: datetime) -> None:
    """Errors: `PERM-DENIED`, `DUAL`, `LIST-EDGE`, `LIST-FROZEN`."""
    row = queries.draft_item(uid)
    by.must("catalogue.review", row.owner)
    must_be_another(by, row.drafted_human, code=row.code)
    move(row, begin=(State.SUBMITTED,), to=State.ACCEPTED, act="accept", by=by, at=at)


@transaction.atomic
def send_back(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Errors: `PERM-DENIED`, `DUAL`, `LIST-REASON`, `LIST-EDGE`, `LIST-FROZEN`."""
    row = queries.draft_item(uid)
    by.must("catalogue.review", row.owner)
    must_be_another(by, row.drafted_human, code=row.code)
    must_say_why(reason)
    move(row, begin=(State.SUBMITTED, State.ACCEPTED), to=State.RETURNED, act="return", by=by, at=at, reason=reason)


@transaction.atomic
def object_to(uid: str, *, unit: str, reason: str, by: Actor, at: datetime) -> str:
    """A unit objects to a drafted item; the objection's uid. Errors: `PERM-DENIED`, `LIST-REASON`, `LIST-FROZEN`, `LIST-EDGE`."""
    by.must("catalogue.object", unit)
    must_say_why(reason)
    row = queries.draft_item(uid)
    edition_in_the_making(row.edition.number)
    if row.state == State.DROPPED:
        raise Refusal("LIST-EDGE", status=409, field="state", value=row.state, rule="≠ dropped",
                      zh=f"条目“{row.code}”已不列入，无需异议。", en=f"“{row.code}” is no longer part of the edition.")
    return Objection.objects.create(item=row, unit=unit, reason=reason, raised_at=at, raised_by=by.uid).uid


@transaction.atomic
def answer(uid: str, *, upheld: bool, words: str, by: Actor, at: datetime) -> None:
    """The coordinator answers an objection; an upheld one sends the item back to its unit.

    Errors: `PERM-DENIED`, `LIST-REASON`, `LIST-OBJECTION-NONE`, `LIST-EDGE` when it was answered before, `LIST-FROZEN`.
    """
    by.must("catalogue.merge")
    must_say_why(words)
    row = Objection.objects.select_related("item__edition").filter(uid=uid).first()
    if row is None:
        raise absent("LIST-OBJECTION-NONE", field="uid", value=uid, zh="条异议", en="objection")
    edition_in_the_making(row.item.edition.number)
    outcome = Objection.Outcome.UPHELD if upheld else Objection.Outcome.REJECTED
    won = Objection.objects.filter(pk=row.pk, outcome=Objection.Outcome.OPEN).update(
        outcome=outcome, answer=words, answered_at=at, answered_by=by.uid)
    if not won:
        raise Refusal("LIST-EDGE", status=409, field="outcome", value=row.outcome, rule="open",
                      zh="这条异议已经答复。", en="This objection has been answered.")
    if upheld and row.item.state in (State.SUBMITTED, State.ACCEPTED):
        move(row.item, begin=(State.SUBMITTED, State.ACCEPTED), to=State.RETURNED, act="return", by=by, at=at, reason=words)
