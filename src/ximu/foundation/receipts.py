"""A code that stands for a matter and names nobody: given once, kept as a slow hash under a key outside the database, tried slowly.

Wrong, replaced and unknown codes cost the same work. Tries are counted by source, so that nobody locks out others: of a source only a
keyed digest is ever formed, which names the counter of this hour and is kept nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from ximu.foundation import vault
from ximu.foundation.pace import pace
from ximu.kernel import codes
from ximu.kernel.refusal import Refusal, absent

HOUR = 3600
Row = TypeVar("Row", bound=Model)


def fresh(room: str) -> tuple[str, str]:
    """(the code as it is shown, the hash that is kept)."""
    code = codes.fresh_code()
    return codes.shown_code(code), slow(code, room)


def form_token() -> str:
    """A nonce for one form that is drawn; it says nothing about who got it."""
    return secrets.token_hex(16)


def of_form(token: str, content: str, room: str) -> tuple[str, str]:
    """As `fresh`, but the same form with the same content, sent twice, has the same code. Without a token it is a fresh one."""
    code = codes.new_code(vault.secret(room), f"{token[:64]}\n{content}") if token else codes.fresh_code()
    return codes.shown_code(code), slow(code, room)


def slow(code: str, room: str) -> str:
    """What is kept of a code."""
    return codes.slow_hash(code, secret=vault.secret(room))


def kept(typed: str, room: str) -> str:
    """The hash of a code as somebody typed it."""
    return slow(codes.digits_of(typed), room)


def must_be_slow(room: str, *, most: int, at: datetime, source: str = "") -> None:
    """Above so many an hour from one source (`web.source_of`), or of all together where it names none. Errors: `RECEIPT-SLOW`."""
    name = f"{room}-receipts"
    if source:
        counted = f"{int(at.timestamp()) // HOUR}:{room}:{source}".encode()
        name = hmac.new(vault.secret("receipts"), counted, hashlib.sha256).hexdigest()
    if wait := pace(name, most=most, seconds=HOUR, now=at.timestamp()):
        raise Refusal("RECEIPT-SLOW", status=429, field="code", value="", rule=f"{most}/h", extra={"retry_after": wait},
                      zh="操作过于频繁，请过一小时再试。", en="Too many at once; please try again in an hour.")


def find(rows: QuerySet[Row], typed: str, room: str, *, most: int, missing: Refusal, at: datetime, source: str = "") -> Row:
    """The row whose `code` it is. Errors: `missing`, `RECEIPT-SLOW`."""
    must_be_slow(room, most=most, at=at, source=source)
    found = rows.filter(code=kept(typed, room)).first()
    if found is None:
        raise missing
    return found


def unknown() -> Refusal:
    return absent("RECEIPT", field="code", value="", zh="个回执码，请核对16位数字", en="receipt code; please check the 16 digits")
