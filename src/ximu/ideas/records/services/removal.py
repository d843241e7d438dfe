"""How is content destroyed so that every proof stays valid? Payload and salt go; the commitment stays and hides them for ever."""

from __future__ import annotations

from datetime import datetime

import orjson
from django.db import transaction

from ximu.ideas.ledger.queries import must_be_fresh
from ximu.ideas.ledger.rules import commitment
from ximu.ideas.records import queries
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules.evidence import COLUMNS, evidence_value, step_value
from ximu.ideas.records.services.moves import Numbers, move, numbers_of, said
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


def erase(given: Numbers, *, basis: str, by: Actor, at: datetime, second: Actor | None = None) -> int:
    """Destroy payload, salts, keys and names of subject and document in all versions and steps of revoked or expired records.

    Two people (`by` and `second`), except the platform's own timely deletion of what was revoked.
    Errors: `STATE-EDGE`, `DUAL`, `REASON`, `LOG-STALE`.
    """
    by.must("records.erase")
    if second is not None:
        second.must("records.erase")
    if by.channel != "system" and (second is None or second.human == by.human):
        raise Refusal("DUAL", status=403, field="second", value="", rule="两人办理", zh="删除须由两人办理。",
                      en="Erasure takes two people.")
    must_be_fresh(at=at)
    words, numbers = said(basis, "basis"), numbers_of(given)
    with transaction.atomic():
        moved = move(numbers, "erased", by=by, at=at, detail={"basis": words, "second": second.human if second else ""})
        for number in numbers:
            _destroy(number)
    return moved


def _destroy(number: str) -> None:
    for version in Version.objects.filter(number=number, payload__isnull=False):
        row = {name: getattr(version, name) for name in COLUMNS}
        kept = commitment(bytes(version.salt), evidence_value(row, orjson.loads(version.payload)))
        Version.objects.filter(log_index=version.log_index).update(
            payload=None, salt=None, commitment=kept, digest="", natural_key="", document_number="", subject="", state="erased",
        )
    for step in Step.objects.filter(number=number, detail__isnull=False):
        columns = {name: getattr(step, name) for name in ("after", "before", "number", "version", "what")}
        kept = commitment(bytes(step.salt), step_value(columns, orjson.loads(step.detail), step.by, step.known_at))
        Step.objects.filter(log_index=step.log_index).update(detail=None, salt=None, commitment=kept)


def erase_due(*, by: Actor, at: datetime, most: int = 1000) -> int:
    """Delete what was revoked before its three working days run out (art. 37): everything revoked on an earlier day."""
    today = queries.city_day(at)
    revoked = Version.objects.filter(newest=True, state="revoked").order_by("log_index").values_list("number", flat=True)[:most]
    steps = Step.objects.filter(number__in=list(revoked), after="revoked").values_list("number", "known_at")
    due = [number for number, known_at in steps if queries.city_day(known_at) < today]
    return erase(due, basis="上海市社会信用条例 第三十七条", by=by, at=at) if due else 0
