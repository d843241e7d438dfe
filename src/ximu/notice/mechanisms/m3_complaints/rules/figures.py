"""Which cells of a published table are withheld, so that no small one can be read or got by subtraction?"""

from __future__ import annotations

from collections.abc import Mapping


def withheld(cells: Mapping[str, int], smallest: int) -> tuple[dict[str, int | None], int | None]:
    """(cells, total); None is withheld. Zero is told.

    Primary: every count from 1 to `smallest` - 1. Secondary: the smallest of the others, until at least two are withheld and
    together they hold at least `smallest`, so that the total gives nothing away. A table that cannot be saved is withheld whole.
    """
    total = sum(cells.values())
    hidden = {name for name, count in cells.items() if 0 < count < smallest}
    if not hidden:
        return dict(cells), total
    others = sorted((count, name) for name, count in cells.items() if count >= smallest)
    while others and (len(hidden) < 2 or sum(cells[name] for name in hidden) < smallest):
        hidden.add(others.pop(0)[1])
    if len(hidden) < 2 or sum(cells[name] for name in hidden) < smallest:
        return {name: (0 if count == 0 else None) for name, count in cells.items()}, None
    return {name: None if name in hidden else count for name, count in cells.items()}, total
