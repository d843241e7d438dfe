"""What happened in the made-up city, area by area: each module here tells one story, found by looking."""

from __future__ import annotations

import heapq
import pkgutil
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ximu.ideas.accounts import queries as accounts
from ximu.kernel.actor import Actor

CITIES = Path(__file__).resolve().parents[1] / "cities"


class Story:
    """Acts by their moment; an act may add later ones. `delivered`: something came in that was not there before."""

    def __init__(self) -> None:
        self._acts: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._told = 0
        self.delivered = False

    def add(self, at: datetime, act: Callable[[], Any]) -> None:
        self._told += 1
        heapq.heappush(self._acts, (at, self._told, act))

    def play(self) -> None:
        while self._acts:
            heapq.heappop(self._acts)[2]()

    def person(self, login: str, at: datetime) -> Actor:
        """Who bears this log-in, with the rights held at that moment."""
        return accounts.actor_for(accounts.accounts().get(login=login), at=at)


def tell_all(todo: Story, city: str) -> None:
    """Each module's `tell(todo, city)` adds its acts; one whose files the profile lacks, or whose acts were done, adds none."""
    for found in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda one: one.name):
        import_module(f"{__name__}.{found.name}").tell(todo, city)
