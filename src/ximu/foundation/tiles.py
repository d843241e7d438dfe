"""A schematic map: one tile of equal size for each unit, placed about where it lies, shaded by its figure, opening to its data.

Equal tiles keep a small district as readable as a large one (a tile-grid map); the figure is written on each, so that nothing
hangs on colour. No coordinate of a real border is used. Units without a place stand in rows beneath, in the order given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEPS = 5
WIDE, HIGH, GAP = 112, 62, 6
IN_A_ROW = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """What a tile tells: `value` shades it (None: no figure), `words` stand on it, `url` is where it leads."""

    uid: str
    label: str
    value: float | None
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Tile:
    cell: Cell
    x: int
    y: int
    step: int

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def upper(self) -> int:
        return self.y + 25

    @property
    def lower(self) -> int:
        return self.y + 47


@dataclass(frozen=True, slots=True)
class TileMap:
    """`steps`: the shade and the two bounds of each band, for the legend."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    steps: tuple[tuple[int, float, float], ...]
    wide: int = WIDE
    high: int = HIGH


def tile_map(cells: Sequence[Cell], places: Mapping[str, tuple[int, int]] | None = None) -> TileMap:
    """Lay the tiles; shades are five bands of equal width between the least and the greatest figure."""
    known = dict(places or {})
    rows = 1 + max((known[c.uid][1] for c in cells if c.uid in known), default=-1)
    rest = [c for c in cells if c.uid not in known]
    spots = {c.uid: known.get(c.uid) or (k % IN_A_ROW, rows + k // IN_A_ROW) for k, c in enumerate(rest)} | {
        c.uid: known[c.uid] for c in cells if c.uid in known}
    values = [c.value for c in cells if c.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    band = (high - low) / STEPS
    tiles = tuple(Tile(c, spots[c.uid][0] * (WIDE + GAP), spots[c.uid][1] * (HIGH + GAP), _step(c.value, low, band)) for c in cells)
    bands = tuple((k + 1, low + k * band, low + (k + 1) * band) for k in range(STEPS)) if band else ()
    width, height = (max((t.x for t in tiles), default=0) + WIDE, max((t.y for t in tiles), default=0) + HIGH)
    return TileMap(tiles, width, height, bands)


def _step(value: float | None, low: float, band: float) -> int:
    if value is None:
        return 0
    return min(int((value - low) / band) + 1, STEPS) if band else STEPS
