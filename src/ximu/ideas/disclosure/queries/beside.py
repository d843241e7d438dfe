"""What else stands beside a record where it is read? Told by rooms above; only where the record itself is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

Beside = Callable[[Collection[str]], dict[str, tuple[str, datetime]]]
_told: list[Beside] = []


def register_beside(told: Beside) -> None:
    """Connect a room (`config/wiring.py`): numbers of records → words of the subject and when they were said."""
    _told.append(told)


def beside(numbers: Collection[str]) -> dict[str, tuple[str, datetime]]:
    return {number: said for told in _told for number, said in told(numbers).items()}
