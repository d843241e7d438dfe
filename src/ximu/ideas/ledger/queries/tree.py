"""What does the tree hold? Sizes, hashes, entries, roots and proofs, by set-wise reads of immutable rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q

from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.rules import EMPTY_ROOT, HASH, TILE, Edge, consistency_path, inclusion_path, levels_of
from ximu.ideas.ledger.rules.tree import TILE_HEIGHT, Place, cover, fold
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class HeadView:
    """The tree as it stands: `uid` names this instance of the log."""

    uid: str
    size: int
    root: bytes


def head() -> HeadView:
    row = Head.objects.filter(pk=1).first()
    if row is None:
        return HeadView("", 0, EMPTY_ROOT)
    return HeadView(row.uid, row.size, Edge.of(row.size, bytes(row.edge)).root())


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_head WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else 0


def hashes_of(level: int, number: int) -> list[bytes]:
    """The hashes of a tile that are there, left to right."""
    data = tile_data(level, number)
    return [data[at:at + HASH] for at in range(0, len(data), HASH)]


def tile_data(level: int, number: int) -> bytes:
    rows = Hashes.objects.filter(level=level, first__gte=number * TILE, first__lt=(number + 1) * TILE)
    return b"".join(bytes(data) for data in rows.order_by("first").values_list("data", flat=True))


def tile(level: int, number: int, width: int = TILE) -> bytes | None:
    """A full or partial hash tile as C2SP tlog-tiles serves it, from committed size; None if it does not exist."""
    present = min(TILE, (size() >> TILE_HEIGHT * level) - number * TILE) if level < 8 else 0
    return tile_data(level, number)[:width * HASH] if 0 < width <= present else None


def entry_bundle(number: int, width: int = TILE) -> bytes | None:
    """The entries of a level 0 tile, each behind its length; None if there are not so many."""
    if not 0 < width <= min(TILE, size() - number * TILE):
        return None
    entries = [entry for _, entry in entries_between(number * TILE, number * TILE + width)]
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_between(first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """(index, bytes) of the entries first ≤ index < last that are stored."""
    rows = Run.objects.filter(first__gt=first - TILE, first__lt=last).order_by("first")
    for start, packed in rows.values_list("first", "entries").iterator(chunk_size=64):
        for index, entry in enumerate(unpacked(bytes(packed)), start):
            if first <= index < last:
                yield index, entry


def entries_at(indices: Iterable[int]) -> dict[int, bytes]:
    """Those of the entries that are stored, few and far apart, asked for at once."""
    wanted = set(indices)
    rows = Run.objects.filter(reduce(or_, (Q(first__gt=index - TILE, first__lte=index) for index in wanted), Q(pk__in=())))
    return {index: entry for start, packed in rows.values_list("first", "entries")
            for index, entry in enumerate(unpacked(bytes(packed)), start) if index in wanted}


def unpacked(packed: bytes) -> list[bytes]:
    entries, at = [], 0
    while at < len(packed):
        end = at + 2 + int.from_bytes(packed[at:at + 2], "big")
        entries.append(packed[at + 2:end])
        at = end
    return entries


def entry(index: int) -> bytes:
    """The canonical bytes of one entry. Errors: `LOG-INDEX`."""
    _must_hold(index, size())
    return next(found for _, found in entries_between(index, index + 1))


def entry_value(index: int) -> dict[str, Any]:
    """The entry as JSON values. Errors: `LOG-INDEX`."""
    value: dict[str, Any] = orjson.loads(entry(index))
    return value


def inclusion(index: int, *, size: int | None = None) -> list[bytes]:
    """The proof that entry `index` is in the tree of `size` leaves (now, if None). Errors: `LOG-INDEX`, `LOG-TREE`."""
    wanted = _must_exist(size)
    _must_hold(index, wanted)
    return _nodes(inclusion_path(index, wanted))


def consistency(old: int, new: int | None = None) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of that of `new` (now, if None). Errors: `LOG-TREE`."""
    wanted = _must_exist(new)
    if not 0 <= old <= wanted:
        raise _no_tree(old, wanted)
    return _nodes(consistency_path(old, wanted))


def root_at(size: int) -> bytes:
    """The root that the stored hashes give for an earlier size. Errors: `LOG-TREE`."""
    wanted = _must_exist(size)
    return _nodes([list(cover(0, wanted))])[0] if wanted else EMPTY_ROOT


def _nodes(path: list[list[Place]]) -> list[bytes]:
    """One hash for each list of perfect subtrees; all tiles that are needed are read by one statement."""
    try:
        nodes = _perfect({place for places in path for place in places})
    except IndexError as error:
        raise Refusal(
            "LOG-BROKEN", status=500, field="hashes", rule="ximu log verify",
            zh="日志的哈希不完整，请运行 ximu log verify。", en="Hashes of the log are missing; run ximu log verify.",
        ) from error
    return [fold([nodes[place] for place in places]) for places in path]


def _perfect(places: set[Place]) -> dict[Place, bytes]:
    """The roots of perfect subtrees. Errors: IndexError where hashes are missing."""
    homes = {}
    for height, number in places:
        level, within = divmod(height, TILE_HEIGHT)
        tile_number, place = divmod(number << within, TILE)
        homes[height, number] = (level, tile_number), within, place >> within
    tiles = _tiles({home[0] for home in homes.values()})
    return {place: tiles[key][within][at] for place, (key, within, at) in homes.items()}


def _tiles(keys: set[Place]) -> dict[Place, tuple[tuple[bytes, ...], ...]]:
    """The nodes of the tiles (level, number). Plain SQL: the proof's whole time would else go into building queries."""
    found: dict[Place, list[bytes]] = {key: [] for key in keys}
    if keys:
        ranges = " OR ".join(["(level = %s AND first >= %s AND first < %s)"] * len(keys))
        bounds = [bound for level, number in keys for bound in (level, number * TILE, (number + 1) * TILE)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT level, first, data FROM ledger_hashes WHERE {ranges} ORDER BY first", bounds)  # noqa: S608
            for level, first, data in cursor.fetchall():
                found[level, first // TILE].append(bytes(data))
    return {key: levels_of(b"".join(parts)) for key, parts in found.items()}


def _must_exist(wanted: int | None) -> int:
    now = size()
    if wanted is None:
        return now
    if not 0 <= wanted <= now:
        raise _no_tree(wanted, now)
    return wanted


def _no_tree(wanted: int, now: int) -> Refusal:
    return Refusal(
        "LOG-TREE", status=404, field="size", value=wanted, rule=f"0 … {now}",
        zh=f"没有{wanted}条的日志树，应为0至{now}条。", en=f"There is no tree of {wanted} entries; give a size from 0 to {now}.",
    )


def _must_hold(index: int, now: int) -> None:
    if not 0 <= index < now:
        raise Refusal(
            "LOG-INDEX", status=404, field="index", value=index, rule=f"0 … {now - 1}",
            zh=f"日志没有第{index}条，共{now}条（从0起）。", en=f"The log has no entry {index}; it has {now}, counted from 0.",
        )
