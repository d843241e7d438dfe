"""Which detectors are there, and which parameters has each?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ximu.ideas.warnings.rules import cusum, ears, ewma, farrington, parameters
from ximu.ideas.warnings.rules.series import Detection, Series

METHODS: dict[str, tuple[parameters.Parameter, ...]] = {
    "ears-c1": ears.known("C1"), "ears-c2": ears.known("C2"), "ears-c3": ears.known("C3"),
    "farrington": farrington.ORIGINAL, "farrington-flexible": farrington.FLEXIBLE, "cusum": cusum.KNOWN, "ewma": ewma.KNOWN,
}


def detect(series: Series, method: str, given: Iterable[tuple[str, str]] | Mapping[str, Any] = ()) -> Detection:
    """Run `method` on a series; `given` are parameters as (name, text) pairs or as a mapping of Python values."""
    texts = parameters.pairs(given) if isinstance(given, Mapping) else list(given)
    if method not in METHODS:
        raise parameters.wrong("method", method, " | ".join(METHODS))
    values = parameters.chosen(texts, METHODS[method])
    series = replace(series, freq=values["freq"] or series.freq)
    return replace(_run(series, method, parameters.counted_from(values, series.first_t, len(series))), parameters=values)


def _run(series: Series, method: str, values: Mapping[str, Any]) -> Detection:
    if method.startswith("ears-"):
        return ears.detect(series, method[-2:].upper(), values)
    if method.startswith("farrington"):
        return farrington.detect(series, values, flexible=method == "farrington-flexible")
    return cusum.detect(series, values) if method == "cusum" else ewma.detect(series, values)
