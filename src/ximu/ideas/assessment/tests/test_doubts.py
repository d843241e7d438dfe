"""Doubt is measured: rank intervals repeat by seed, Sobol indices agree with a known function."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.quality import alpha, left_out, optimised, quality
from ximu.ideas.assessment.rules.score import Result, score
from ximu.ideas.assessment.rules.sensitivity import indices, sobol
from ximu.ideas.assessment.rules.uncertainty import doubts_of, intervals
from ximu.kernel.refusal import Refusal

EXAMPLES = Path(__file__).parents[5] / "examples" / "methods"


def tai() -> Result:
    return score(loading.load((EXAMPLES / "tai_2001.toml").read_text("utf-8")), read((EXAMPLES / "tai_2001.csv").read_text("utf-8")))


def test_sobol_indices_of_the_ishigami_function() -> None:
    """f = sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³ (Ishigami & Homma, 1990); indices in closed form."""
    def ishigami(points: np.ndarray) -> np.ndarray:
        x = (2 * points - 1) * np.pi
        return (np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None]

    first, total, variance = sobol(ishigami, [(0,), (1,), (2,)], base=2**14, seed=1)
    assert variance[0] == pytest.approx(13.845, rel=0.01)
    assert first[:, 0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert total[:, 0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_the_same_seed_gives_the_same_bytes_and_the_nominal_rank_lies_within_the_extremes() -> None:
    one, again, other = (json.dumps(intervals(tai(), draws=300, seed=s)) for s in (7, 7, 8))
    assert one == again
    assert one != other
    for told in json.loads(one)["units"].values():
        assert told["best"] <= told["low"] <= told["median"] <= told["high"] <= told["worst"]
        assert told["best"] <= told["rank"] <= told["worst"]


def test_drawing_in_one_go_equals_scoring_one_method_at_a_time() -> None:
    """Each draw is the rank that the method would give with the drawn weights: checked by plain loops."""
    text = '[uncertainty]\nweights = 0.5\n[[node]]\ncode="I"\n[[node]]\ncode="P"\nparent="I"\naggregate="geometric"\n' + "".join(
        f'[[indicator]]\ncode="{c}"\nparent="{p}"\nnormalise={{method="minmax", range=[1, 100]}}\n' for c, p in ("aI", "bP", "cP"))
    rng = np.random.default_rng(3)
    data = "unit,a,b,c\n" + "".join(f"u{n},{','.join(map(str, rng.integers(1, 99, 3)))}\n" for n in range(12))
    result = score(loading.load(text), read(data))
    doubts = doubts_of(result)
    points = rng.random((40, doubts.size))
    ranks = doubts.ranks(points)
    place = {f.name: f.columns for f in doubts.factors}
    x = result.normalised
    for row, point in enumerate(points):
        top, low = (0.5 * (1 + 0.5 * (2 * point[list(place[n])] - 1)) for n in ("I", "P"))
        pillar = [float(np.exp((low * np.log(u[1:])).sum() / low.sum())) for u in x]
        totals = [(top[0] * u[0] + top[1] * p) / top.sum() for u, p in zip(x, pillar, strict=True)]
        assert ranks[row].tolist() == [1 + sum(t > own for t in totals) for own in totals]


def test_sensitivity_tells_every_factor_and_refuses_nonsense() -> None:
    told = indices(tai(), base=64, seed=1)
    assert set(told["mean_shift"]["factors"]) == {"normalisation", "aggregation", "TAI"}
    assert len(told["units"]) == 23
    for ask in (lambda: indices(tai(), base=1, seed=1), lambda: intervals(tai(), draws=0, seed=1)):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "INDEX-DRAWS"


def test_consistency_of_identical_and_of_unrelated_items() -> None:
    x = np.arange(10.0)
    assert alpha(np.column_stack([x, x, x])) == pytest.approx(1)
    assert alpha(np.column_stack([x, -x + 9, x % 3])) < 0.5


def test_optimised_weights_even_out_what_correlation_tilts() -> None:
    """With the weights found, every indicator has the share of correlation that was asked for."""
    rng = np.random.default_rng(5)
    base = rng.normal(size=400)
    x = np.column_stack([base + rng.normal(size=400), base + rng.normal(size=400), rng.normal(size=400)])
    found = optimised(x, np.ones(3))
    z = (x - x.mean(0)) / x.std(0)
    r = np.array([np.corrcoef(z[:, k], z @ found)[0, 1] for k in range(3)])
    assert r / r.sum() == pytest.approx([1 / 3] * 3, abs=1e-3)
    assert found[2] > found[0]


def test_leaving_out_is_reweighting() -> None:
    result = tai()
    without = (EXAMPLES / "tai_2001.toml").read_text("utf-8").replace('code = "PATENTS"\nparent = "TAI"', 'code = "PATENTS"\nparent = "TAI"\nweight = 0')
    again = score(loading.load(without.replace('method = "equal"', 'method = "relative"')), result.table)
    shift = np.abs(again.ranks["TAI"] - result.ranks["TAI"])
    assert left_out(result)["PATENTS"] == {"mean_shift": round(float(shift.mean()), 6), "largest_shift": int(shift.max())}
    assert quality(result)["effective_weights"]["PATENTS"] == 0.125
