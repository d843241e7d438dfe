"""What could betray the reporter is hidden from those who handle; the original stays sealed and is opened for a purpose only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries
from ximu.notice.mechanisms.m3_complaints.models import Report
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring
from ximu.notice.mechanisms.m3_complaints.services.acts import act, hide
from ximu.notice.mechanisms.m3_complaints.services.handling import must_handle


def mask(uid: str, passages: Sequence[str], *, files: Sequence[str] = (), ring: Ring | None = None, by: Actor, at: datetime) -> None:
    """Hides passages, word for word, and files. Errors: those of `must_handle` and `queries.data_key`, `MASK-NONE`."""
    row = must_handle(uid, by=by, at=at)
    key = queries.data_key(row, ring)
    told, words = queries.told_by_reporter(row, key), [one.strip() for one in passages if one.strip()]
    strange = [one for one in words if one not in told] + [one for one in files if not row.attachments.filter(uid=one).exists()]
    if strange or not (words or files):
        raise Refusal("MASK-NONE", field="passage", value=len(strange), rule="word for word",
                      zh="要遮盖的内容须与举报原文逐字一致，一行一处。",
                      en="What is masked must stand in the report word for word, one passage a line.")
    with transaction.atomic():
        hide(row, key, words, files)
        act("mask", row.uid, by=by.uid, at=at)


def original(uid: str, *, purpose: str, by: Actor, at: datetime) -> Report:
    """The report, to be shown unmasked this once. Errors: those of `must_handle`, `PERM-DENIED`, `PURPOSE`."""
    by.must(queries.OVERSEE)
    row = must_handle(uid, by=by, at=at)
    if not purpose.strip():
        raise Refusal("PURPOSE", status=403, field="purpose", value="", rule="required", zh="查看未遮盖的原文须写明用途。",
                      en="To see the unmasked original one needs a purpose.")
    with transaction.atomic():
        act("original", row.uid, by=by.uid, at=at)
        ledger.append([Entry("complaints.original", {"by": by.uid, "day": clock.city_day(at).isoformat()})], at=at)
    return row
