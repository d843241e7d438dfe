"""What do rows of a period add up to? The highest of some shares, in per cent, with its parts; what is missing is never zero.

For indicators of packs whose definition says `over = "events"` and names columns: `[[params.share]] top = […] base = […]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = Mapping[str, Any]
CITY = ""
PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Figure:
    """`parts`: (above, below) of each share, as delivered; `excluded` is empty, or the code of an exclusion."""

    value: Decimal | None
    parts: tuple[tuple[Decimal, Decimal], ...] = ()
    excluded: str = ""
    counted: tuple[str, ...] = ()


def shares(spec: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Figure]:
    """By unit, and the city under an empty uid: not computed unless every unit has its figure."""
    found = {row["unit"]: _share(spec["share"], [row]) for row in rows}
    listed = [row for row in rows if not found[row["unit"]].excluded]
    whole = _share(spec["share"], listed) if listed and len(listed) == len(found) else Figure(None, excluded="missing")
    return {**found, CITY: whole}


def _share(listed: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> Figure:
    parts = []
    for one in listed:
        above, below = (added(one[side], rows) for side in ("top", "base"))
        if above is None or below is None:
            return Figure(None, excluded="missing")
        if below <= 0 and above:
            return Figure(None, excluded="no-base")
        parts.append((above, below))
    values = [Decimal(0) if not below else 100 * above / below for above, below in parts]
    return Figure(max(values).quantize(PLACES, ROUND_HALF_UP), tuple(parts))


def added(names: Iterable[str], rows: Iterable[Row]) -> Decimal | None:
    """`-name` is taken off. None where one of them was not delivered."""
    cells = [(row[name.removeprefix("-")], -1 if name.startswith("-") else 1) for row in rows for name in names]
    return None if any(cell is None for cell, _ in cells) else sum((sign * cell for cell, sign in cells), Decimal(0))


def newest(rows: Iterable[Row], key: str, stated: str) -> list[Row]:
    """The last statement of each thing, in the order of their keys."""
    found: dict[str, Row] = {}
    for one in rows:
        if one[key] not in found or one[stated] >= found[one[key]][stated]:
            found[one[key]] = one
    return [found[name] for name in sorted(found)]
