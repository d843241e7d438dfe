"""How does a subject have its own record erased? It asks when retention is over; two people decide; what remains is a receipt."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.services.noticing import opening_for


@transaction.atomic
def ask_to_erase(number: str, *, reason: str, by: Actor, at: datetime) -> str:
    """The subject asks; the case. Errors: `SUBJ-NOT`, `REASON`, `STATE-EDGE` while the record is still to be kept, `CASE-DUP`."""
    record = queries.of_subject(number, by)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="erasure", zh="请说明理由。", en="Give your reasons.")
    moves.must_be_erasable(record.number)
    return casework.open_case("erasure", opening=opening_for(record, record.number), given=Given(reason), by=by, at=at, checked=True)


def propose(number: str, reason: str, *, by: Actor, at: datetime) -> None:
    moves.ask_erasure(number, basis=reason, by=by, at=at)


def approve(number: str, *, by: Actor, at: datetime) -> None:
    """Exactly what the first person proposed. Errors: those of `records.approve_erasure`."""
    asked = records.erasure_asked(number)
    moves.approve_erasure(asked.uid, digest=asked.digest, by=by, at=at)


def refuse(number: str, *, by: Actor, at: datetime) -> None:
    moves.refuse_erasure(records.erasure_asked(number).uid, by=by, at=at)
