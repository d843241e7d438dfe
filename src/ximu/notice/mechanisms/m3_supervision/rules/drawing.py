"""How is a sample drawn so that anyone can draw it again and nobody could choose it?

The seed is committed to the log together with the list of units; the log's root of a later size is mixed in, which nobody
knew at the time of the commitment. Units are ordered by a keyed hash and the first ones taken: a simple random sample
without replacement, in the manner of ballot-level draws from a public seed (R. L. Rivest, Consistent sampling, 2018).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def commitment_of(seed: bytes, population: Iterable[str]) -> str:
    """Hex SHA-256 over the seed and the sorted list of units."""
    return hashlib.sha256(b"ximu-sample\0" + seed + "\n".join(sorted(population)).encode()).hexdigest()


def later(commit_index: int | None, root_size: int | None) -> bool:
    """Whether the root that is mixed in covers the commitment: an earlier one was known when the seed was made."""
    return commit_index is not None and root_size is not None and root_size > commit_index


def final_seed(seed: bytes, root: bytes) -> bytes:
    """The seed with the log's root mixed in."""
    return hashlib.sha256(b"ximu-draw\0" + seed + root).digest()


def sample(population: Iterable[str], size: int, seed: bytes) -> list[str]:
    """`size` units, in the order in which they were drawn."""
    return sorted(set(population), key=lambda unit: hmac.new(seed, unit.encode(), hashlib.sha256).digest())[:size]
