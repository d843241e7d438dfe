"""What does this pack announce? A breach of the public side that a final document established; nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BreachFinal:
    """It becomes a lead of `origin` with this reference, once; `unit` is the body that carries the contract today."""

    origin: str
    reference: str
    unit: str
    title: str
    words: str
