"""What do promises announce? Names and states only, nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommitmentOverdue:
    """These promises were due and are not proved, as of a day: each gets its rectification case."""

    commitments: list[str]
    on: str


@dataclass(frozen=True, slots=True)
class CommitmentBroken:
    """These promises were not kept when their time to put it right ended, or their units said that they will not perform."""

    commitments: list[str]
    on: str


@dataclass(frozen=True, slots=True)
class CommitmentTurned:
    """One promise went from one state to another by an act (not by the passing of time)."""

    commitment: str
    before: str
    after: str
