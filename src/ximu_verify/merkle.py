"""Does a proof lead to the root? RFC 6962 §2.1 with the verification algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from hmac import compare_digest
from typing import Literal

HASH_BYTES = 32
MOST_LEAVES = 2**64 - 1
"""RFC 6962 §2.1: a tree size is an unsigned 64-bit integer."""


class ProofError(ValueError):
    """The proof does not show what it claims. Never caught and turned into a lesser answer."""


def leaf_hash(data: bytes) -> bytes:
    """MTH of a single entry: SHA-256(0x00 ‖ data). Errors: TypeError for anything but bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Iterable[bytes], root: bytes) -> Literal[True]:
    """RFC 9162 §2.1.3.2: the leaf stands at `index` in the tree of `size` leaves with `root`.

    Errors: ProofError.
    """
    _must_be_sizes(index, size)
    if index >= size:
        raise ProofError(f"index {index} is not in a tree of {size} leaves")
    path = _nodes(proof)
    result = _hash(leaf_hash, "leaf hash")
    first, last = index, size - 1
    for node in path:
        if last == 0:
            raise ProofError("the proof has too many nodes")
        if first & 1 or first == last:
            result = node_hash(node, result)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            result = node_hash(result, node)
        first, last = first >> 1, last >> 1
    if last:
        raise ProofError("the proof has too few nodes")
    _must_match(result, _hash(root, "root"), "root")
    return True


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Iterable[bytes],
) -> Literal[True]:
    """RFC 9162 §2.1.4.2: the old tree is a prefix of the new one.

    Equal sizes need equal roots and an empty proof. A proof from the empty tree does not exist (RFC 6962 §2.1.2
    defines it for 0 < m < n only), so `old_size` 0 with a larger tree is refused.
    Errors: ProofError.
    """
    _must_be_sizes(old_size, new_size)
    path = _nodes(proof)
    if old_size > new_size:
        raise ProofError(f"the new tree ({new_size}) is smaller than the old one ({old_size})")
    if old_size == new_size:
        if path:
            raise ProofError("trees of equal size need an empty proof")
        if not all(isinstance(root, bytes | bytearray) for root in (old_root, new_root)):
            raise ProofError("roots must be bytes")
        _must_match(old_root, new_root, "root")
        return True
    if old_size == 0:
        raise ProofError("nothing can be proved from the empty tree")
    old, new = _hash(old_root, "old root"), _hash(new_root, "new root")
    if not path:
        raise ProofError("the proof is empty")
    _follow_both(old_size, new_size, old, new, path)
    return True


def _follow_both(old_size: int, new_size: int, old: bytes, new: bytes, path: list[bytes]) -> None:
    if old_size & (old_size - 1) == 0:
        path = [old, *path]
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    from_old = from_new = path[0]
    for node in path[1:]:
        if last == 0:
            raise ProofError("the proof has too many nodes")
        if first & 1 or first == last:
            from_old, from_new = node_hash(node, from_old), node_hash(node, from_new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            from_new = node_hash(from_new, node)
        first, last = first >> 1, last >> 1
    if last:
        raise ProofError("the proof has too few nodes")
    _must_match(from_old, old, "old root")
    _must_match(from_new, new, "new root")


def _must_be_sizes(*numbers: int) -> None:
    for number in numbers:
        if type(number) is not int or not 0 <= number <= MOST_LEAVES:
            raise ProofError("an index or a size is not an unsigned 64-bit number")


def _hash(value: bytes, what: str) -> bytes:
    if not isinstance(value, bytes | bytearray) or len(value) != HASH_BYTES:
        raise ProofError(f"the {what} is not {HASH_BYTES} bytes")
    return bytes(value)


def _nodes(proof: Iterable[bytes] | None) -> list[bytes]:
    """A missing proof is an empty one. At most 2 × 64 nodes can be needed; more are refused before any work."""
    if proof is None:
        return []
    if isinstance(proof, bytes | bytearray | str) or not isinstance(proof, Iterable):
        raise ProofError("a proof is a list of hashes")
    path: list[bytes] = []
    for node in proof:
        path.append(_hash(node, "proof node"))
        if len(path) > 128:
            raise ProofError("the proof has too many nodes")
    return path


def _must_match(found: bytes, wanted: bytes, what: str) -> None:
    if not compare_digest(found, wanted):
        raise ProofError(f"the {what} does not match")
