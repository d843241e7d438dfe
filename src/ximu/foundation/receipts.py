"""A code that stands for a matter and names nobody: given once, kept as a slow hash under a key outside the database, tried slowly."""

from __future__ import annotations

from datetime import datetime

from ximu.foundation import vault
from ximu.foundation.pace import pace
from ximu.kernel import codes
from ximu.kernel.refusal import Refusal, absent

HOUR = 3600


def fresh(room: str) -> tuple[str, str]:
    """(the code as it is shown, the hash that is kept)."""
    code = codes.fresh_code()
    return codes.shown_code(code), kept(code, room)


def kept(typed: str, room: str) -> str:
    return codes.slow_hash(codes.digits_of(typed), secret=vault.secret(room))


def must_be_slow(room: str, *, most: int, at: datetime) -> None:
    """Errors: `RECEIPT-SLOW`."""
    if wait := pace(f"{room}-receipts", most=most, seconds=HOUR, now=at.timestamp()):
        raise Refusal("RECEIPT-SLOW", status=429, field="code", value="", rule=f"{most}/h", extra={"retry_after": wait},
                      zh="操作过于频繁，请过一小时再试。", en="Too many at once; please try again in an hour.")


def unknown() -> Refusal:
    return absent("RECEIPT", field="code", value="", zh="个回执码，请核对16位数字", en="receipt code; please check the 16 digits")
