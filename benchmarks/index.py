"""Monte Carlo over a composite indicator: the engine against COINr-like loops in plain Python, in one run.

    PYTHONPATH=src python benchmarks/index.py [--units 300] [--indicators 100] [--draws 10000]

The loops do for each draw what COINr's Regen does: normalise every indicator, perturb the weights, take weighted
means up the tree, rank. They are timed on a few draws and scaled. Both must give the same ranks. Ratios are printed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.explain import explain
from ximu.ideas.assessment.rules.score import score
from ximu.ideas.assessment.rules.uncertainty import doubts_of, intervals


def build(units: int, indicators: int) -> tuple[str, str]:
    """A made-up method of pillars of ten and its data."""
    pillars = max(indicators // 10, 1)
    text = '[missing]\nrule = "omit"\n[uncertainty]\nweights = 0.25\n[[node]]\ncode = "I"\n'
    text += "".join(f'[[node]]\ncode = "P{p}"\nparent = "I"\n' for p in range(pillars))
    text += "".join(f'[[indicator]]\ncode = "x{k}"\nparent = "P{k % pillars}"\n' for k in range(indicators))
    values = np.random.default_rng(1).gamma(2.0, 10.0, (units, indicators))
    rows = [f"u{n}," + ",".join(f"{v:.4f}" for v in row) for n, row in enumerate(values)]
    return text, "\n".join(["unit," + ",".join(f"x{k}" for k in range(indicators)), *rows]) + "\n"


def loops(raw: list[list[float]], groups: list[list[int]], weights: list[list[float]], top: list[float]) -> list[int]:
    """One draw in plain Python: normalise, aggregate twice, rank."""
    columns = list(zip(*raw, strict=True))
    lows, highs = [min(c) for c in columns], [max(c) for c in columns]
    totals = []
    for row in raw:
        scaled = [(v - lo) / (hi - lo) * 100 for v, lo, hi in zip(row, lows, highs, strict=True)]
        pillars = [sum(w * scaled[k] for w, k in zip(ws, ks, strict=True)) / sum(ws) for ws, ks in zip(weights, groups, strict=True)]
        totals.append(round(sum(w * p for w, p in zip(top, pillars, strict=True)) / sum(top), 9))
    ordered = sorted(totals, reverse=True)
    place: dict[float, int] = {}
    for n, value in enumerate(ordered):
        place.setdefault(value, n + 1)
    return [place[t] for t in totals]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--units", type=int, default=300)
    asked.add_argument("--indicators", type=int, default=100)
    asked.add_argument("--draws", type=int, default=10_000)
    asked.add_argument("--loop-draws", type=int, default=20)
    given = asked.parse_args()
    text, data = build(given.units, given.indicators)
    start = time.perf_counter()
    result = score(loading.load(text), read(data))
    scoring = time.perf_counter() - start

    start = time.perf_counter()
    intervals(result, draws=given.draws, seed=1)
    engine = time.perf_counter() - start

    doubts, method = doubts_of(result), result.method
    points = np.random.default_rng(2).random((given.loop_draws, doubts.size))
    drawn = {f.name: (1 + 0.25 * (2 * points[:, list(f.columns)] - 1)) for f in doubts.factors}
    pillars = method.children(method.root)
    groups = [[method.codes.index(c) for c in method.children(p)] for p in pillars]
    raw = result.prepared.raw.tolist()
    equal = [1.0] * len(pillars)
    start = time.perf_counter()
    slow = [loops(raw, groups, [drawn[p][d].tolist() if p in drawn else [1.0] for p in pillars],
                  drawn[method.root][d].tolist() if method.root in drawn else equal) for d in range(given.loop_draws)]
    looped = (time.perf_counter() - start) / given.loop_draws * given.draws
    same = (doubts.ranks(points) == np.array(slow)).mean()

    start = time.process_time()
    explain(result, "u7")
    explained = time.process_time() - start
    print(f"{given.units} units x {given.indicators} indicators, {given.draws} draws")
    print(f"engine                    {engine:9.2f} s")
    print(f"plain loops (scaled)      {looped:9.2f} s")
    print(f"ratio                     {looped / engine:9.1f} (goal >= 50)")
    print(f"equal ranks               {same:9.4f}")
    print(f"one scoring               {scoring * 1000:9.1f} ms")
    print(f"one explanation (CPU)     {explained * 1000:9.2f} ms (goal < 50)")


if __name__ == "__main__":
    main()
