"""How do acts on reports enter the log without telling when and how many? Once a day, sorted, padded to a multiple of 16."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ximu.kernel.canonical import digest

PAD = 16


def padding(count: int) -> int:
    """How many random leaves a day with `count` acts gets: at least one, up to the next multiple of 16."""
    return PAD - count % PAD


def day_root(leaves: Iterable[str]) -> str:
    """Digest of the sorted commitments."""
    return digest(sorted(leaves))


def is_member(leaf: str, leaves: Sequence[str], root: str) -> bool:
    return leaf in leaves and day_root(leaves) == root
