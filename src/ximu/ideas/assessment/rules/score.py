"""What does each unit score? Denominate, fill, treat, normalise, weigh, aggregate, adjust, rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import scipy

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

from . import aggregate, impute, normalise, treat
from .checking import complete
from .data import DELIVERED, MISSING, NOT_APPLICABLE, NOT_DELIVERED, Table
from .method import Adjustment, Indicator, Method, Step, Warn
from .weights import Weighting, resolve

DIGITS = 12   # results carry so many significant digits: binary dust never decides a rank or a byte


@dataclass(frozen=True, slots=True)
class Prepared:
    """Raw columns after denominating, with the state of every cell: what all variants of a method share."""

    raw: np.ndarray
    states: Mapping[str, Sequence[str]]
    groups: Sequence[str]
    periods: np.ndarray
    shifts: Mapping[str, np.ndarray]
    limits: Mapping[str, np.ndarray]
    applied: Sequence[Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything about one scoring, unrounded; `report` words it."""

    method: Method
    table: Table
    prepared: Prepared
    normalised: np.ndarray
    weighting: Weighting
    scores: Mapping[str, np.ndarray]
    ranks: Mapping[str, np.ndarray]
    rated: np.ndarray
    before: Mapping[str, np.ndarray] = field(default_factory=dict)
    treated: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Warn, ...] = ()


def prepare(method: Method, table: Table) -> Prepared:
    """Read all columns. Refusals of `data`, and DATA-DENOM for a denominator that is zero."""
    columns, states = [], {}
    for item in method.indicators:
        values, states[item.code] = table.numbers(item.code)
        if item.denominator:
            values = _denominate(item, values, table)
        columns.append(treat.transform(values, item.transform, item.code) if item.transform else values)
    groups = table.texts(method.missing.group) if method.missing.group else [""] * len(table.rows)
    shifts, limits, applied = _adjust(method, table)
    return Prepared(np.column_stack(columns), states, groups, np.array(table.periods), shifts, limits, applied)


def _denominate(item: Indicator, values: np.ndarray, table: Table) -> np.ndarray:
    below, _ = table.numbers(item.denominator)
    if (below == 0).any():
        line = table.lines[int(np.argmax(below == 0))]
        raise Refusal("DATA-DENOM", field=item.denominator, value=0, rule="≠ 0", extra={"line": line},
                      zh=f"第{line}行的分母“{item.denominator}”为零。", en=f"Line {line}: the denominator “{item.denominator}” is zero.")
    return values / (below / item.scale)


def _adjust(method: Method, table: Table) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[dict[str, Decimal]]]:
    """Points off and on by node, upper limits by veto, and what hit each unit, by code."""
    shifts: dict[str, np.ndarray] = {}
    limits: dict[str, np.ndarray] = {}
    applied: list[dict[str, Decimal]] = [{} for _ in table.rows]
    for item in method.adjustments:
        counts, states = table.numbers(item.column)
        owed = _owed(item, counts, states)
        for place, (count, state) in enumerate(zip(counts, states, strict=True)):
            points = Decimal(repr(float(count))) * item.each if state == DELIVERED else Decimal(0)
            if state == NOT_DELIVERED and item.kind == "deduction":
                points = owed
            points = max(points, Decimal(0)) if item.cap is None else min(max(points, Decimal(0)), item.cap)
            applied[place][item.code] = -points if item.kind == "deduction" else points
        column = np.array([float(a[item.code]) for a in applied])
        shifts[item.node or method.root] = shifts.get(item.node or method.root, 0.0) + column
    for veto in method.vetoes:
        counts, states = table.numbers(veto.column)
        hit = np.nan_to_num(counts, nan=-np.inf) >= float(veto.at_least)
        node, limit = veto.node or method.root, np.where(hit, float(veto.limit), np.inf)
        limits[node] = np.minimum(limits.get(node, np.inf), limit)
        for place in map(int, np.flatnonzero(hit)):
            applied[place][veto.code] = veto.limit
    return shifts, limits, applied


def _owed(item: Adjustment, counts: np.ndarray, states: Sequence[str]) -> Decimal:
    """What silence about a deduction costs: its cap, else as much as it cost anybody who told the number, and one fact at least."""
    told = [Decimal(repr(float(count))) for count, state in zip(counts, states, strict=True) if state == DELIVERED]
    return item.each * max([Decimal(1), *told]) if item.cap is None else item.cap


def normalise_all(method: Method, prepared: Prepared, units: Sequence[str]) -> tuple[np.ndarray, dict[str, Any]]:
    """Units × indicators on comparable scales, and what treatment did to which indicator."""
    out, treated = np.full(prepared.raw.shape, np.nan), {}
    parts = [prepared.periods == p for p in dict.fromkeys(prepared.periods.tolist())] if method.columns.panel == "each" else [
        np.ones(len(units), dtype=bool)]
    for place, item in enumerate(method.indicators):
        for part in parts:
            column, note = _one(method, item, prepared, (place, part, units))
            out[part, place] = column
            if note:
                treated[item.code] = note
    return out, treated


def _one(method: Method, item: Indicator, prepared: Prepared, where: tuple[int, np.ndarray, Sequence[str]]
         ) -> tuple[np.ndarray, dict[str, Any]]:
    place, part, units = where
    x = prepared.raw[part, place]
    states = np.array(prepared.states[item.code])[part]
    rule, stage, step = method.missing.rule, method.missing.stage, item.normalise or method.normalisation
    owed = states == NOT_DELIVERED
    holes = ~np.isfinite(x) & (states != NOT_APPLICABLE) & ~(owed & (method.missing.not_delivered == "worst"))
    groups = [g for g, inside in zip(prepared.groups, part, strict=True) if inside]
    if stage == "raw":
        x = impute.fill(x, holes, rule, groups)
    treatment, note = item.treatment or method.treatment, {}
    if treatment.name == "winsorise":
        x, note = treat.treat(x, treatment.params) if np.isfinite(x).any() else (x, {})
    elif treatment.name != "none":
        x, note = treat.transform(x, treatment.name, item.code), {"transform": treatment.name}
    params = _transformed(item, step)
    column = normalise.Column(x, item.direction, [u for u, inside in zip(units, part, strict=True) if inside])
    y = normalise.apply(step.name, column, params)
    if stage == "normalised":
        y = impute.fill(y, holes, rule, groups)
    lowest = normalise.worst(step.name, y, params)
    bottom = owed & (method.missing.not_delivered == "worst") | (holes if rule == "worst" else False)
    return np.where(bottom, lowest, y), note


def _transformed(item: Indicator, step: Step) -> Mapping[str, Any]:
    """Goalposts and targets are written in raw units; they go the way of the column."""
    if item.transform not in treat.PLAIN:
        return step.params
    turn = treat.PLAIN[item.transform]
    params = dict(step.params)
    for key in ("goalposts", "target"):
        if key in params:
            params[key] = np.array(turn(np.array(params[key], dtype=float))).tolist()
    return params


def evaluate(method: Method, normalised: np.ndarray, weights: Mapping[str, np.ndarray], given: Prepared | None,
             rules: Mapping[str, str] | None = None, before: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """Scores (draws, units) of every node, children first. Weights are (draws, children).

    With `given`, deductions, bonuses, bounds and vetoes apply; `before` then collects what stood there without them.
    """
    place = {code: n for n, code in enumerate(method.codes)}
    scores: dict[str, np.ndarray] = {}
    for node in method.upward():
        children = method.children(node.code)
        draws = max([len(weights[node.code]), *(len(scores[c]) for c in children if c in scores)])
        if all(c in place for c in children):
            values = normalised[None][:, :, [place[c] for c in children]]
        else:
            shape = (draws, len(normalised))
            values = np.stack([scores[c] if c in scores else np.broadcast_to(normalised[:, place[c]], shape) for c in children], axis=2)
        scores[node.code] = _parent(method, node.code, values, (weights[node.code], (rules or {}).get(node.code)))
        if before is not None:
            before[node.code] = scores[node.code]
        if given is not None:
            scores[node.code] = _shifted(method, node.code, scores[node.code], given)
    return scores


def _parent(method: Method, code: str, values: np.ndarray, how: tuple[np.ndarray, str | None]) -> np.ndarray:
    node = next(n for n in method.nodes if n.code == code)
    weights, other = how
    rule = other or method.rule_of(node)
    if rule == "sum":
        parts = aggregate.points(values, weights, marks_of(method, code), method.decimals)
        score = aggregate.half_up(parts.sum(2), method.decimals)
    else:
        score = aggregate.combine(rule, values, weights)
    threshold = node.threshold if node.threshold is not None else method.threshold
    if threshold:
        score = np.where(np.isfinite(values).mean(2) < threshold - 1e-12, np.nan, score)
    return score


def marks_of(method: Method, code: str) -> np.ndarray:
    """Full marks of the children of a node: what the method of each can give at most, summed where it is a sum itself."""
    leaves, nodes = {i.code: i for i in method.indicators}, {n.code: n for n in method.nodes}
    marks = []
    for child in method.children(code):
        if child in leaves:
            step = leaves[child].normalise or method.normalisation
            marks.append(normalise.full(step.name, step.params))
        else:
            own = marks_of(method, child)
            scale = [float((leaves.get(c) or nodes[c]).weight or 1) for c in method.children(child)]
            marks.append(float(own @ scale) if method.rule_of(nodes[child]) == "sum" else float(own.max()))
    return np.array(marks)


def _shifted(method: Method, code: str, score: np.ndarray, given: Prepared) -> np.ndarray:
    """Deductions and bonuses, then the bounds of the score (root only), then vetoes."""
    if code in given.shifts:
        score = score + given.shifts[code]
    if code == method.root and method.bounds != (None, None):
        low, high = (None if b is None else float(b) for b in method.bounds)
        score = np.clip(score, low, high)
    return np.minimum(score, given.limits[code]) if code in given.limits else score


def significant(x: np.ndarray) -> np.ndarray:
    """Values with `DIGITS` significant digits."""
    with np.errstate(invalid="ignore", divide="ignore"):
        power = np.where((x == 0) | ~np.isfinite(x), 0, DIGITS - 1 - np.floor(np.log10(np.abs(np.where(x == 0, 1, x)))))
    unit = 10.0 ** np.clip(np.nan_to_num(power), -300, 300)
    return np.round(x * unit) / unit


def ranks_of(score: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """1 for the best in its period; equal scores share the better place; NaN where there is no score."""
    out, rounded = np.full(score.shape, np.nan), significant(score)
    for period in dict.fromkeys(periods.tolist()):
        part = (periods == period) & np.isfinite(score)
        out[part] = scipy.stats.rankdata(-rounded[part], method="min")
    return out


def rated_units(method: Method, prepared: Prepared) -> np.ndarray:
    """Who is rated: the share of applicable indicators that were delivered reaches the minimum (else 不予评分)."""
    state = np.array([prepared.states[c] for c in method.codes])
    applicable = (state != NOT_APPLICABLE).sum(0)
    delivered = (state == DELIVERED).sum(0)
    if method.missing.rule == "incomplete" and method.missing.not_delivered == "worst":
        delivered = delivered + (state == NOT_DELIVERED).sum(0)
    return (applicable > 0) & (delivered >= method.missing.minimum * applicable - 1e-9)


def score(method: Method, table: Table, prepared: Prepared | None = None) -> Result:
    """The whole way from data to ranks. Refuses DATA-SIGN where a mean is not defined, METH-CLIP where official."""
    prepared = prepared or prepare(method, table)
    normalised, treated = normalise_all(method, prepared, table.units)
    weighting = resolve(method, {c: normalised[:, n] for n, c in enumerate(method.codes)})
    weights = {code: w[None, :] for code, w in weighting.of.items()}
    warnings = (*method.warnings, *weighting.warnings, *_clipped(method, prepared), *_silent(method, prepared),
                *_flat(method, prepared, normalised), *_zeros(method, normalised))
    before: dict[str, np.ndarray] = {}
    scores = _positive(method, table, normalised, (weights, prepared, before))
    rated = rated_units(method, prepared)
    scores = {code: np.where(rated, s[0], np.nan) for code, s in scores.items()}
    everything = {**{c: np.where(rated, normalised[:, n], np.nan) for n, c in enumerate(method.codes)}, **scores}
    if method.rank_decimals is not None:
        everything = {code: aggregate.half_up(s, method.rank_decimals) for code, s in everything.items()}
    ranks = {code: ranks_of(s, prepared.periods) for code, s in everything.items()}
    return Result(method, table, prepared, normalised, weighting, scores, ranks, rated, {c: b[0] for c, b in before.items()},
                  treated, warnings)


def _positive(method: Method, table: Table, normalised: np.ndarray, given: tuple[Mapping[str, np.ndarray], Prepared, dict[str, np.ndarray]]
              ) -> dict[str, np.ndarray]:
    """Scores, after making sure that no geometric or harmonic mean meets a value that is not above zero."""
    weights, prepared, before = given
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = evaluate(method, normalised, weights, prepared, before=before)
    known = {**{c: normalised[:, n] for n, c in enumerate(method.codes)}, **{c: s[0] for c, s in scores.items()}}
    for node in method.upward():
        rule = method.rule_of(node)
        for child in method.children(node.code):
            wrong = aggregate.undefined(rule, known[child])
            if wrong.any():
                place = int(np.argmax(wrong))
                raise Refusal(
                    "DATA-SIGN", field=child, value=float(known[child][place]), rule="> 0", extra={"line": table.lines[place]},
                    zh=f"单位“{table.units[place]}”的“{child}”不大于零，“{node.code}”不能用{rule}平均；可将归一化区间改为[1, 100]。",
                    en=f"“{child}” of “{table.units[place]}” is not above zero, so “{node.code}” cannot take a {rule} mean; "
                       f"normalise to [1, 100], say.",
                )
    return scores


def _clipped(method: Method, prepared: Prepared) -> list[Warn]:
    """METH-CLIP: values beyond the goalposts are cut silently unless someone accepts it."""
    found = []
    for place, item in enumerate(method.indicators):
        step = item.normalise or method.normalisation
        if step.name != "goalposts" or not step.params.get("clip", True):
            continue
        low, high = _transformed(item, step)["goalposts"][:2]
        beyond = int(((prepared.raw[:, place] < low) | (prepared.raw[:, place] > high)).sum())
        if not beyond:
            continue
        accepted = "METH-CLIP" in method.accept | item.accept
        zh = f"指标“{item.code}”有{beyond}个单位的值超出目标区间，将被截断。"
        en = f"“{item.code}”: the values of {beyond} units lie beyond the goalposts and are cut."
        if method.official and not accepted:
            raise Refusal("METH-CLIP", field=item.code, value=beyond, rule="accept",
                          zh=zh + "须明确接受。", en=en + " This must be accepted.")
        found.append(Warn("METH-CLIP", Text(zh, en), item.code, str(beyond), accepted))
    return found


def _silent(method: Method, prepared: Prepared) -> list[Warn]:
    """Without a declared rule for missing values units with gaps are not rated, and that is said."""
    gaps = sum(list(s).count(MISSING) for s in prepared.states.values())
    if method.missing.declared or not gaps:
        return []
    return [Warn("METH-MISS", Text(f"数据有{gaps}处缺失，方法未规定缺失规则，有缺失的单位不予评分。",
                                   f"The data have {gaps} missing cells and the method no rule for them: units with gaps are not rated."),
                 "missing", str(gaps))]


def _flat(method: Method, prepared: Prepared, normalised: np.ndarray) -> list[Warn]:
    found = []
    for place, code in enumerate(method.codes):
        if np.isfinite(prepared.raw[:, place]).any() and not np.isfinite(normalised[:, place]).any():
            said = Text(f"指标“{code}”所有单位的值相同，无法归一化。", f"“{code}” is the same for all units and cannot be normalised.")
            found.append(Warn("DATA-FLAT", said, code))
    return found


def _zeros(method: Method, normalised: np.ndarray) -> list[Warn]:
    """A geometric mean with a zero is zero (so UNDP at the lower goalpost); COINr stops there. It is said."""
    under = {n.code for n in method.nodes if method.rule_of(n) == "geometric"}
    hit = [i.code for p, i in enumerate(method.indicators) if i.parent in under and (normalised[:, p] == 0).any()]
    said = Text("几何平均遇到零值，该单位得分为零；如不希望如此，可归一化到[1, 100]。",
                "A geometric mean meets a zero and is zero for that unit; normalise to [1, 100] if that is not meant.")
    return [Warn("DATA-ZERO", said, "indicator", " ".join(hit))] if hit else []


def variant(method: Method, *, normalisation: Step | None = None, missing: str = "") -> Method:
    """The method with another normalisation for indicators on the common one, or another missing rule."""
    changed = method
    if normalisation:
        own = method.normalisation.name
        swapped = tuple(
            complete(method, replace(i, normalise=normalisation)) if (i.normalise or method.normalisation).name == own else i
            for i in method.indicators)
        changed = replace(changed, normalisation=normalisation, indicators=swapped)
    if missing:
        changed = replace(changed, missing=replace(changed.missing, rule=missing, declared=True))
    return changed
