"""The schematic map: everybody has a tile, shades go by the figure, nothing is hidden."""

from __future__ import annotations

from django.template.loader import render_to_string

from ximu.foundation import tiles


def cell(uid: str, value: float | None) -> tiles.Cell:
    return tiles.Cell(uid, f"{uid}区", value, "—" if value is None else str(value), f"/x/{uid}")


def test_tiles_stand_where_the_profile_puts_them_and_the_rest_beneath() -> None:
    found = tiles.tile_map([cell("a", 1), cell("b", 2), cell("c", 3)], {"a": (2, 0), "b": (0, 1)})
    assert [(t.cell.uid, t.x // (tiles.WIDE + tiles.GAP), t.y // (tiles.HIGH + tiles.GAP)) for t in found.tiles] == [
        ("a", 2, 0), ("b", 0, 1), ("c", 0, 2)]
    assert len({(t.x, t.y) for t in tiles.tile_map([cell(str(k), k) for k in range(50)]).tiles}) == 50


def test_shades_are_five_bands_and_no_figure_is_no_shade() -> None:
    found = tiles.tile_map([cell(str(k), float(k)) for k in (0, 20, 40, 60, 80, 100)] + [cell("n", None)])
    assert [t.step for t in found.tiles] == [1, 2, 3, 4, 5, 5, 0]
    assert found.steps[0] == (1, 0.0, 20.0) and len(found.steps) == 5
    same = tiles.tile_map([cell("a", 3.0), cell("b", 3.0)])
    assert [t.step for t in same.tiles] == [5, 5] and same.steps == ()
    assert tiles.tile_map([]).tiles == ()


def test_each_tile_says_its_figure_and_leads_to_its_data() -> None:
    text = render_to_string("foundation/tiles.html", {"map": tiles.tile_map([cell("a", 7.5), cell("<b>", None)]), "title": "图"})
    assert 'href="/x/a"' in text and ">7.5<" in text and "&lt;b&gt;" in text and "<b>" not in text and "style=" not in text


def test_streets_lie_within_their_district_and_no_two_tiles_meet() -> None:
    blocks = [tiles.Block(cell(d, None), tuple(cell(f"{d}{k}", float(k)) for k in range(n))) for d, n in (("a", 3), ("b", 11), ("c", 0))]
    found = tiles.block_map(blocks, {"a": (0, 0), "b": (1, 0)}, {"a0": (1, 1), "a1": (0, 1), "a2": (0, 0)})
    for plot in found.plots:
        for tile in plot.tiles:
            assert plot.x < tile.x and tile.x + tiles.SMALL_WIDE < plot.x + plot.width
            assert plot.y < tile.y and tile.y + tiles.SMALL_HIGH < plot.y + plot.height
    spots = [(t.x, t.y) for plot in found.plots for t in plot.tiles]
    assert len(set(spots)) == len(spots) == 14
    assert found.width >= max(p.x + p.width for p in found.plots) and found.plots[2].y > found.plots[0].y
    first = {t.cell.uid: (t.x, t.y) for t in found.plots[0].tiles}
    assert first["a2"][1] < first["a0"][1] == first["a1"][1] and first["a1"][0] < first["a0"][0]
    assert tiles.block_map([], {}).plots == ()
    text = render_to_string("foundation/blocks.html", {"map": found, "title": "图", "placed": False})
    assert text.count("<a href") == 14 + 3 and "登记顺序" in text and "style=" not in text
