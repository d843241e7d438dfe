"""What else happens when a procedure moves? The room that declares it says so, in the same transaction.

Connected in `config/wiring.py`, so that the case page, the API and the command line all run through the room's own rules.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ximu.ideas.casework.models import Case
from ximu.ideas.casework.rules import Given, Move
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text


class Conduct(Protocol):
    """`before` may refuse a move, `after` does what follows from it in other rooms. `case` is read, never written."""

    def before(self, case: Case, move: Move, given: Given, *, by: Actor, at: datetime) -> None: ...

    def after(self, case: Case, move: Move, given: Given, *, by: Actor, at: datetime) -> None: ...


_conducts: dict[str, Conduct] = {}


def register(procedure: str, conduct: Conduct) -> None:
    """Called by `config/wiring.py` only."""
    _conducts[procedure] = conduct


Pages = Callable[[Case, Actor], "list[tuple[Text, str]]"]
_pages: dict[str, Pages] = {}


def register_pages(procedure: str, pages: Pages) -> None:
    """Where else one looks at such a case: names and addresses for this person. Called by `config/wiring.py` only."""
    _pages[procedure] = pages


def pages_of(case: Case, by: Actor) -> list[tuple[Text, str]]:
    return _pages[case.procedure](case, by) if case.procedure in _pages else []


_daily: dict[str, Callable[..., int]] = {}


def register_daily(name: str, work: Callable[..., int]) -> None:
    """What a room does once a day beside the limits; `work(at=…)` must be safe to repeat. Called by `config/wiring.py` only."""
    _daily[name] = work


def daily() -> dict[str, Callable[..., int]]:
    return dict(_daily)


def conduct_of(procedure: str) -> Conduct | None:
    return _conducts.get(procedure)
