"""Who re-derives what the log should say? Rooms connect their evidence in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Provider = Callable[[int, int], Iterable[tuple[int, bytes, str]]]
"""provider(first, last) yields (log index, canonical entry bytes re-derived from the room's tables, label) for the
indices first ≤ index < last; what it yields outside is ignored, or asked for again when its turn comes."""


@dataclass(frozen=True, slots=True)
class Evidence:
    name: str
    provider: Provider
    kinds: tuple[str, ...]


_all: dict[str, Evidence] = {}


def register_evidence(name: str, provider: Provider, *, kinds: tuple[str, ...] = ()) -> None:
    """Connect a room's proof of its tables.

    `kinds` names the entry kinds that the room vouches for completely (`"record."` stands for all that begin so): an
    entry of such a kind without a row in the room is reported as missing there.
    """
    _all[name] = Evidence(name, provider, tuple(kinds))


def registered() -> list[Evidence]:
    return list(_all.values())
