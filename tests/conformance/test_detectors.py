"""The detectors give the bounds and alarms of R surveillance 1.20.3 (golden numbers made by `reference/detectors_make.py`)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ximu.ideas.warnings.rules.detectors import detect
from ximu.ideas.warnings.rules.series import Detection, Series

GOLDEN = json.loads((Path(__file__).parent / "reference" / "detectors.json").read_text("utf-8"))
CLOSE = 1e-6


def named(case: dict[str, Any]) -> str:
    settings = ",".join(f"{k}={v}" for k, v in case["param"].items())
    return f"{case['method']}-{case['series']}-{settings or 'defaults'}{'-dated' if case.get('dated') else ''}"


def judged(case: dict[str, Any]) -> tuple[Detection, slice]:
    given = GOLDEN["series"][case["series"]]
    population = np.array(given["population"], float) if "population" in given else None
    dates = tuple(map(date.fromisoformat, given["dates"])) if case.get("dated") else ()
    series = Series(np.array(given["observed"], float), dates, population, given["freq"])
    first, last = case["reference"]["range"]
    return detect(series, case["method"], {**case["param"], "range": f"{first}:{last}"}), slice(first - 1, last)


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values], float)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=named)
def test_bounds_and_alarms_equal_the_reference(case: dict[str, Any]) -> None:
    found, place = judged(case)
    reference = case["reference"]
    np.testing.assert_allclose(found.upperbound[place], numbers(reference["upperbound"]), rtol=CLOSE, atol=1e-12)
    alarms = np.nan_to_num(found.alarm[place])
    np.testing.assert_array_equal(alarms, np.nan_to_num(numbers(reference["alarm"])))
    if "expected" in reference:
        np.testing.assert_allclose(found.expected[place], numbers(reference["expected"]), rtol=CLOSE)
    if "pvalue" in reference:
        np.testing.assert_allclose(found.p_value[place], numbers(reference["pvalue"]), rtol=CLOSE)
        shown = ~np.isnan(found.upperbound[place])
        np.testing.assert_allclose(found.score[place][shown], numbers(reference["score"])[shown], rtol=CLOSE, atol=1e-12)


def test_the_golden_numbers_hold_alarms_and_quiet_times() -> None:
    alarms = [a for case in GOLDEN["cases"] for a in case["reference"]["alarm"] if a is not None]
    assert 0.01 < np.mean(alarms) < 0.6
    assert "1.20.3" in GOLDEN["made_by"]
