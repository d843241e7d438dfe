"""What does this room announce? An alarm that somebody found true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlarmConfirmed:
    """The unit concerned, the level, and the alarm; what was found stands there, not here."""

    alarm: str
    unit: str
    rule: str
    level: str
