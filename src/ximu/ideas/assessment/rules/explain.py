"""Why this score? The tree of one unit: every part, its value and the reason, in words and as data.

Parts of arithmetic means and of sums of points add up to the published score exactly: the last digit goes by the
largest remainder. Parts of a geometric mean multiply to it. Other rules have no parts, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

from . import aggregate
from .data import DELIVERED, MISSING, NOT_APPLICABLE, NOT_DELIVERED
from .method import Indicator, Node
from .report import grade, number, published
from .score import Result, marks_of

STATES = {
    DELIVERED: Text("已报送", "delivered"), MISSING: Text("缺失", "missing"),
    NOT_APPLICABLE: Text("不适用", "not applicable"), NOT_DELIVERED: Text("未报送", "not delivered"),
}
NORMALISED = {
    "minmax": "极差法", "scaled": "线性缩放", "zscore": "标准分", "rank": "名次", "prank": "百分位名次", "percentile": "百分位",
    "borda": "博达计分",
    "dist2max": "与最优的距离", "dist2ref": "与参照的距离", "dist2targ": "与目标的距离", "fracmax": "与最大值之比", "ratio": "与参照之比",
    "difference": "与参照之差", "abovebelow": "高于或低于均值", "goalposts": "目标区间法", "bands": "分档",
    "yesno": "是否", "deduction": "扣分制",
    "none": "不归一化",
}
RULES = {
    "arithmetic": Text("加权算术平均", "weighted arithmetic mean"), "geometric": Text("加权几何平均", "weighted geometric mean"),
    "harmonic": Text("加权调和平均", "weighted harmonic mean"), "median": Text("加权中位数", "weighted median"),
    "minimum": Text("取最低", "the lowest"), "maximum": Text("取最高", "the highest"), "sum": Text("分值相加", "sum of points"),
    "copeland": Text("优于关系得分", "outranking score"), "copeland-coinr": Text("优于关系得分", "outranking score"),
    "copeland-net": Text("净胜场数", "wins less losses"), "kemeny": Text("肯尼排序位次", "place in Kemeny's ranking"),
}


def split(total: Decimal, parts: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Parts rounded so that they add up to `total` exactly (largest remainder; the first of equals)."""
    unit = Decimal(1).scaleb(-decimals)
    low = [p.quantize(unit, rounding="ROUND_FLOOR") for p in parts]
    spare = int(((total - sum(low, Decimal(0))) / unit).to_integral_value())
    order = sorted(range(len(parts)), key=lambda k: (low[k] - parts[k], k))
    whole, extra = divmod(spare, len(parts)) if parts else (0, 0)
    for place, k in enumerate(order):
        low[k] += unit * (whole + (1 if place < extra else 0))
    return low


def explain(result: Result, unit: str) -> dict[str, Any]:
    """The reasons of one unit's score, from the root down to the raw value of each indicator."""
    keys = result.table.keys()
    if unit not in keys:
        raise Refusal("INDEX-UNIT", field="explain", value=unit, rule="unit of the data", status=404,
                      zh=f"数据中没有单位“{unit}”。", en=f"The data have no unit “{unit}”.")
    row = keys.index(unit)
    root = result.method.root
    rank = result.ranks[root][row]
    return {"unit": unit, "label": result.table.labels[row], "rated": bool(result.rated[row]), "grade": grade(result, row),
            "rank": None if np.isnan(rank) else int(rank), "of": int(np.isfinite(result.ranks[root]).sum()),
            **_node(result, row, next(n for n in result.method.nodes if n.code == root))}


def _value(result: Result, row: int, code: str) -> float:
    codes = result.method.codes
    return float(result.normalised[row, codes.index(code)] if code in codes else result.scores[code][row])


def _node(result: Result, row: int, node: Node) -> dict[str, Any]:
    method, children = result.method, result.method.children(node.code)
    rule, score = method.rule_of(node), published(result, row, node.code)
    changes = _changes(result, row, node)
    values = np.array([_value(result, row, c) for c in children])
    weights = result.weighting.of[node.code] * np.isfinite(values)
    shares = weights / weights.sum() if weights.sum() > 0 else weights
    base = None if score is None else score - sum((c["points"] for c in changes), Decimal(0))
    contributions = _contributions(result, node, base, (values, shares, result.weighting.of[node.code]))
    by_code = {i.code: i for i in method.indicators}
    nodes = {n.code: n for n in method.nodes}
    parts = []
    for place, code in enumerate(children):
        inner = _indicator(result, row, by_code[code]) if code in by_code else _node(result, row, nodes[code])
        parts.append({**inner, "weight": number(result.weighting.of[node.code][place]), "share": number(float(shares[place])),
                      **{k: v[place] for k, v in contributions.items()}})
    return {"code": node.code, "name_zh": node.name.zh, "name_en": node.name.en, "rule": rule,
            "score": None if score is None else str(score), **_said(result, row, node, values),
            "parts": parts, "adjustments": [{**c, "points": str(c["points"])} for c in changes]}


def _contributions(result: Result, node: Node, base: Decimal | None, given: tuple[np.ndarray, np.ndarray, np.ndarray]
                   ) -> dict[str, list[Any]]:
    values, shares, weights = given
    rule = result.method.rule_of(node)
    filled, decimals = np.nan_to_num(values), result.method.decimals
    if base is None:
        return {}
    if rule == "sum":
        points = aggregate.points(values[None, None, :], weights[None, :], marks_of(result.method, node.code), decimals)[0, 0]
        exact = [Decimal(repr(float(p))).quantize(Decimal(1).scaleb(-decimals)) for p in points]
        return {"contribution": list(map(str, exact))}
    if rule == "arithmetic":
        raw = [Decimal(repr(float(v))) for v in filled * shares]
        return {"contribution": list(map(str, split(base, raw, decimals)))}
    if rule == "geometric":
        return {"factor": [number(float(v**s)) if s else 1.0 for v, s in zip(filled, shares, strict=True)]}
    return {}


def _changes(result: Result, row: int, node: Node) -> list[dict[str, Any]]:
    """What was taken off, added, capped or barred at this node; the points add up with the parts."""
    method, applied, found = result.method, result.prepared.applied[row], []
    if not np.isfinite(result.scores[node.code][row]):
        return []
    for item in method.adjustments:
        if (item.node or method.root) == node.code and applied.get(item.code):
            found.append(_change(item.code, item.kind, applied[item.code], item.reason))
    limit = method.bounds[1] if node.code == method.root else None
    veto = next((v for v in method.vetoes if (v.node or method.root) == node.code and v.code in applied), None)
    before = _before(result, row, node)
    final = published(result, row, node.code) or Decimal(0)
    rest = final - before - sum((c["points"] for c in found), Decimal(0))
    if rest and (veto or limit is not None or node.code == method.root):
        kind, reason = ("veto", veto.reason) if veto else ("bounds", Text("分值上下限", "bounds of the score"))
        found.append(_change(veto.code if veto else "bounds", kind, rest, reason))
    return found


def _change(code: str, kind: str, points: Decimal, reason: Text) -> dict[str, Any]:
    return {"code": code, "kind": kind, "points": points, "reason_zh": reason.zh, "reason_en": reason.en}


def _before(result: Result, row: int, node: Node) -> Decimal:
    """The node's own aggregate of this unit, before adjustments, as printed."""
    method = result.method
    if node.code not in result.prepared.shifts and node.code not in result.prepared.limits and node.code != method.root:
        return published(result, row, node.code) or Decimal(0)
    value = result.before[node.code][row]
    return Decimal(repr(number(value) or 0.0)).quantize(Decimal(1).scaleb(-method.decimals), rounding="ROUND_HALF_UP")


def _said(result: Result, row: int, node: Node, values: np.ndarray) -> dict[str, str]:
    rule, gone = RULES[result.method.rule_of(node)], int((~np.isfinite(values)).sum())
    if not result.rated[row]:
        return {"reason_zh": "报送指标不足，不予评分。", "reason_en": "Too few indicators were delivered: not rated."}
    zh, en = f"{len(values)}个下级的{rule.zh}", f"{rule.en} of {len(values)} children"
    if gone:
        zh, en = f"{zh}，其中{gone}个无值，其权重由其余下级分担", f"{en}, of which {gone} have no value; the others take their weight"
    return {"reason_zh": zh + "。", "reason_en": en + "."}


def _indicator(result: Result, row: int, item: Indicator) -> dict[str, Any]:
    method, place = result.method, result.method.codes.index(item.code)
    state, cell = result.prepared.states[item.code][row], result.table.cell(item.code, row)
    raw, value = number(result.prepared.raw[row, place]), number(result.normalised[row, place])
    step = item.normalise or method.normalisation
    zh, en = [f"原始值：{cell or '（空）'}（{STATES[state].zh}）"], [f"raw value: {cell or '(empty)'} ({STATES[state].en})"]
    if item.denominator or item.transform:
        how = "，".join(filter(None, [f"除以{item.denominator}" if item.denominator else "", item.transform]))
        zh.append(f"换算（{how}）后为{raw}")
        en.append(f"after {'dividing by ' + item.denominator if item.denominator else ''} {item.transform}: {raw}".replace("  ", " "))
    if state == MISSING and value is not None:
        zh.append(f"按缺失规则“{method.missing.rule}”补值")
        en.append(f"filled by the rule “{method.missing.rule}”")
    if state == NOT_DELIVERED and value is not None and method.missing.not_delivered == "worst":
        zh.append("未报送，按最低值计")
        en.append("not delivered: counts as the lowest value")
    if value is None:
        zh.append("不计分")
        en.append("does not count")
    else:
        zh.append(f"归一化（{NORMALISED.get(step.name, step.name)}，{'越高越好' if item.direction == 1 else '越低越好'}）为{value}")
        en.append(f"normalised ({step.name}, {'higher' if item.direction == 1 else 'lower'} is better): {value}")
    return {"code": item.code, "name_zh": item.name.zh, "name_en": item.name.en, "state": state, "raw": raw, "normalised": value,
            "source": item.source, "owner": item.owner, "treated": result.treated.get(item.code, {}),
            "reason_zh": "；".join(zh) + "。", "reason_en": "; ".join(en) + ".", "steps_zh": zh, "steps_en": en}
