"""What does disclosure announce? That something became public, or stopped being it; what it says is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicationOpened:
    """A record is public from now on."""

    publication: str
    number: str


@dataclass(frozen=True, slots=True)
class PublicationClosed:
    """A record is no longer public; `cause` is one of the causes of the ledger of effects."""

    publication: str
    number: str
    cause: str
