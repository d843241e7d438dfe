"""The maps of the profiles: every district has its tile, every street stands within its district, none upon another."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from ximu.foundation import city, tiles
from ximu.foundation.city import CITIES
from ximu.foundation.profiles import uid_of

pytestmark = pytest.mark.row("D13")


def blocks(profile: str) -> list[tiles.Block]:
    with (CITIES / profile / "registry" / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    cells = {row["key"]: tiles.Cell(uid_of(profile, row["key"]), row["short"], None, "—", "#") for row in rows}
    return [tiles.Block(cells[one["key"]], tuple(cells[row["key"]] for row in rows if row["level"] == "street" and row["district"] == one["key"]))
            for one in rows if one["level"] == "district" and one["kind"] == "government"]


@pytest.mark.parametrize(("profile", "placed"), [("example", True), ("shanghai", False)])
def test_no_tile_lies_upon_another_and_names_fit(profile: str, placed: bool, settings: Any) -> None:
    settings.XIMU_PROFILE = profile
    made = [one for one in blocks(profile) if one.streets]   # districts that were merged long ago have none
    assert len(made) == 16 and sum(len(b.streets) for b in made) > 70
    assert bool(city.street_places()) is placed, "a real city's streets are placed by no invented geometry"
    found = tiles.block_map(made, city.places(), city.street_places())
    for plot in found.plots:
        spots = {(tile.x, tile.y) for tile in plot.tiles}
        assert len(spots) == len(plot.tiles) > 0
        assert all(plot.x < tile.x <= plot.x + plot.width - tiles.SMALL_WIDE and plot.y < tile.y <= plot.y + plot.height - tiles.SMALL_HIGH
                   for tile in plot.tiles)
    for one in found.plots:
        for other in found.plots:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x or one.y + one.height <= other.y or other.y + other.height <= one.y
            assert one is other or apart, (one.cell.label, other.cell.label)
    assert max(len(s.label) for b in made for s in b.streets) * 12 <= tiles.SMALL_WIDE
