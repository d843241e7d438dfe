"""Where do streets lie? A table `street,x,y[,population]`: any plane coordinates, for the spatial scan."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ximu.ideas.warnings.rules.scan import Cluster, scan
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    street: str
    x: float
    y: float
    population: float | None


def places_of(lines: Iterable[str]) -> list[Place]:
    """Errors: `D13-PLACES` naming line and field."""
    reader = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    if not {"street", "x", "y"} <= set(reader.fieldnames or ()):
        raise _bad(1, "street,x,y", ",".join(reader.fieldnames or ())[:60])
    found: dict[str, Place] = {}
    for row in reader:
        street = (row["street"] or "").strip()
        if not street or street in found:
            raise _bad(reader.line_num, "street", street[:40])
        given = (row.get("population") or "").strip()
        population = _number(reader.line_num, "population", given) if given else None
        if population is not None and population <= 0:
            raise _bad(reader.line_num, "population", given[:40])
        x, y = (_number(reader.line_num, name, row[name] or "") for name in ("x", "y"))
        found[street] = Place(street, x, y, population)
    if len(found) < 2:
        raise _bad(reader.line_num, "street", str(len(found)))
    return list(found.values())


def _number(line: int, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _bad(line, name, text[:40]) from error
    if not math.isfinite(value):
        raise _bad(line, name, text[:40])
    return value


def _bad(line: int, field: str, value: str) -> Refusal:
    return Refusal(
        "D13-PLACES", field=field, value=value, rule="street,x,y[,population]; ≥ 2; unique", extra={"line": line},
        zh=f"街镇位置表第{line}行“{field}”不能使用（{value}）。",
        en=f"Line {line} of the table of streets cannot be used at “{field}” ({value}).",
    )


def clusters(
    places: list[Place], now: Mapping[str, int], before: Mapping[str, int], *, draws: int, seed: int,
) -> tuple[list[tuple[Cluster, list[str]]], list[str]]:
    """Circles of streets with more tickets than their share would bring, most unusual first, and the streets left out.

    A street's share is its population where every street has one, else its tickets in the year before; a street without either
    cannot be judged and is named.
    """
    whole = all(place.population is not None for place in places)
    weight = {place.street: float(place.population or 0) if whole else float(before.get(place.street, 0)) for place in places}
    kept = [place for place in places if weight[place.street] > 0]
    out = sorted({*(place.street for place in places if weight[place.street] <= 0), *(set(now) - {place.street for place in places})})
    if len(kept) < 2:
        return [], out
    found = scan([now.get(place.street, 0) for place in kept], [weight[place.street] for place in kept],
                 [(place.x, place.y) for place in kept], draws=draws, seed=seed)
    return [(one, [kept[at].street for at in one.members]) for one in found], out
