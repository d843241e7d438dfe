"""How does the log grow? Inside the caller's transaction: the change and its proof commit or roll back together."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Model

from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.queries.tree import tile_data
from ximu.ideas.ledger.rules import LONGEST_ENTRY, TILE, Bodies, Edge, Entry, Grown, Listed, entry_bytes, grown, moment, retimed
from ximu.ideas.ledger.rules.tree import TILE_HEIGHT
from ximu.kernel.refusal import Refusal

MOST_BACKWARDS = timedelta(minutes=5)
"""A clock that jumped back further than this is reported; the time of entries never goes back."""
ROWS_AT_ONCE = 64
log = logging.getLogger(__name__)


def append(entries: Sequence[Entry], *, at: datetime) -> list[int]:
    """Add entries; their indices. Must be called inside the transaction of the change that they prove.

    The time of an entry never goes back: if the last entry is later than `at`, its time is used and `at` is kept in the
    entry as `clock`.
    Errors: `LOG-ENTRY` for a body that cannot be an entry, `LOG-RACE`, `LOG-OPEN` outside a transaction.
    """
    try:
        bodies = [entry_bytes(entry.kind, entry.body, at) for entry in entries]
    except ValueError as error:
        raise Refusal(
            "LOG-ENTRY", field="entries", rule=str(error),
            zh=f"该内容不能成为日志条目：{error}。", en=f"This cannot be a log entry: {error}.",
        ) from error
    first = append_many(bodies, at=at)
    return list(range(first, first + len(bodies)))


def append_many(bodies: Sequence[bytes], *, at: datetime) -> int:
    """Add canonical entries made with `rules.entry_bytes(kind, body, at)`, set-wise; the index of the first.

    Errors: `LOG-SIZE` for an entry of more than 65,535 bytes, `LOG-RACE`, `LOG-OPEN` outside a transaction.
    """
    if bodies and max(map(len, bodies)) > LONGEST_ENTRY:
        raise Refusal(
            "LOG-SIZE", field="bodies", rule=f"≤ {LONGEST_ENTRY}",
            zh=f"日志条目不得超过{LONGEST_ENTRY}字节。", en=f"A log entry has at most {LONGEST_ENTRY} bytes.",
        )
    head = _locked()
    if head.last_at is not None and at < head.last_at:
        _report_jump(head.last_at - at)
        bodies, at = _moved(bodies, at, head.last_at), head.last_at
    if bodies:
        _write(grown(Edge.of(head.size, bytes(head.edge)), Listed(bodies), tile_data), at)
    return head.size


class Growing:
    """The log within one transaction that adds to it in parts: a part may be hashed while the one before is being written.

    Holds the head from the beginning; nobody else, not `append_many` either, may add in between.
    Errors: `LOG-OPEN` outside a transaction.
    """

    def __init__(self, *, at: datetime) -> None:
        head = _locked()
        self.at, self.moved_from = at, at
        if head.last_at is not None and at < head.last_at:
            _report_jump(head.last_at - at)
            self.at = head.last_at
        self._edge = Edge.of(head.size, bytes(head.edge))
        self._begun = {level: tile_data(level, place >> TILE_HEIGHT)
                       for level in range(8) if (place := head.size >> TILE_HEIGHT * level) % TILE}

    def hashed(self, bodies: Bodies) -> Grown:
        """The next part. Asks no database, so that it may run in a thread of its own, one part after another."""
        if self.at != self.moved_from and len(bodies):
            bodies = Listed(_moved([bodies.body(place) for place in range(len(bodies))], self.moved_from, self.at))
        made = grown(self._edge, bodies, lambda level, _: self._begun.get(level, b""))
        for level, first, count, data in made.hashes:
            ended = (first + count) % TILE == 0
            self._begun[level] = b"" if ended else data if first % TILE == 0 else self._begun.get(level, b"") + data
        return made

    def write(self, made: Grown) -> None:
        """Errors: `LOG-RACE`."""
        _write(made, self.at)


def _locked() -> Head:
    """The head, held until the end of the caller's transaction (SQLite: by BEGIN IMMEDIATE)."""
    if not connection.in_atomic_block:
        raise Refusal(
            "LOG-OPEN", status=409, field="transaction", rule="transaction.atomic()",
            zh="日志只能在所证明变更的同一事务内写入。",
            en="The log is written only inside the transaction of the change it proves.",
        )
    row = Head.objects.select_for_update().filter(pk=1).first()
    if row is None:
        Head.objects.get_or_create(pk=1)
        row = Head.objects.select_for_update().get(pk=1)
    return row


def _report_jump(backwards: timedelta) -> None:
    if backwards > MOST_BACKWARDS:
        log.warning("the clock is %s behind the last log entry", backwards)


def _moved(bodies: Sequence[bytes], at: datetime, to: datetime) -> list[bytes]:
    return list(bodies) if moment(at) == moment(to) else [retimed(body, to) for body in bodies]


def _write(made: Grown, at: datetime) -> None:
    moved = Head.objects.filter(pk=1, size=made.before).update(size=made.size, edge=made.edge, last_at=at)
    if not moved:
        raise Refusal(
            "LOG-RACE", status=409, field="size", value=made.before,
            zh="日志已被其他写入者推进，请重试。", en="Another writer has moved the log; try again.",
        )
    _insert(Run, ("first", "count", "entries"), iter(made.runs))
    _insert(Hashes, ("level", "first", "count", "data"), iter(made.hashes))


def _insert(model: type[Model], columns: tuple[str, ...], rows: Iterator[tuple[int | bytes, ...]]) -> None:
    """Many rows of large values: binary COPY, or one prepared statement (an INSERT of many VALUES takes SQLite four times as long)."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([str(model._meta.get_field(name).db_type(connection)) for name in columns])
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", batch)  # noqa: S608 our own names
