"""Farrington flexible over many weekly series: time per judged week against the reference implementation, one core each.

    python benchmarks/detect.py [--series 20000] [--reference 20] [--weeks 5] [--json]

Each series has five years of history and `--weeks` judged weeks. The reference is R `surveillance` on the first
`--reference` of the same series; without Rscript that part is left out and said so. Prints one ratio and the largest
relative difference of bounds. Goal: ratio >= 30, difference <= 1e-6.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np  # noqa: E402

from ximu.ideas.warnings.rules.farrington import farrington_flexible_many  # noqa: E402

SETTINGS = {
    "defaults": {"b": 5, "w": 3},
    "seasonal": {"b": 4, "w": 3, "noPeriods": 10, "pastWeeksNotIncluded": 26, "weightsThreshold": 2.58, "pThresholdTrend": 1,
                 "thresholdMethod": "nbPlugin", "alpha": 0.01},
}
R_CODE = """
suppressMessages({library(surveillance); library(jsonlite)})
a <- commandArgs(TRUE); x <- as.matrix(fromJSON(a[1])); control <- fromJSON(a[2]); control$range <- control$first:ncol(x)
control$first <- NULL; n <- nrow(x)
took <- system.time(u <- suppressWarnings(lapply(seq_len(n), function(i)
  as.vector(upperbound(farringtonFlexible(sts(x[i, ], frequency = 52), control = control))))))[["elapsed"]]
write(toJSON(list(seconds = took, bounds = do.call(rbind, u)), auto_unbox = TRUE, digits = NA, na = "null"), a[3])
"""


def made_up(series: int, weeks: int) -> np.ndarray:
    rng = np.random.default_rng(20240101)
    t = np.arange(weeks)
    level = np.exp(rng.normal(1.5, 1.2, series))[:, None]
    mean = level * np.exp(0.4 * np.cos(2 * np.pi * t / 52 + rng.uniform(0, 6, (series, 1))) + rng.normal(0, 0.001, (series, 1)) * t)
    return rng.negative_binomial(6, 6 / (6 + mean)).astype(float)


def reference(counts: np.ndarray, settings: dict[str, Any], first: int) -> tuple[float, np.ndarray] | None:
    """Seconds and bounds of the reference; None without Rscript."""
    if shutil.which("Rscript") is None:
        return None
    with TemporaryDirectory() as folder:
        data, control, out = (Path(folder) / name for name in ("x.json", "c.json", "o.json"))
        data.write_text(json.dumps(counts.tolist()), "utf-8")
        control.write_text(json.dumps({**settings, "first": first}), "utf-8")
        subprocess.run(["Rscript", "-e", R_CODE, str(data), str(control), str(out)], check=True, capture_output=True)
        found = json.loads(out.read_text("utf-8"))
    return found["seconds"], np.array(found["bounds"], dtype=float)


def measured(name: str, counts: np.ndarray, weeks: int, few: int) -> dict[str, Any]:
    settings = SETTINGS[name]
    first = counts.shape[1] - weeks + 1
    farrington_flexible_many(counts[:64], times=range(first, counts.shape[1] + 1), **settings)
    start = time.process_time()
    ours = farrington_flexible_many(counts, times=range(first, counts.shape[1] + 1), **settings)
    seconds = time.process_time() - start
    each = seconds / (len(counts) * weeks)
    report: dict[str, Any] = {"settings": name, "series": len(counts), "weeks": weeks, "seconds": round(seconds, 2),
                              "microseconds_each": round(each * 1e6, 1)}
    r = reference(counts[:few], settings, first)
    if r is None:
        return {**report, "reference": "Rscript not found: comparison left out"}
    r_each = r[0] / (few * weeks)
    mine, theirs = ours.upperbound[:few], r[1].reshape(few, weeks)
    both = ~np.isnan(mine) & ~np.isnan(theirs)
    apart = np.abs(mine - theirs)[both] / np.maximum(np.abs(theirs[both]), 1e-12)
    return {**report, "reference_microseconds_each": round(r_each * 1e6, 1), "ratio": round(r_each / each, 1),
            "same_missing": bool((np.isnan(mine) == np.isnan(theirs)).all()), "largest_relative_difference": float(apart.max(initial=0.0))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=20_000)
    parser.add_argument("--reference", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    counts = made_up(chosen.series, 52 * 5 + 3 + chosen.weeks)
    reports = [measured(name, counts, chosen.weeks, min(chosen.reference, chosen.series)) for name in SETTINGS]
    if chosen.json:
        print(json.dumps(reports))
        return
    for report in reports:
        print("  ".join(f"{key}={value}" for key, value in report.items()))


if __name__ == "__main__":
    main()
