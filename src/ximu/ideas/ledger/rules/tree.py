"""How is the tree built and proved? RFC 6962 §2.1 on perfect subtrees; tiles are 256 hashes wide (C2SP tlog-tiles)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

HASH = 32
TILE = 256
TILE_HEIGHT = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    return _sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    sha256 = _sha256
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level up, of complete pairs only."""
    sha256 = _sha256
    pairs = iter(hashes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs)]


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """The root of a full tile: the hash that stands in the tile above."""
    for _ in range(TILE_HEIGHT):
        hashes = parents(hashes)
    return hashes[0]


def tile_roots(hashes: bytes) -> bytes:
    """The roots of full tiles that lie one after another: the hashes that stand in the level above."""
    sha256 = hashlib.sha256
    for _ in range(TILE_HEIGHT):
        hashes = b"".join([sha256(b"\x01" + hashes[at:at + 2 * HASH]).digest() for at in range(0, len(hashes), 2 * HASH)])
    return hashes


@lru_cache(maxsize=512)
def levels_of(data: bytes) -> tuple[tuple[bytes, ...], ...]:
    """All perfect nodes within a tile, by height; the tile's own hashes first. Pure, so it may be remembered."""
    row = [data[at:at + HASH] for at in range(0, len(data), HASH)]
    rows = [tuple(row)]
    for _ in range(TILE_HEIGHT):
        row = parents(row)
        rows.append(tuple(row))
    return tuple(rows)


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: the roots of its perfect subtrees, largest first. Enough to grow it and to know its root."""

    size: int
    nodes: list[bytes]

    @classmethod
    def of(cls, size: int, packed: bytes) -> Edge:
        return cls(size, [packed[at:at + HASH] for at in range(0, len(packed), HASH)])

    def packed(self) -> bytes:
        return b"".join(self.nodes)

    def add(self, node: bytes, height: int = 0) -> None:
        """Add one perfect subtree of 2**height leaves; the size must be a multiple of that."""
        place = self.size >> height
        while place & 1:
            node = node_hash(self.nodes.pop(), node)
            place >>= 1
        self.nodes.append(node)
        self.size += 1 << height

    def root(self) -> bytes:
        if not self.nodes:
            return EMPTY_ROOT
        *rest, result = self.nodes
        for node in reversed(rest):
            result = node_hash(node, result)
        return result


Place = tuple[int, int]
"""A perfect subtree: its height and its number at that height."""


def cover(first: int, last: int) -> Iterator[Place]:
    """The perfect subtrees, left to right, that make up MTH(D[first:last]) of RFC 6962; `first` is aligned."""
    while first < last:
        height = min((last - first).bit_length() - 1, (first & -first).bit_length() - 1 if first else 64)
        yield height, first >> height
        first += 1 << height


def inclusion_path(index: int, size: int) -> list[list[Place]]:
    """For each node of PATH(index, D[size]) (RFC 6962 §2.1.1), the perfect subtrees to be folded into it."""
    path: list[list[Place]] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _half(last - first)
        if index < middle:
            path.append(list(cover(middle, last)))
            last = middle
        else:
            path.append(list(cover(first, middle)))
            first = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[list[Place]]:
    """The same for PROOF(old, D[new]) (RFC 6962 §2.1.2); empty for equal sizes and from the empty tree."""
    path: list[list[Place]] = []
    if not 0 < old < new:
        return path
    first, last, whole = 0, new, True
    while old != last:
        middle = first + _half(last - first)
        if old <= middle:
            path.append(list(cover(middle, last)))
            last = middle
        else:
            path.append(list(cover(first, middle)))
            first, whole = middle, False
    if not whole:
        path.append(list(cover(first, last)))
    return path[::-1]


def _half(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def fold(nodes: Sequence[bytes]) -> bytes:
    """One hash from perfect subtrees, largest first."""
    *rest, result = nodes
    for node in reversed(rest):
        result = node_hash(node, result)
    return result
