"""What does a log hold more after entries are added? Its runs of entries, its hashes by tile, and its new edge; no database is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from ximu.ideas.ledger.rules.entry import LONGEST_ENTRY
from ximu.ideas.ledger.rules.tree import HASH, TILE, TILE_HEIGHT, Edge, leaf_hashes, tile_roots

LENGTHS = [length.to_bytes(2, "big") for length in range(LONGEST_ENTRY + 1)]
Begun = Callable[[int, int], bytes]
"""Level and tile → the hashes that stand in that tile before anything is added."""


class Bodies(Protocol):
    """Entries about to be added, in their order."""

    def __len__(self) -> int: ...

    def leaves(self) -> bytes:
        """Their leaf hashes, one after another."""

    def packed(self, start: int, stop: int) -> bytes:
        """C2SP tlog-tiles entry bundle: each entry behind its length as a big-endian uint16."""

    def body(self, place: int) -> bytes:
        """One of them."""


class Listed:
    """Entries of any length."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies

    def __len__(self) -> int:
        return len(self._bodies)

    def leaves(self) -> bytes:
        return b"".join(leaf_hashes(self._bodies))

    def packed(self, start: int, stop: int) -> bytes:
        bodies = self._bodies[start:stop]
        both: list[bytes] = [b""] * (2 * len(bodies))
        both[::2] = [LENGTHS[len(body)] for body in bodies]
        both[1::2] = bodies
        return b"".join(both)

    def body(self, place: int) -> bytes:
        return self._bodies[place]


class Even:
    """Many entries that differ only in a middle part of equal length: `before`, `middles[i]`, `behind`. `middles` is n × width, uint8."""

    def __init__(self, before: bytes, middles: np.ndarray, behind: bytes) -> None:
        count, width = middles.shape
        self._length = len(before) + width + len(behind)
        if self._length > LONGEST_ENTRY:
            raise ValueError(f"a log entry has at most {LONGEST_ENTRY} bytes, these {self._length}")
        self._rows = np.empty((count, 3 + self._length), dtype=np.uint8)
        self._rows[:, 0] = 0
        self._rows[:, 1:3] = np.frombuffer(LENGTHS[self._length], dtype=np.uint8)
        self._rows[:, 3:3 + len(before)] = np.frombuffer(before, dtype=np.uint8)
        self._rows[:, 3 + len(before):3 + len(before) + width] = middles
        self._rows[:, 3 + len(before) + width:] = np.frombuffer(behind, dtype=np.uint8)

    def __len__(self) -> int:
        return len(self._rows)

    def leaves(self) -> bytes:
        marked = np.delete(self._rows, (1, 2), axis=1).tobytes()
        sha256, width = hashlib.sha256, self._length + 1
        return b"".join([sha256(marked[at:at + width]).digest() for at in range(0, len(marked), width)])

    def packed(self, start: int, stop: int) -> bytes:
        return self._rows[start:stop, 1:].tobytes()

    def body(self, place: int) -> bytes:
        return self._rows[place, 3:].tobytes()


@dataclass(frozen=True, slots=True)
class Grown:
    """What is written: `runs` (first, count, entries), `hashes` (level, first, count, data), and the head from `before` to `size`."""

    before: int
    size: int
    edge: bytes
    runs: list[tuple[int, int, bytes]]
    hashes: list[tuple[int, int, int, bytes]]


def slices(first: int, count: int) -> list[tuple[int, int]]:
    """Where `count` things that start at `first` are cut at tile boundaries."""
    cuts = [0, *range(TILE - first % TILE, count, TILE), count]
    return list(pairwise(cuts))


def grown(edge: Edge, bodies: Bodies, begun: Begun) -> Grown:
    """Adds the entries to the edge; RFC 6962 §2.1, tiles as in C2SP tlog-tiles."""
    before, count = edge.size, len(bodies)
    runs = [(before + start, stop - start, bodies.packed(start, stop)) for start, stop in slices(before, count)]
    hashes: list[tuple[int, int, int, bytes]] = []
    level, first, added = 0, before, bodies.leaves()
    while added:
        cuts = slices(first, len(added) // HASH)
        roots = _roots(cuts, added)
        if not level:
            _extend(edge, cuts, added, roots)
        hashes += [(level, first + start, stop - start, added[start * HASH:stop * HASH]) for start, stop in cuts]
        added = b"".join(
            roots[start] if start in roots else tile_roots(begun(level, (first + start) // TILE) + added[start * HASH:stop * HASH])
            for start, stop in cuts if (first + stop) % TILE == 0
        )
        level, first = level + 1, first // TILE
    return Grown(before, edge.size, edge.packed(), runs, hashes)


def _roots(cuts: list[tuple[int, int]], added: bytes) -> dict[int, bytes]:
    """The roots of the tiles that lie wholly within what is added, by where they start in it."""
    starts = [start for start, stop in cuts if stop - start == TILE]
    if not starts:
        return {}
    found = tile_roots(added[starts[0] * HASH:(starts[-1] + TILE) * HASH])
    return {start: found[place * HASH:(place + 1) * HASH] for place, start in enumerate(starts)}


def _extend(edge: Edge, cuts: list[tuple[int, int]], added: bytes, roots: dict[int, bytes]) -> None:
    for start, stop in cuts:
        if start in roots:
            edge.add(roots[start], TILE_HEIGHT)
            continue
        for at in range(start * HASH, stop * HASH, HASH):
            edge.add(added[at:at + HASH])
