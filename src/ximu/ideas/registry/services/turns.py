"""Writers take turns: whoever asked a rule about state N writes state N+1, or is told that another was faster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries
from ximu.ideas.registry.models import Edition
from ximu.ideas.registry.queries.book import number
from ximu.ideas.registry.rules.book import Book
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass
class Turn:
    """The book as it is, and what this turn does to it (kind and body of each log entry, without personal data)."""

    book: Book
    entries: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def note(self, kind: str, /, **body: Any) -> None:
        self.entries.append((f"registry.{kind}", body))


@contextmanager
def turn(what: str, *, by: Actor, at: datetime) -> Iterator[Turn]:
    """Errors: `REG-RACE` when somebody else wrote meanwhile; nothing was changed then."""
    with transaction.atomic():
        before = number()
        mine = Turn(queries.book())
        yield mine
        if mine.entries:
            _close(what, before + 1, len(mine.entries), by=by, at=at)
            _log(mine.entries, at=at)


def _close(what: str, number: int, rows: int, *, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            Edition.objects.create(number=number, what=what, rows=rows, recorded_at=at, recorded_by=by.uid)
    except IntegrityError as error:
        raise Refusal(
            "REG-RACE", status=409, field="number", value=number, rule="turn",
            zh="机构名录刚被他人更新，请重新核对后再办理。", en="Somebody else has just changed the registry; look again and repeat.",
        ) from error


def _log(entries: Sequence[tuple[str, dict[str, Any]]], *, at: datetime) -> None:
    """Into the transparency log, in the same transaction."""
    ledger.append([Entry(kind, body) for kind, body in entries], at=at)
