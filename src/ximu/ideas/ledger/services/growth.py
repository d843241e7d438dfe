"""How does the log grow? Inside the caller's transaction: the change and its proof commit or roll back together."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise

from django.db import connection
from django.db.models import Model

from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.queries.tree import hashes_of
from ximu.ideas.ledger.rules import LONGEST_ENTRY, TILE, Edge, Entry, entry_bytes, leaf_hashes, moment, retimed
from ximu.ideas.ledger.rules.tree import TILE_HEIGHT, tile_root
from ximu.kernel.refusal import Refusal

MOST_BACKWARDS = timedelta(minutes=5)
"""A clock that jumped back further than this is reported; the time of entries never goes back."""
ROWS_AT_ONCE = 64
LENGTHS = [length.to_bytes(2, "big") for length in range(LONGEST_ENTRY + 1)]
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
    leaves = leaf_hashes(bodies)
    head = _locked()
    if head.last_at is not None and at < head.last_at:
        _report_jump(head.last_at - at)
        bodies, at = _moved(bodies, at, head.last_at), head.last_at
        leaves = leaf_hashes(bodies)
    if bodies:
        _write(head, bodies, leaves, at)
    return head.size


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


def _write(head: Head, bodies: Sequence[bytes], leaves: list[bytes], at: datetime) -> None:
    edge = Edge.of(head.size, bytes(head.edge))
    roots = _full_tiles(head.size, leaves)
    _grow(edge, leaves, roots)
    moved = Head.objects.filter(pk=1, size=head.size).update(size=edge.size, edge=edge.packed(), last_at=at)
    if not moved:
        raise Refusal(
            "LOG-RACE", status=409, field="size", value=head.size,
            zh="日志已被其他写入者推进，请重试。", en="Another writer has moved the log; try again.",
        )
    _insert(Run, ("first", "count", "entries"), (
        (head.size + start, stop - start, _packed(bodies[start:stop])) for start, stop in _slices(head.size, len(bodies))
    ))
    level, first, added = 0, head.size, leaves
    while added:
        _keep(level, first, added)
        above = _completed(level, first, added, roots)
        level, first, added = level + 1, first // TILE, above
        roots = _full_tiles(first, added)


def _packed(bodies: Sequence[bytes]) -> bytes:
    """C2SP tlog-tiles entry bundle: each entry behind its length as a big-endian uint16."""
    both: list[bytes] = [b""] * (2 * len(bodies))
    both[::2] = [LENGTHS[len(body)] for body in bodies]
    both[1::2] = bodies
    return b"".join(both)


def _slices(first: int, count: int) -> list[tuple[int, int]]:
    """Where `count` things that start at `first` are cut at tile boundaries."""
    cuts = [0, *range(TILE - first % TILE, count, TILE), count]
    return list(pairwise(cuts))


def _full_tiles(first: int, added: list[bytes]) -> dict[int, bytes]:
    """The roots of the tiles that lie wholly within what is added, by where they start in it."""
    return {
        start: tile_root(added[start:stop]) for start, stop in _slices(first, len(added)) if stop - start == TILE
    }


def _grow(edge: Edge, leaves: list[bytes], roots: dict[int, bytes]) -> None:
    for start, stop in _slices(edge.size, len(leaves)):
        if start in roots:
            edge.add(roots[start], TILE_HEIGHT)
            continue
        for leaf in leaves[start:stop]:
            edge.add(leaf)


def _keep(level: int, first: int, added: list[bytes]) -> None:
    _insert(Hashes, ("level", "first", "count", "data"), (
        (level, first + start, stop - start, b"".join(added[start:stop])) for start, stop in _slices(first, len(added))
    ))


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


def _completed(level: int, first: int, added: list[bytes], roots: dict[int, bytes]) -> list[bytes]:
    """The roots of the tiles that are full now: the new hashes of the level above."""
    return [
        roots[start] if start in roots else tile_root(hashes_of(level, (first + start) // TILE))
        for start, stop in _slices(first, len(added)) if (first + stop) % TILE == 0
    ]
