"""What the law says on a day: `parameters.toml`, each row with its source; the newest row that has begun, else the first."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parents[1] / "parameters.toml").read_text("utf-8"))


def _on(name: str, on: date) -> Any:
    rows = sorted(_rows()[name], key=lambda row: row["since"])
    return ([row for row in rows if row["since"] <= on] or rows[:1])[-1]["value"]


def interest_per_day(on: date) -> Decimal:
    """Share of the amount per day late, for a small firm where no rate was agreed."""
    return Decimal(_on("sme_interest_per_day", on))


def signing_days(on: date) -> int:
    """Days from the award to the signature."""
    return int(_on("signing_days", on))


def change_share(on: date) -> float:
    """Largest change of a contract against its award."""
    return float(_on("change_share", on))


def veto_days(on: date) -> int:
    """Days after which an undisputed debt to a small firm is a veto (D01-5)."""
    return int(_on("veto_days", on))


def grace_days(on: date) -> int:
    return int(_on("grace_days", on))


def _in_force(name: str, on: date) -> int | None:
    """None on a day before the duty began."""
    rows = [row for row in _rows()[name] if row["since"] <= on]
    return int(max(rows, key=lambda row: row["since"])["value"]) if rows else None


def intention_days(on: date) -> int | None:
    """Days by which the intention to buy must be public before the purchase begins; None before the duty began."""
    return _in_force("intention_days", on)


def result_workdays(on: date) -> int | None:
    """Working days from the award to its notice."""
    return _in_force("result_workdays", on)


def contract_workdays(on: date) -> int | None:
    """Working days from the signature to the notice of the contract."""
    return _in_force("contract_workdays", on)


def challenge_workdays(on: date) -> int:
    """Working days in which a buyer answers a challenge."""
    return int(_on("challenge_workdays", on))


def complaint_workdays(on: date) -> int:
    """Working days in which the supervisor decides a complaint."""
    return int(_on("complaint_workdays", on))
