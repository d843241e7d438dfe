"""How does a subject speak beside its record? In its own words, sealed in the log, shown wherever the record is read."""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from ximu.ideas.casework import services as casework
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.ideas.records.services import Traces
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.models import Certificate, Fulfilment, Statement

SALT, LONGEST = 32, 2000
LIVE = ("notified", "disputed", "effective", "flagged", "repaired")


@transaction.atomic
def state(number: str, words: str, *, by: Actor, at: datetime) -> Statement:
    """Only the subject, from the notice on; a later statement takes the place of an earlier one, which the log still proves.

    Errors: `SUBJ-NOT`, `REASON`, `FIELD-LONG`, `STATE-EDGE`.
    """
    record = queries.of_subject(number, by)
    words = words.strip()
    if not words:
        raise Refusal("REASON", field="words", value="", rule="statement", zh="请写明说明的内容。",
                      en="Say what is to stand beside the record.")
    if len(words) > LONGEST:
        raise Refusal("FIELD-LONG", field="words", value=len(words), rule=f"≤ {LONGEST}", zh=f"说明超过{LONGEST}字。",
                      en=f"The statement is longer than {LONGEST} characters.")
    if record.state not in LIVE:
        raise Refusal("STATE-EDGE", status=409, field="state", value=record.state, rule=" ".join(LIVE),
                      zh="记录告知以后、效力终止以前可以附主体说明。",
                      en="A statement stands beside a record from its notice until it ends.")
    salt = os.urandom(SALT)
    sealed = commitment(salt, queries.stated(record.number, words))
    index = append([Entry(queries.STATEMENT, {"commitment": sealed})], at=at)[0]
    return Statement.objects.create(number=record.number, words=words, salt=salt, commitment=sealed, log_index=index, at=at)


def forget(traces: Traces, *, at: datetime) -> None:
    """Words and salts about erased records are gone; the commitments stay in the log and tell nothing."""
    Statement.objects.filter(number__in=traces.numbers).update(words="", salt=None)
    Certificate.objects.filter(number__in=traces.numbers).update(payload=None, salt=None)
    proofs = Fulfilment.objects.filter(number__in=traces.numbers)
    casework.drop_papers(set(proofs.values_list("digest", flat=True)))
    proofs.update(proof="", digest="")
