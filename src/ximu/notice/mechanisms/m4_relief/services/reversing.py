"""What when the basis of a record is void? Its source says so with the document that reversed it; the office revokes within three days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.services.noticing import opening_for

ENDED = ("revoked", "erased")


@transaction.atomic
def report_reversal(number: str, *, document: str, reason: str, files: Sequence[Upload] = (), by: Actor, at: datetime) -> str:
    """The source (or the office) reports a retrial, a reconsideration, a withdrawal; the case.

    Errors: `PERM-DENIED` for another unit, `REASON`, `FIELD-NEED` without the reversing document, `STATE-EDGE`, `CASE-DUP`.
    """
    record = queries.of_source(number, by)
    if not document.strip():
        raise Refusal("FIELD-NEED", field="document", value="", rule="reversal", zh="须写明据以撤销的文书号。",
                      en="Name the document that reversed it.")
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="reversal", zh="请说明撤销的理由。", en="Say why it is reversed.")
    if record.state in ENDED:
        raise Refusal("STATE-EDGE", status=409, field="state", value=record.state, rule="≠ revoked, erased", zh="记录已经撤销或删除。",
                      en="The record is revoked or erased already.")
    opening = opening_for(record, record.number, told={"据以撤销的文书": document.strip()[:200]})
    return casework.open_case("reversal", opening=opening, given=Given(reason), files=files, by=by, at=at, checked=True)
