"""Whose is the code that was typed? Found by its slow hash, so that wrong, replaced and unknown codes cost the same work."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from ximu.foundation import vault
from ximu.foundation.pace import pace
from ximu.kernel import codes
from ximu.kernel.refusal import Refusal

HOUR = 3600
Row = TypeVar("Row", bound=Model)


def slow(code: str, room: str) -> str:
    """What is kept of a code."""
    return codes.slow_hash(code, secret=vault.secret(room))


def find(rows: QuerySet[Row], typed: str, room: str, *, most: int, missing: Refusal, at: datetime) -> Row:
    """The row whose `code` it is. Errors: `missing`; `RECEIPT-SLOW` above so many look-ups an hour, of all together."""
    if wait := pace(f"{room}-look", most=most, seconds=HOUR, now=at.timestamp()):
        raise Refusal("RECEIPT-SLOW", status=429, field="code", value="", rule=f"{most}/h", extra={"retry_after": wait},
                      zh="查询过于频繁，请过一小时再试。", en="Too many look-ups; please try again in an hour.")
    found = rows.filter(code=slow(codes.digits_of(typed), room)).first()
    if found is None:
        raise missing
    return found
