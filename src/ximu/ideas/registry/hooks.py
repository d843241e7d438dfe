"""What the registry announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitsReformed:
    """A reform was entered: duties and records of the predecessors now answer to their heirs."""

    reform: str
    kind: str
    on: str
    predecessors: list[str]
    successors: list[str]


@dataclass(frozen=True, slots=True)
class FirstResponsibleChanged:
    """Somebody took or left the post of first responsible person of a unit."""

    unit: str
    since: str
