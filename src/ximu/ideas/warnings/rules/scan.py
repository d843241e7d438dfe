"""Is there a place where too much happens? Circular spatial scan over streets.

Kulldorff, "A spatial scan statistic", Commun. Statist. Theory Meth. 26 (1997) 1481-1496. For a circle with c cases
where e are expected, out of C in all: log likelihood ratio c log(c/e) + (C-c) log((C-c)/(C-e)) when c > e, else 0.
Circles are centred on each street and grow to at most half of what is expected. The p-value is the rank of the
largest ratio among those of random maps with the same C (Monte Carlo, from a given seed: same input, same answer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ximu.ideas.warnings.rules.parameters import wrong
from ximu.ideas.warnings.rules.series import Floats
from ximu.kernel.words import Text

SHAPE = Text("件数、人口与坐标（x, y）须一一对应，至少两个街道", "as many cases, populations and (x, y) places, at least 2")
KNOWN_STREETS = Text("每个街道件数不小于 0、人口大于 0；无数据的街道须先剔除",
                     "cases >= 0 and population > 0 for every street; a street without data has to be left out")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Streets of one circle, nearest to the centre first, and how unusual it is."""

    centre: int
    members: tuple[int, ...]
    cases: float
    expected: float
    ratio: float
    p_value: float
    reason: Text


def scan(
    cases: Sequence[float] | Floats, population: Sequence[float] | Floats, places: ArrayLike, *,
    largest_share: float = 0.5, draws: int = 999, seed: int = 1,
) -> list[Cluster]:
    """The most likely cluster and the others that do not overlap it, most unusual first. No cases: no cluster."""
    count, weight, points = np.asarray(cases, float), np.asarray(population, float), np.asarray(places, float)
    _check(count, weight, points, largest_share, draws)
    total = count.sum()
    if total == 0:
        return []
    expected = weight / weight.sum() * total
    order, allowed = _circles(expected, points, largest_share)
    ratios = np.where(allowed, _ratio(count[order].cumsum(axis=1), expected[order].cumsum(axis=1), total), 0.0)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(round(total), weight / weight.sum(), size=draws)
    highest = np.array([
        np.where(allowed, _ratio(row[order].cumsum(axis=1), expected[order].cumsum(axis=1), total), 0.0).max() for row in drawn
    ])
    return _apart(count, expected, (order, ratios), highest)


def _check(count: Floats, weight: Floats, points: Floats, largest_share: float, draws: int) -> None:
    if not (len(count) == len(weight) == len(points) > 1) or points.ndim != 2 or points.shape[1] != 2:
        raise wrong("places", f"{len(count)}, {len(weight)}, {points.shape}", SHAPE)
    for name, values in (("cases", count), ("population", weight)):
        if not np.isfinite(values).all() or (values < 0).any() or (name == "population" and (values == 0).any()):
            raise wrong(name, "", KNOWN_STREETS)
    if not 0 < largest_share <= 1 or draws < 1:
        raise wrong("largest_share", largest_share, "0 < largest_share <= 1 and draws >= 1")


def _circles(expected: Floats, points: Floats, largest_share: float) -> tuple[np.ndarray, np.ndarray]:
    """Streets by distance from each centre, and which circles are allowed (equally distant streets enter together)."""
    distance = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    order = np.argsort(distance, axis=1, kind="stable")
    ranked = np.take_along_axis(distance, order, axis=1)
    whole = np.hstack([ranked[:, 1:] > ranked[:, :-1], np.ones((len(points), 1), bool)])
    return order, whole & (expected[order].cumsum(axis=1) <= largest_share * expected.sum() + 1e-9)


def _ratio(inside: Floats, expected: Floats, total: float) -> Floats:
    outside, rest = total - inside, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(inside > 0, inside * np.log(inside / expected), 0.0)
        value = value + np.where((outside > 0) & (rest > 0), outside * np.log(outside / rest), 0.0)
    return np.where(inside > expected, value, 0.0)


def _apart(count: Floats, expected: Floats, circles: tuple[np.ndarray, Floats], highest: Floats) -> list[Cluster]:
    """Clusters in order of their ratio, each without a street of an earlier one."""
    order, ratios = circles
    found: list[Cluster] = []
    taken: set[int] = set()
    for flat in np.argsort(-ratios, axis=None, kind="stable"):
        centre, size = np.unravel_index(flat, ratios.shape)
        ratio = float(ratios[centre, size])
        if ratio <= 0:
            break
        members = [int(i) for i in order[centre, : size + 1]]
        if taken & set(members):
            continue
        taken |= set(members)
        p_value = (1 + int((highest >= ratio).sum())) / (len(highest) + 1)
        seen, normal = float(count[members].sum()), float(expected[members].sum())
        found.append(Cluster(int(centre), tuple(members), seen, normal, ratio, p_value, Text(
            f"{len(members)} 个街道共 {seen:g} 件，期望 {normal:.1f} 件，p = {p_value:.3f}",
            f"{len(members)} streets with {seen:g} cases where {normal:.1f} are expected, p = {p_value:.3f}",
        )))
    return found
