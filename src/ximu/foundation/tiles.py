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
    wide: int = WIDE
    high: int = HIGH

    @property
    def middle(self) -> int:
        return self.x + self.wide // 2

    @property
    def upper(self) -> int:
        return self.y + self.high * 2 // 5

    @property
    def lower(self) -> int:
        return self.y + self.high * 3 // 4 + 3


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


SMALL_WIDE, SMALL_HIGH, SMALL_GAP = 86, 44, 4
HEAD, PAD, SMALL_IN_A_ROW = 28, 6, 4


@dataclass(frozen=True, slots=True)
class Block:
    """A district with its streets and towns, in the order given."""

    cell: Cell
    streets: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    cell: Cell
    x: int
    y: int
    width: int
    height: int
    tiles: tuple[Tile, ...]

    @property
    def title_y(self) -> int:
        return self.y + 19

    @property
    def title_x(self) -> int:
        return self.x + PAD


@dataclass(frozen=True, slots=True)
class BlockMap:
    plots: tuple[Plot, ...]
    width: int
    height: int
    steps: tuple[tuple[int, float, float], ...]
    wide: int = SMALL_WIDE
    high: int = SMALL_HIGH


def block_map(
    blocks: Sequence[Block], places: Mapping[str, tuple[int, int]], streets: Mapping[str, tuple[int, int]] | None = None,
) -> BlockMap:
    """Districts where the profile puts them, each with a small tile for every street: where the profile puts it, else in rows."""
    spots = _spots([b.cell.uid for b in blocks], places)
    inner = {b.cell.uid: _inner(b, streets or {}) for b in blocks}
    sizes = {uid: _size(found) for uid, found in inner.items()}
    across = _edges({uid: (spots[uid][0], width) for uid, (width, _) in sizes.items()})
    down = _edges({uid: (spots[uid][1], height) for uid, (_, height) in sizes.items()})
    values = [c.value for b in blocks for c in b.streets if c.value is not None]
    low, band = (min(values), (max(values) - min(values)) / STEPS) if values else (0.0, 0.0)
    plots = []
    for block in blocks:
        uid = block.cell.uid
        x, y = across[spots[uid][0]], down[spots[uid][1]]
        tiles = tuple(Tile(c, x + PAD + column * (SMALL_WIDE + SMALL_GAP), y + HEAD + row * (SMALL_HIGH + SMALL_GAP),
                           _step(c.value, low, band), SMALL_WIDE, SMALL_HIGH) for c, (column, row) in inner[uid])
        plots.append(Plot(block.cell, x, y, *sizes[uid], tiles))
    bands = tuple((k + 1, low + k * band, low + (k + 1) * band) for k in range(STEPS)) if band else ()
    return BlockMap(tuple(plots), max((p.x + p.width for p in plots), default=0), max((p.y + p.height for p in plots), default=0), bands)


def _spots(uids: Sequence[str], places: Mapping[str, tuple[int, int]], across: int = IN_A_ROW) -> dict[str, tuple[int, int]]:
    """Where the profile puts them; the rest in rows beneath."""
    known = {uid: places[uid] for uid in uids if uid in places}
    rows = 1 + max((spot[1] for spot in known.values()), default=-1)
    rest = [uid for uid in uids if uid not in known]
    return known | {uid: (k % across, rows + k // across) for k, uid in enumerate(rest)}


def _inner(block: Block, streets: Mapping[str, tuple[int, int]]) -> list[tuple[Cell, tuple[int, int]]]:
    spots = _spots([c.uid for c in block.streets], streets, SMALL_IN_A_ROW)
    return [(c, spots[c.uid]) for c in block.streets]


def _size(found: Sequence[tuple[Cell, tuple[int, int]]]) -> tuple[int, int]:
    columns, rows = 1 + max((s[0] for _, s in found), default=0), 1 + max((s[1] for _, s in found), default=0)
    return columns * (SMALL_WIDE + SMALL_GAP) - SMALL_GAP + 2 * PAD, HEAD + rows * (SMALL_HIGH + SMALL_GAP) - SMALL_GAP + PAD


def _edges(placed: Mapping[str, tuple[int, int]]) -> dict[int, int]:
    """Column (or row) → where it begins: as wide as the widest in it."""
    widest: dict[int, int] = {}
    for at, size in placed.values():
        widest[at] = max(widest.get(at, 0), size)
    edges, edge = {}, 0
    for at in sorted(widest):
        edges[at] = edge
        edge += widest[at] + GAP
    return edges
