"""Writers take turns: whoever asked a rule about state N writes state N+1, or is told that another was faster."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries
from ximu.ideas.registry.models import Edition
from ximu.ideas.registry.queries.book import number as latest
from ximu.ideas.registry.queries.evidence import ENTRY, SALT_BYTES, entry_body
from ximu.ideas.registry.rules.book import Book
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass
class Turn:
    """The book as it is, the number of the edition that this turn makes, and how many things it wrote."""

    book: Book
    number: int
    clock: dict[str, Any]
    rows: int = 0

    def wrote(self, rows: int = 1) -> None:
        self.rows += rows


@contextmanager
def turn(what: str, *, by: Actor, at: datetime) -> Iterator[Turn]:
    """Errors: `REG-RACE` when somebody else wrote meanwhile; nothing was changed then."""
    with transaction.atomic():
        number = latest() + 1
        mine = Turn(queries.book(), number, {"recorded_at": at, "recorded_by": by.uid, "edition": number})
        yield mine
        if mine.rows:
            _close(what, mine, by=by, at=at)


def _close(what: str, mine: Turn, *, by: Actor, at: datetime) -> None:
    """Number the edition and commit to its rows in the log, in the same transaction."""
    try:
        with transaction.atomic():
            row = Edition.objects.create(number=mine.number, what=what, rows=mine.rows, recorded_at=at, recorded_by=by.uid,
                                         salt=secrets.token_bytes(SALT_BYTES))
    except IntegrityError as error:
        raise Refusal(
            "REG-RACE", status=409, field="number", value=mine.number, rule="turn",
            zh="机构名录刚被他人更新，请重新核对后再办理。", en="Somebody else has just changed the registry; look again and repeat.",
        ) from error
    index = ledger.append([Entry(ENTRY, entry_body(row))], at=at)[0]
    Edition.objects.filter(pk=row.pk).update(log_index=index)
