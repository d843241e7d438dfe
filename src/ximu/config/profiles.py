"""Which cities can be run, and how is one loaded? Each room loads its own part of the profile.

A room takes part by a function `load_profile(folder, *, by, at)` in its `jobs.py`; it goes through the
room's services, may be repeated without effect, and answers what it added (a dictionary of counts).
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ximu.foundation.profiles import city_of
from ximu.foundation.rooms import with_module
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

CITIES = Path(__file__).parent / "cities"
ORDER = (
    "registry", "accounts", "catalogue", "ledger", "plan", "records", "commitments", "events", "casework", "intake", "disclosure",
    "exchange", "assessment", "warnings",
)
"""Units first, then those who act for them, then the lists, then what is recorded under them; packs follow."""


def available() -> list[dict[str, Any]]:
    return [city_of(folder) for folder in sorted(CITIES.iterdir()) if (folder / "city.toml").exists()]


def folder_of(name: str) -> Path:
    """Errors: `CITY-NONE` when no profile has that name."""
    known = [city["code"] for city in available()]
    if name not in known:
        raise Refusal(
            "CITY-NONE", status=404, field="name", value=name, rule=" ".join(known),
            zh=f"没有名为“{name}”的城市配置；现有：{'、'.join(known)}。",
            en=f"There is no city profile named “{name}”; there are: {', '.join(known)}.",
        )
    return CITIES / name


def loaders() -> list[tuple[str, Any]]:
    """(room, its `load_profile`), in the order in which the rooms can be loaded."""
    rank = {room: place for place, room in enumerate(ORDER)}
    rooms = sorted(with_module("jobs"), key=lambda room: rank.get(room[0], len(rank)))
    found = [(room, getattr(import_module(module), "load_profile", None)) for room, module in rooms]
    return [(room, loader) for room, loader in found if loader]


def load(name: str, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What each room added; a second load adds nothing."""
    folder = folder_of(name)
    return {room: loader(folder, by=by, at=at) for room, loader in loaders()}
