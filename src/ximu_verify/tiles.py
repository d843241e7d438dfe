"""Where does a log keep its hashes and entries? C2SP tlog-tiles, for auditors who read a whole log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from ximu_verify.merkle import ProofError, node_hash

WIDTH, HIGHEST_LEVEL = 256, 63


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile (`level` a number, 0 to 63) or of an entry bundle (`level` "entries"). Errors: ValueError."""
    whole = all(type(number) is int for number in (index, width, 0 if level == "entries" else level))
    if not whole or index < 0 or not 1 <= width <= WIDTH or (level != "entries" and not 0 <= int(level) <= HIGHEST_LEVEL):
        raise ValueError("there is no such tile")
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


def tiles_of(size: int) -> Iterator[tuple[int, int]]:
    """(index, width) of the level 0 tiles, and so of the entry bundles, of a tree of `size` leaves."""
    for index in range(size // WIDTH):
        yield index, WIDTH
    if size % WIDTH:
        yield size // WIDTH, size % WIDTH


def entries_of(bundle: bytes) -> list[bytes]:
    """The entries of a bundle: each behind its length as a big-endian uint16. Errors: ProofError."""
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at:at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise ProofError("the entry bundle is cut off")
        found.append(bundle[at + 2:end])
        at = end
    return found


def tree_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """MTH of all leaves (RFC 6962 §2.1), with memory for one branch only."""
    edge: list[tuple[int, bytes]] = []
    for leaf in leaf_hashes:
        height, node = 0, leaf
        while edge and edge[-1][0] == height:
            node = node_hash(edge.pop()[1], node)
            height += 1
        edge.append((height, node))
    if not edge:
        return hashlib.sha256(b"").digest()
    root = edge.pop()[1]
    while edge:
        root = node_hash(edge.pop()[1], root)
    return root
