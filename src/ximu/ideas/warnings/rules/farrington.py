"""Farrington's detector, original (1996) and flexible (2013), for one series or for thousands at once.

Equations: `windows` (which times), `baseline` (expected count and its uncertainty), `bounds` (the upper bound).
A bound is only called an alarm when the latest `limit54[1]` times have at least `limit54[0]` cases.
Names and defaults of parameters are those of R surveillance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from ximu.ideas.warnings.rules import bounds, windows
from ximu.ideas.warnings.rules import parameters as p
from ximu.ideas.warnings.rules.baseline import Prediction, Style, predict
from ximu.ideas.warnings.rules.regression import Data, Design, Solver
from ximu.ideas.warnings.rules.series import Detection, Floats, Series, chosen_times, too_short
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

FIT = "algo.farrington.fitGLM"
CELLS_AT_ONCE = 40_000
STATES = ("DET-SHORT", "DET-QUIET", "DET-ALARM", "DET-FEW", "DET-FIT", "DET-GAP", "DET-RANGE")
SHORT, QUIET, ALARM, FEW, NOFIT, GAP, RANGE = range(len(STATES))

SHARED = (
    p.Parameter("b", 5, p.whole, lambda v: 1 <= v <= 100, Text("回溯年数，1 至 100 的整数", "years back, a whole number 1..100")),
    p.Parameter("w", 3, p.whole, lambda v: 0 <= v <= 1000, Text("半窗宽，不小于 0 的整数", "half window, a whole number >= 0")),
    p.Parameter("reweight", True, p.truth, lambda v: True, "true | false"),
    p.Parameter("alpha", 0.05, p.number, lambda v: 0 < v < 1, "0 < alpha < 1"),
    p.Parameter("trend", True, p.truth, lambda v: True, "true | false"),
    p.Parameter("limit54", (5.0, 4.0), p.pair, lambda v: v[0] >= 0 and v[1] >= 1 and v[1] % 1 == 0,
                Text("件数,期数：件数不小于 0，期数不小于 1", "cases,times: cases >= 0, times >= 1")),
    p.Parameter("powertrans", "2/3", p.one_of("2/3", "1/2", "none"), bool, "2/3 | 1/2 | none"),
    p.Parameter("epochAsDate", None, p.nothing_or(p.truth), lambda v: True, "true | false"),
    *p.RANGE,
)
ORIGINAL = (
    *SHARED,
    p.Parameter("fitFun", f"{FIT}.fast", p.one_of(f"{FIT}.fast", FIT, f"{FIT}.populationOffset"), bool,
                f"{FIT}.fast | {FIT} | {FIT}.populationOffset"),
)
FLEXIBLE = (
    *SHARED,
    p.Parameter("weightsThreshold", 2.58, p.number, lambda v: v > 0, Text("大于 0 的数", "a number > 0")),
    p.Parameter("pThresholdTrend", 0.05, p.number, lambda v: 0 <= v <= 1, Text("0 至 1（1 为保留全部趋势）", "0..1 (1 keeps every trend)")),
    p.Parameter("fitFun", f"{FIT}.flexible", p.one_of(f"{FIT}.flexible"), bool, f"{FIT}.flexible"),
    p.Parameter("populationOffset", False, p.truth, lambda v: True, "true | false"),
    p.Parameter("noPeriods", 1, p.whole, lambda v: 1 <= v <= 400,
                Text("季节段数，1 至 400 的整数", "seasonal periods, a whole number 1..400")),
    p.Parameter("pastWeeksNotIncluded", None, p.nothing_or(p.whole), lambda v: v >= 0,
                Text("不小于 0 的整数，或不填（取 w）", "a whole number >= 0, or nothing (w)")),
    p.Parameter("thresholdMethod", "delta", p.one_of("delta", "nbPlugin", "muan"), bool, "delta | nbPlugin | muan"),
    p.Parameter("glmWarnings", True, p.truth, lambda v: True, "true | false"),
)


@dataclass(frozen=True, slots=True)
class Many:
    """Results of many series at the same times: arrays (series × times), NaN where there is no value."""

    times: tuple[int, ...]
    expected: Floats
    upperbound: Floats
    score: Floats
    alarm: Floats
    p_value: Floats
    trend: Floats
    state: np.ndarray

    @classmethod
    def empty(cls, series: int, times: Sequence[int]) -> Many:
        shape = (series, len(times))
        expected, upper, score, alarm, p_value, trend = (np.full(shape, np.nan) for _ in range(6))
        return cls(tuple(times), expected, upper, score, alarm, p_value, trend, np.full(shape, SHORT, np.int8))


def farrington_flexible_many(
    counts: Floats, *, dates: Sequence[date] = (), population: Floats | None = None, freq: int = 52,
    times: Sequence[int] | None = None, **settings: Any,
) -> Many:
    """`counts` is series × times (NaN: no data); `times` are 1-based, default all with enough history."""
    return _many(counts, dates, population, freq, times, settings, flexible=True)


def farrington_many(
    counts: Floats, *, dates: Sequence[date] = (), population: Floats | None = None, freq: int = 52,
    times: Sequence[int] | None = None, **settings: Any,
) -> Many:
    """The original method for many series; see `farrington_flexible_many`."""
    return _many(counts, dates, population, freq, times, settings, flexible=False)


def _many(
    counts: Floats, dates: Sequence[date], population: Floats | None, freq: int, times: Sequence[int] | None,
    settings: Mapping[str, Any], *, flexible: bool,
) -> Many:
    values = p.chosen(p.pairs(settings), FLEXIBLE if flexible else ORIGINAL)
    counts = np.atleast_2d(np.asarray(counts, float))
    calendar = _calendar(counts.shape[1], values["freq"] or freq, tuple(dates), values)
    if times is None:
        times, _ = chosen_times(calendar.n, p.range_of(values, calendar.n), _first(values, calendar.freq, flexible=flexible))
    return judge(counts, calendar, population, times, values, flexible=flexible)


def detect(series: Series, values: Mapping[str, Any], *, flexible: bool) -> Detection:
    """One series: the same numbers as many at once."""
    n = len(series)
    calendar = _calendar(n, series.freq, series.dates, values)
    chosen = p.range_of(values, n)
    first = _first(values, series.freq, flexible=flexible) if chosen is None else 1
    times, asked = chosen_times(n, chosen, max(first, 1))
    many = judge(series.observed[None, :], calendar, series.population, times, values, flexible=flexible)
    if (many.state == SHORT).all():
        raise too_short(n, max(_first(values, series.freq, flexible=flexible), 1))
    place = slice(times.start - 1, times.stop - 1)
    whole = [np.full(n, np.nan) for _ in range(5)]
    for target, found in zip(whole, (many.expected, many.upperbound, many.score, many.alarm, many.p_value), strict=True):
        target[place] = found[0]
    codes = np.where(asked, SHORT, RANGE)
    codes[place] = many.state[0]
    name = "farrington-flexible" if flexible else "farrington"
    expected, upper, score, alarm, p_value = whole
    return Detection(name, values, series, expected, upper, score, alarm, tuple(STATES[c] for c in codes), p_value=p_value)


def _calendar(n: int, freq: int, dates: tuple[date, ...], values: Mapping[str, Any]) -> windows.Calendar:
    if values["epochAsDate"] and not dates:
        raise Refusal(
            "DET-PARAM", field="epochAsDate", value="true", rule="a date on every line",
            zh="epochAsDate=true 需要每行都有日期。", en="epochAsDate=true needs a date on every line.",
        )
    return windows.Calendar(n, freq, () if values["epochAsDate"] is False else dates)


def _first(values: Mapping[str, Any], freq: int, *, flexible: bool) -> int:
    """The first time judged unless a range is asked for, as published: with full history, or b years less w."""
    return freq * values["b"] + values["w"] + 1 if flexible else max(freq * values["b"] - values["w"], 1)


def judge(
    counts: Floats, calendar: windows.Calendar, population: Floats | None, times: Sequence[int], values: Mapping[str, Any],
    *, flexible: bool,
) -> Many:
    """Group the times that share a window, then judge series × times in blocks."""
    many = Many.empty(len(counts), times)
    pooled: dict[windows.Window, list[int]] = {}
    window_at = _window_maker(calendar, values, flexible=flexible)
    for column, k in enumerate(times):
        window = window_at(k)
        if window is not None:
            pooled.setdefault(window, []).append(column)
    offset = _log_population(population, counts.shape, values, flexible=flexible)
    style = _style(values, flexible=flexible)
    for window, columns in pooled.items():
        design = Design(np.array(window.group), np.array(window.time), window.now_group, 0.0)
        _judge_window(many, counts, offset, (window, np.array(columns), Solver(design), design), style, values)
    return many


def _window_maker(calendar: windows.Calendar, values: Mapping[str, Any], *, flexible: bool) -> Callable[[int], windows.Window | None]:
    places = calendar.places() if calendar.dated else {}
    b, w = values["b"], values["w"]
    if not flexible:
        return lambda k: windows.same_weeks(calendar, places, k, b=b, w=w)
    past = w if values["pastWeeksNotIncluded"] is None else values["pastWeeksNotIncluded"]
    return lambda k: windows.seasonal(calendar, places, k, b=b, w=w, no_periods=values["noPeriods"], past_not_included=past)


def _style(values: Mapping[str, Any], *, flexible: bool) -> Style:
    if flexible:
        return Style(values["trend"], values["reweight"], values["weightsThreshold"], values["pThresholdTrend"], values["b"],
                     outer_weights=True)
    return Style(values["trend"], values["reweight"], 1.0, 0.05, values["b"], lenient=values["fitFun"].endswith("fast"))


def _log_population(
    population: Floats | None, shape: tuple[int, ...], values: Mapping[str, Any], *, flexible: bool,
) -> Floats | None:
    wanted = values["populationOffset"] if flexible else values["fitFun"].endswith("populationOffset")
    if not wanted or population is None:
        return None
    return np.log(np.broadcast_to(np.asarray(population, float), shape))


def _judge_window(
    many: Many, counts: Floats, offset: Floats | None, window: tuple[windows.Window, np.ndarray, Solver, Design], style: Style,
    values: Mapping[str, Any],
) -> None:
    """All series at the times (`columns`) of one window, some rows at a time so that they stay in the cache."""
    shape, columns, solver, design = window
    now = np.array(many.times)[columns] - 1
    places = now[:, None] + np.array(shape.distance)
    rows = len(counts) * len(columns)
    step = max(1, CELLS_AT_ONCE // places.shape[1])
    for start in range(0, rows, step):
        which, time = np.divmod(np.arange(start, min(start + step, rows)), len(columns))
        reference = counts[which[:, None], places[time]]
        missing = np.isnan(reference)
        gaps = bool(missing.any())
        data = Data(
            np.where(missing, 0.0, reference) if gaps else reference, (~missing).astype(float) if gaps else None,
            None if offset is None else offset[which[:, None], places[time]],
        )
        now_offset = 0.0 if offset is None else offset[which, now[time]]
        found = predict(solver, design, data, now_offset, style)
        _put(many, (which, columns[time]), counts[which, now[time]], _latest(counts, which, now[time], values), found, values)


def _latest(counts: Floats, which: np.ndarray, now: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """1 enough cases of late, 0 too few, NaN when that cannot be known for want of data."""
    cases, length = values["limit54"]
    places = now[:, None] - np.arange(int(length))
    late = np.where(places >= 0, counts[which[:, None], np.maximum(places, 0)], 0.0)
    enough = np.nansum(late, axis=1) >= cases
    return np.where(enough, 1.0, np.where(np.isnan(late).any(axis=1), np.nan, 0.0))


def _put(
    many: Many, place: tuple[np.ndarray, np.ndarray], count: Floats, enough: Floats, found: Prediction, values: Mapping[str, Any],
) -> None:
    """Bounds, alarms and states of some rows into their places."""
    flexible = "thresholdMethod" in values
    with np.errstate(over="ignore"):
        mean = np.maximum(np.exp(found.eta), np.finfo(float).eps)
    if flexible and values["thresholdMethod"] != "delta":
        plugin = values["thresholdMethod"] == "nbPlugin"
        bound = bounds.quantile(count, found.eta, found.se, found.phi, plugin=plugin, alpha=values["alpha"])
    else:
        tail = values["alpha"] if flexible else values["alpha"] / 2
        bound = bounds.delta(count, mean, found.se * mean, found.phi, power=values["powertrans"], tail=tail)
    fitted = found.fitted & np.isfinite(bound.upper)
    few, unknown = enough == 0, np.isnan(count) | np.isnan(enough)
    with np.errstate(invalid="ignore"):
        alarm = np.where((bound.score > 1) & ~few & ((count != 0) | (not flexible)), 1.0, 0.0)
    state = np.where(alarm == 1, ALARM, QUIET)
    state = np.select([np.isnan(count), ~fitted, unknown, few], [GAP, NOFIT, GAP, FEW], state)
    shown = fitted & ~np.isnan(enough)
    upper = np.where(few, np.nan if flexible else 0.0, bound.upper)
    many.upperbound[place] = np.where(shown, upper, np.nan)
    many.expected[place] = np.where(shown & ~(few & flexible), mean, np.nan)
    many.score[place] = np.where(fitted, np.where(few & (not flexible), 0.0, bound.score), np.nan)
    many.p_value[place] = np.where(fitted, bound.p_value, np.nan)
    many.alarm[place] = np.where(fitted & ~unknown, alarm, np.nan)
    many.trend[place] = np.where(fitted & found.trend, found.slope, np.nan)
    many.state[place] = state
