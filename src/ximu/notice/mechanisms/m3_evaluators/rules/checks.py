"""What may leave the sandbox? Small and dominated cells are withheld, and as many others as keep them from being computed.

Threshold, (n, k) dominance and the p% rule as in Hundepool et al., Statistical Disclosure Control (2012), ch. 4; a withheld cell
that the published totals and scores determine (its unit vector lies in the row space of the equations over what is withheld) is
protected by withholding another one, the one that costs least.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ximu.kernel.words import Text

Key = Hashable
SURE = 1e-7
REASONS = {
    "small": Text("事实数低于阈值", "fewer facts than the threshold"),
    "dominance": Text("由一两个主体主导", "dominated by one or two bodies"),
    "protects": Text("公布后可反推被隐去的数值", "would give away a withheld value"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Dated parameters: cells under `least`; the `largest` bodies hold over `share` %; the p% rule."""

    least: int
    largest: int
    share: Decimal
    p: Decimal

    def plain(self) -> dict[str, str]:
        return {"least": str(self.least), "largest": str(self.largest), "share": str(self.share), "p": str(self.p)}


def sensitive(n: int, contributions: Sequence[Decimal], limits: Limits) -> str:
    """Why a cell may not leave: `small`, `dominance` or empty. Nothing at all (0) is no secret: zero is an attested zero."""
    if 0 < n < limits.least:
        return "small"
    total = sum(contributions, Decimal(0))
    if not total:
        return ""
    top = sum(contributions[:limits.largest], Decimal(0))
    rest = total - sum(contributions[:2], Decimal(0))
    dominated = 100 * top > limits.share * total or 100 * rest < limits.p * contributions[0]
    return "dominance" if dominated else ""


def determined(withheld: Sequence[Key], equations: Sequence[Mapping[Key, float]]) -> set[Key]:
    """The withheld cells that what is published determines exactly."""
    place = {key: k for k, key in enumerate(withheld)}
    rows = [row for row in ([(place[key], c) for key, c in equation.items() if key in place] for equation in equations) if row]
    if not rows:
        return set()
    matrix = np.zeros((len(rows), len(place)))
    for line, row in enumerate(rows):
        for column, coefficient in row:
            matrix[line, column] = coefficient
    projection = np.diag(np.linalg.pinv(matrix) @ matrix)
    return {key for key, k in place.items() if projection[k] > 1 - SURE}


def protect(primary: Mapping[Key, str], costs: Mapping[Key, float], equations: Sequence[Mapping[Key, float]]) -> dict[Key, str]:
    """Withheld cell → reason: the sensitive ones and those that protect them.

    `costs` names every cell that may be withheld. Where nothing is left to withhold in an equation, the cell stays as it is. What in the
    end protects nothing is shown again.
    """
    withheld: dict[Key, str] = dict(primary)
    hopeless: set[Key] = set()
    while open_cells := _open(primary, withheld, equations) - hopeless:
        key = min(open_cells, key=str)
        other = _next(key, withheld, costs, equations)
        if other is None:
            hopeless.add(key)
        else:
            withheld[other] = "protects"
    for other in sorted((k for k in withheld if k not in primary), key=lambda k: (-costs[k], str(k))):
        fewer = [k for k in withheld if k != other]
        if not _open(primary, fewer, equations) - hopeless:
            del withheld[other]
    return withheld


def _open(primary: Collection[Key], withheld: Collection[Key], equations: Sequence[Mapping[Key, float]]) -> set[Key]:
    return determined(list(withheld), equations) & set(primary)


def _next(key: Key, withheld: Collection[Key], costs: Mapping[Key, float], equations: Sequence[Mapping[Key, float]]) -> Key | None:
    """The cheapest cell that hides this one by itself; else the cheapest where it stands alone, or near to it."""
    near = [e for e in equations if any(k in withheld for k in e)]
    choice = sorted({k for e in near for k in e if k not in withheld and k in costs}, key=lambda k: (costs[k], str(k)))
    for other in choice:
        if key not in determined([*withheld, other], equations):
            return other
    alone = {k for e in equations if key in e and sum(k in withheld for k in e) == 1 for k in e}
    return next((k for k in choice if k in alone), choice[0] if choice else None)
