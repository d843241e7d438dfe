"""Which cells of a published table are withheld, so that no small one can be read or got by subtraction?"""

from __future__ import annotations

from collections.abc import Mapping

from ximu.kernel import withholding


def withheld(cells: Mapping[str, int], smallest: int) -> tuple[dict[str, int | None], int | None]:
    """(cells, total); None is withheld. Zero is told. A table that cannot be saved is withheld whole."""
    return withholding.shown_line(cells, smallest)
