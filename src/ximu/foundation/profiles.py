"""How is a city's profile read? A folder of plain files; each room finds its own beneath its name.

A profile names its units and officials by short keys. Their outside names are derived from the key,
so that loading twice adds nothing and a lower room can name a unit that a higher one will create.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from ximu.foundation.uid import ALPHABET, LENGTH


def uid_of(city: str, key: str) -> str:
    """The uid of the thing that the profile of `city` calls `key`; it betrays neither order nor count."""
    number = int.from_bytes(hashlib.sha256(f"{city}\x00{key}".encode()).digest()[:10], "big")
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(0, LENGTH * 5, 5))


def city_of(folder: Path) -> dict[str, Any]:
    """The head of a profile, `city.toml`: code (folder name), names, region code, day from which it is known."""
    head = tomllib.loads((folder / "city.toml").read_text("utf-8"))
    return {"code": folder.name, **head}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of one CSV of a profile (UTF-8, header line); no file, no rows. Lines that begin with # are remarks."""
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip() and not line.startswith("#")]
    return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(lines)]
