"""Which theme of special governance does a problem belong to, and how urgent is it from the start?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ximu.kernel.words import Text

OTHER = "other"
_LEVELS = {"轻微": "blue", "一般": "yellow", "严重": "orange"}
_ORDER = ("blue", "yellow", "orange", "red")


class Themes:
    """The dated table of themes."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def on(self, day: date) -> dict[str, Text]:
        return {row["code"]: Text(row["zh"], row["en"]) for row in self._rows if row["since"] <= day}

    def of(self, behaviour: str, day: date) -> str:
        """The theme whose list names the behaviour; empty where none does."""
        return next((str(row["code"]) for row in self._rows if behaviour in row["behaviours"] and row["since"] <= day), "")


def first_level(grade: str) -> str:
    """From the grade of the record; an unknown grade counts as the mildest."""
    return _LEVELS.get(grade, _ORDER[0])


def next_level(level: str) -> str:
    """One step up when a limit has passed: blue, yellow, orange, red; red stays."""
    place = _ORDER.index(level) if level in _ORDER else 0
    return _ORDER[min(place + 1, len(_ORDER) - 1)]
