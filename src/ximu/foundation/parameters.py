"""Which value holds on a day? Dated parameters of a room (`parameters.toml`): each row begins on a day and names its source."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

NAME = "parameters.toml"


@cache
def _tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((folder / NAME).read_text("utf-8"))


def row_on(folder: Path, name: str, on: date) -> dict[str, Any]:
    """The newest row of a parameter that has begun; before the first day the first row."""
    rows = sorted(_tables(folder)[name], key=lambda row: row["since"])
    begun = [row for row in rows if row["since"] <= on]
    return begun[-1] if begun else rows[0]


def value_on(folder: Path, name: str, on: date) -> Any:
    return row_on(folder, name, on)["value"]
