"""Make the golden numbers of the detectors: made-up series, settings, and what R `surveillance` says of them.

    python tests/conformance/reference/detectors_make.py      (needs Rscript with surveillance and jsonlite)
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

HERE = Path(__file__).parent
TRANSFORMATIONS = ("rossi", "standard", "anscombe", "anscombe2nd", "pearsonNegBin", "none")


def counts(
    seed: int, n: int, level: float, *, season: float = 0.4, slope: float = 0.0, burst: int = 0, freq: int = 52,
) -> list[int]:
    """Negative-binomial counts with a yearly wave, a trend and, from `burst` on, five times of outbreak."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    mean = level * np.exp(season * np.cos(2 * np.pi * t / freq) + slope * t)
    if burst:
        mean[burst:burst + 5] += 4 * np.sqrt(mean[burst:burst + 5]) + 3
    return rng.negative_binomial(5, 5 / (5 + mean)).tolist()


def weekly(n: int) -> list[str]:
    return [(date(2009, 1, 5) + timedelta(weeks=i)).isoformat() for i in range(n)]


def monthly(n: int) -> list[str]:
    return [date(2005 + i // 12, i % 12 + 1, 1).isoformat() for i in range(n)]


def series() -> dict[str, Any]:
    return {
        "small": {"freq": 52, "observed": counts(1, 330, 2.0, burst=300), "dates": weekly(330)},
        "large": {"freq": 52, "observed": counts(2, 340, 60.0, slope=0.004, burst=310), "dates": weekly(340),
                  "population": [100 + i // 10 for i in range(340)]},
        "rare": {"freq": 52, "observed": counts(3, 330, 0.15, season=1.2, burst=315), "dates": weekly(330)},
        "yearend": {"freq": 52, "observed": counts(5, 330, 6.0, burst=305),
                    "dates": [(date(2008, 12, 29) + timedelta(weeks=i)).isoformat() for i in range(330)]},
        "days": {"freq": 365, "observed": counts(6, 800, 3.0, burst=780, freq=365),
                 "dates": [(date(2011, 2, 20) + timedelta(days=i)).isoformat() for i in range(800)]},
        "zeros": {"freq": 52, "observed": [0] * 300 + [0, 1, 0, 2, 3, 0, 4, 1, 0, 0], "dates": weekly(310)},
        "months": {"freq": 12, "observed": counts(4, 130, 12.0, freq=12, burst=115), "dates": monthly(130)},
    }


def cases() -> list[dict[str, Any]]:
    return [*_ears(), *_cusum(), *_flexible(), *_original(), *_edges()]


def _edges() -> list[dict[str, Any]]:
    """Years of 53 weeks, days over a leap day, and histories of nothing but zeros."""
    found = [{"series": "yearend", "method": method, "param": param, "range": [262, 275], "dated": dated}
             for method in ("farrington", "farrington-flexible") for param in ({"b": 3}, {"b": 4, "w": 2, "alpha": 0.01})
             for dated in (False, True)]
    found += [{"series": "days", "method": method, "param": {"b": 1, "w": 5, "trend": False, **more}, "range": [740, 790], "dated": dated}
              for method, more in (("farrington", {}), ("farrington-flexible", {"noPeriods": 4}), ("farrington-flexible", {}))
              for dated in (False, True)]
    found += [{"series": "days", "method": f"ears-c{c}", "param": {"baseline": 10}, "range": [770, 800]} for c in (1, 2, 3)]
    found += [{"series": "zeros", "method": f"ears-c{c}", "param": param, "range": [295, 310]} for c in (1, 2, 3)
              for param in ({}, {"minSigma": 0.5})]
    found += [{"series": "zeros", "method": method, "param": {"limit54": limit}, "range": [298, 310], "dated": True}
              for method in ("farrington", "farrington-flexible") for limit in ([5, 4], [0, 4], [1, 1])]
    return found + [{"series": "zeros", "method": "cusum", "param": {"trans": trans, "m": 0.5}, "range": [290, 310]}
                    for trans in TRANSFORMATIONS]


def _ears() -> list[dict[str, Any]]:
    settings = ({}, {"baseline": 14, "minSigma": 0.5}, {"baseline": 3, "minSigma": 2, "alpha": 0.01})
    return [{"series": name, "method": f"ears-c{c}", "param": param, "range": [280, 330]}
            for name in ("small", "large", "rare") for c in (1, 2, 3) for param in settings]


def _cusum() -> list[dict[str, Any]]:
    settings = ({}, {"k": 0.5, "h": 4, "m": 3.5}, {"k": 2, "h": 3, "m": "glm", "alpha": 0.3})
    return [{"series": name, "method": "cusum", "param": {"trans": trans, **param}, "range": [270, 330]}
            for name in ("small", "large") for trans in TRANSFORMATIONS for param in settings]


FLEXIBLE: tuple[dict[str, Any], ...] = (
    {}, {"trend": False}, {"alpha": 0.01}, {"powertrans": "1/2"}, {"powertrans": "none"}, {"reweight": False},
    {"weightsThreshold": 1}, {"noPeriods": 10}, {"noPeriods": 4, "populationOffset": True}, {"b": 3, "limit54": [0, 4]},
    {"noPeriods": 10, "b": 4, "pastWeeksNotIncluded": 26, "pThresholdTrend": 1, "thresholdMethod": "nbPlugin", "alpha": 0.01},
    {"noPeriods": 10, "b": 4, "pastWeeksNotIncluded": 26, "pThresholdTrend": 1, "thresholdMethod": "muan", "alpha": 0.01},
    {"noPeriods": 5, "b": 3, "w": 5, "trend": False}, {"b": 2, "w": 4, "pThresholdTrend": 1}, {"b": 3, "pastWeeksNotIncluded": 0},
)
ORIGINAL: tuple[dict[str, Any], ...] = (
    {}, {"trend": False}, {"alpha": 0.01}, {"powertrans": "1/2"}, {"powertrans": "none"}, {"reweight": False},
    {"fitFun": "algo.farrington.fitGLM"}, {"fitFun": "algo.farrington.fitGLM.populationOffset"}, {"b": 3, "w": 2},
    {"b": 4, "w": 5, "limit54": [0, 4]}, {"b": 1, "w": 4, "limit54": [3, 2]},
)


def _flexible() -> list[dict[str, Any]]:
    found = [{"series": name, "method": "farrington-flexible", "param": param, "range": [298, 325], "dated": dated}
             for name, dated in (("small", False), ("large", True), ("rare", True)) for param in FLEXIBLE]
    months = ({"w": 1}, {"w": 1, "noPeriods": 3, "b": 4})
    return found + [{"series": "months", "method": "farrington-flexible", "param": param, "range": [105, 130], "dated": dated}
                    for param in months for dated in (False, True)]


def _original() -> list[dict[str, Any]]:
    found = [{"series": name, "method": "farrington", "param": param, "range": [298, 325], "dated": dated}
             for name, dated in (("small", True), ("large", False), ("rare", False)) for param in ORIGINAL]
    early = {"series": "small", "method": "farrington", "param": {}, "range": [257, 270], "dated": False}
    return [*found, early, {"series": "months", "method": "farrington", "param": {"w": 2}, "range": [70, 100], "dated": True}]


def main() -> None:
    with TemporaryDirectory() as folder:
        places = [str(Path(folder) / name) for name in ("series.json", "cases.json", "out.json")]
        Path(places[0]).write_text(json.dumps(series()), "utf-8")
        Path(places[1]).write_text(json.dumps(cases()), "utf-8")
        subprocess.run(["Rscript", str(HERE / "detectors.R"), *places], check=True)
        made = json.loads(Path(places[2]).read_text("utf-8"), parse_float=lambda text: float(f"{float(text):.12g}"))
    failed = [case for case in made["cases"] if "error" in case]
    if failed:
        sys.exit(f"R refused {failed}")
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in made["cases"])
    head = json.dumps({"made_by": made["made_by"], "series": series()}, separators=(",", ":"))[:-1]
    (HERE / "detectors.json").write_text(f'{head},\n"cases":[\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
