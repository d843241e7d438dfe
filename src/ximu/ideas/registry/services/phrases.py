"""The reading of a phrase is a person's decision: signed, reasoned, in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ximu.ideas.registry import queries
from ximu.ideas.registry.models import PhraseReading
from ximu.ideas.registry.rules.reforms import ended, unknown
from ximu.ideas.registry.services.turns import turn
from ximu.kernel.actor import Actor
from ximu.kernel.given import must_be_readable
from ximu.kernel.refusal import Refusal


def decide_phrase(
    phrase: str, *, as_of: date, reason: str, by: Actor, at: datetime, named: Sequence[str] = (),
    units: Sequence[str] | None = None,
) -> str:
    """Sign which units the phrase means as of a day (`units`; without it the proposal as it stands); the reading's uid.

    Errors: `PERM-DENIED`, `REASON`, `INPUT-SIGN`, `PHRASE-NONE`, `ORG-UNKNOWN`, `ORG-ENDED`.
    """
    by.must("registry.decide")
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="请写明理由。", en="A reason is needed.")
    must_be_readable(phrase, "phrase")  # the door passes fields of this name: elsewhere they are passphrases
    with turn("phrase", by=by, at=at) as mine:
        proposed = queries.expand(phrase, as_of=as_of, named=named)
        chosen = list(proposed if units is None else units)
        for uid in chosen:
            if uid not in mine.book.units:
                raise unknown(uid)
            if not mine.book.living(uid, as_of):
                raise ended(mine.book, uid, as_of)
        row = PhraseReading.objects.create(
            phrase=phrase, as_of=as_of, named=list(named), proposed=proposed, units=chosen, reason=reason.strip(), decided_at=at,
            decided_by=by.uid, edition=mine.number,
        )
        mine.wrote()
    return row.uid
