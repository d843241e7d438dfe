"""What does this room announce? Numbers and codes only, nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """A case went from one state to another (`before` empty: it was opened)."""

    case: str
    procedure: str
    verb: str
    before: str
    after: str
    about: str


@dataclass(frozen=True, slots=True)
class CaseOverdue:
    """A limit passed; `silence` says what the declaration makes of it."""

    case: str
    procedure: str
    state: str
    about: str
    silence: list[str]


@dataclass(frozen=True, slots=True)
class EffectStopping:
    """This effect must end now; whoever runs it answers with a receipt."""

    effect: str
    kind: str
    cause: str
