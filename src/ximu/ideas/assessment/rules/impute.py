"""What stands for a value that is not there? Rules for empty cells, by column and by group (Handbook, step 3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

RULES = frozenset({"omit", "incomplete", "zero", "worst", "mean", "median", "mean-group", "median-group"})
ALIASES = {"none": "omit", "reweight": "omit", "re-weight": "omit", "i_mean": "mean", "i_median": "median",
           "i_mean_grp": "mean-group", "i_median_grp": "median-group", "mean_group": "mean-group",
           "median_group": "median-group", "group-mean": "mean-group", "group-median": "median-group"}
_CENTRE: dict[str, Callable[[np.ndarray], float]] = {"mean": np.mean, "median": np.median}


def known(name: str) -> str:
    """The canonical rule behind a name; empty when there is none."""
    plain = name.strip().lower()
    plain = ALIASES.get(plain, plain)
    return plain if plain in RULES else ""


def fill(x: np.ndarray, holes: np.ndarray, rule: str, groups: Sequence[str]) -> np.ndarray:
    """Column with its holes filled; a group (or column) without any known value stays empty.

    Units without a group are left alone, as in COINr's i_mean_grp.
    """
    if rule == "zero":
        return np.where(holes, 0.0, x)
    centre = _CENTRE.get(rule.removesuffix("-group"))
    if centre is None or not holes.any():
        return x
    out, label = x.copy(), np.array(groups if rule.endswith("-group") else ["all"] * len(x))
    for group in dict.fromkeys(label.tolist()):
        member = label == group
        values = x[member & np.isfinite(x)]
        if values.size and group:
            out[member & holes] = centre(values)
    return out
