"""Which city is run here, and what stands in the footer of its site? The profile's `city.toml`, its table `[site]`."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from ximu.foundation.profiles import city_of, uid_of
from ximu.foundation.rooms import SRC
from ximu.kernel.words import Text

CITIES = SRC / "config" / "cities"


@cache
def _profile(name: str) -> dict[str, Any]:
    folder = CITIES / name
    return city_of(folder) if name and (folder / "city.toml").exists() else {}


def name() -> Text | None:
    """The city's name, or None when no profile is chosen."""
    found = _profile(settings.XIMU_PROFILE)
    return Text(found["zh"], found["en"]) if found else None


def site() -> dict[str, str]:
    """Host, contact, site code and filing numbers, as far as the deployment has given them (国办发〔2017〕47号)."""
    return dict(_profile(settings.XIMU_PROFILE).get("site", {}))


def code() -> str:
    """The name of the profile's folder, or an empty string."""
    return str(settings.XIMU_PROFILE)


def office(duty: str = "office") -> str:
    """The uid of the unit that the profile names for a duty (its coordinating `office`, `reports`); empty when it names none."""
    found = _profile(settings.XIMU_PROFILE)
    return uid_of(code(), found[duty]) if duty in found else ""


def places() -> dict[str, tuple[int, int]]:
    """uid of a district → column and row of its tile on the schematic map (`[tiles]` of the profile)."""
    return {uid_of(code(), key): (spot[0], spot[1]) for key, spot in _profile(settings.XIMU_PROFILE).get("tiles", {}).items()}


def street_places() -> dict[str, tuple[int, int]]:
    """uid of a street or town → column and row of its tile within its district (`[streets]` of the profile); empty: registry order."""
    return {uid_of(code(), key): (spot[0], spot[1]) for key, spot in _profile(settings.XIMU_PROFILE).get("streets", {}).items()}
